"""A run as text, for a terminal and for a build's log."""

from __future__ import annotations

from collections.abc import Iterator

from genba._check.rules import counted, percent
from genba._check.run import Comparison, Run
from genba._check.types import Accepted, Failure

MOST_NAMED = 10  # failures of each assertion
LONGEST = 200  # characters of a reason
HEAD = ("Assertion", "Passed", "Rate", "Accepted run", "Newly failing", "Newly passing")


def text(done: Run, accepted: Accepted | None, found: Comparison) -> str:
    lines = [title(done, accepted), ""]
    rows = [HEAD, *rows_of(done, accepted, found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths))
        lines.append(f"  {'  '.join(cells)}".rstrip())
    lines += named("Newly failing", found.newly_failing, done.reasons)
    lines += named("Newly passing", found.newly_passing, {})
    lines += undecided(done)
    if accepted and not accepted.complete:
        lines += [
            "",
            "The accepted run has more failures than are kept: some that are called new may not be.",
        ]
    return "\n".join(lines)


def title(done: Run, accepted: Accepted | None) -> str:
    against = "no accepted run to compare with"
    if accepted:
        by = f" by {accepted.by}" if accepted.by else ""
        ref = f", git {accepted.git_ref[:12]}" if accepted.git_ref else ""
        zone = " UTC" if accepted.at.endswith(("Z", "+00:00")) else ""
        against = f"against the run accepted {accepted.at[:16].replace('T', ' ')}{zone}{by}{ref}"
    outputs = counted(len(done.checked), "output", "outputs")
    return flat(f"{done.suite.name}: {outputs}, {against}", 400)


def rows_of(done: Run, accepted: Accepted | None, found: Comparison) -> Iterator[tuple[str, ...]]:
    for one in done.suite.assertions:
        now = done.counts.get(one.key)
        then = accepted.counts.get(one.key) if accepted else None
        version = now.version if now else one.version
        yield (
            f"{one.key} v{version}",
            _passed(now.passed, now.failed, now.uncertain) if now else "–",
            percent(now.rate if now else None),
            _then(then.rate, then.version, version) if then else ("new" if accepted else "–"),
            f"{len(found.newly_failing.get(one.key, ())):,}",
            f"{len(found.newly_passing.get(one.key, ())):,}",
        )


def named(head: str, found: dict[str, list[Failure]], reasons: dict[Failure, str]) -> Iterator[str]:
    """The first of each assertion. Every line of somebody's text begins with ours: a build's log may
    take a line for a command."""
    if not any(found.values()):
        return
    yield from ("", f"{head}:")
    for key, failures in found.items():
        for one in failures[:MOST_NAMED]:
            reason = flat(reasons.get(one, ""), LONGEST)
            yield f"- {key} · {flat(one.id, 80)}{': ' if reason else ''}{reason}"
        if len(failures) > MOST_NAMED:
            yield f"- {key} · and {len(failures) - MOST_NAMED:,} more (--json FILE writes all)"


def undecided(done: Run) -> Iterator[str]:
    """Whoever reads a green build should see that an assertion said nothing."""
    if done.undecided:
        yield from ("", "Undecided, neither passed nor failed:")
    for key, reason in done.undecided.items():
        why = f", the first because: {flat(reason, LONGEST)}" if reason else ""
        yield f"- {key} · {counted(done.counts[key].uncertain, 'output', 'outputs')}{why}"


def flat(said: str, longest: int) -> str:
    """On one line, without characters that steer a terminal."""
    line = " ".join(said.split())
    shown = "".join(char if char.isprintable() else "\ufffd" for char in line)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _passed(passed: int, failed: int, uncertain: int) -> str:
    undecided = f" ({uncertain:,} undecided)" if uncertain else ""
    return f"{passed:,} of {passed + failed:,}{undecided}"


def _then(rate: float | None, version: int, now: int) -> str:
    return percent(rate) if version == now else f"{percent(rate)} by v{version}"
