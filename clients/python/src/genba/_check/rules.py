"""When a run is red."""

from __future__ import annotations

from genba._check.run import Comparison, Run


def faults(
    done: Run, found: Comparison, *, max_new_failures: int | None, fail_under: float | None
) -> list[str]:
    """What speaks against the run, in words; empty: it is green. None: that limit does not hold."""
    said = []
    if done.counts and not any(count.passed + count.failed for count in done.counts.values()):
        said.append("no assertion could tell whether any output is good, so nothing was checked")
    if max_new_failures is not None and found.new_failures > max_new_failures:
        limit = "none may be" if max_new_failures == 0 else f"at most {max_new_failures} may be"
        said.append(f"{counted(found.new_failures, 'new failure', 'new failures')}, where {limit}")
    for key, count in done.counts.items() if fail_under is not None else ():
        if count.rate is not None and fail_under is not None and count.rate < fail_under:
            said.append(f"{key} passes {percent(count.rate)}, under {percent(fail_under)}")
    return said


def counted(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def percent(rate: float | None) -> str:
    """Rounded down, so that only all is 100.0 %."""
    return "–" if rate is None else f"{int(rate * 1000 + 1e-9) / 10:.1f} %"
