"""A run as JSON: for `--json`, and as the server keeps an accepted one."""

from __future__ import annotations

from typing import Any

from genba._check.run import Comparison, Run
from genba._check.types import Accepted

MOST_FAILED = 10_000  # that the server keeps of a run


def report(done: Run, accepted: Accepted | None, found: Comparison, faults: list[str]) -> dict[str, Any]:
    """All of a run but its texts."""
    return {
        "suite": done.suite.key,
        "outputs": len(done.checked),
        "green": not faults,
        "faults": faults,
        "accepted_run": accepted and {"at": accepted.at, "by": accepted.by, "git_ref": accepted.git_ref},
        "assertions": [
            {
                "assertion": one.key,
                "name": one.name,
                "kind": one.kind,
                **_counted(done, one.key, one.version),
                "accepted_rate": then.rate if then else None,
                "newly_failing": [failure.id for failure in found.newly_failing.get(one.key, ())],
                "newly_passing": [failure.id for failure in found.newly_passing.get(one.key, ())],
            }
            for one in done.suite.assertions
            for then in [accepted.counts.get(one.key) if accepted else None]
        ],
        "failed": [
            {"assertion": one.assertion, "id": one.id, "reason": reason}
            for one, reason in done.reasons.items()
        ],
    }


def kept(done: Run, name: str, git_ref: str, by: str) -> dict[str, Any]:
    """What `--accept` sends. `name` is the run's own, so that sending it again changes nothing."""
    failed = list(done.reasons)
    return {
        "id": name,
        "git_ref": git_ref,
        "by": by,
        "outputs": len(done.checked),
        "assertions": [
            {"assertion": one.key, **_counts(done, one.key, one.version)} for one in done.suite.assertions
        ],
        "failed": [
            {"assertion": one.assertion, "id": one.id, "input": one.input_hash}
            for one in failed[:MOST_FAILED]
        ],
        "complete": len(failed) <= MOST_FAILED,
    }


def _counted(done: Run, key: str, version: int) -> dict[str, Any]:
    count = done.counts.get(key)
    return {**_counts(done, key, version), "rate": count.rate if count else None}


def _counts(done: Run, key: str, version: int) -> dict[str, int]:
    count = done.counts.get(key)
    if count is None:
        return {"version": version, "passed": 0, "failed": 0, "uncertain": 0}
    return count._asdict()
