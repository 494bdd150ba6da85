"""Why a day gets no p-value: data, so that a page can say it in its reader's language."""

from dataclasses import dataclass
from enum import StrEnum

FEWEST_ROWS, FEWEST_BASELINE, FEWEST_DAYS = 100, 500, 7
FEWEST_REFERENCE = 200  # inputs of a reference as the baseline (decision 26)
MOST_ROWS = 6000  # of both windows: time and memory grow with the square


class Reason(StrEnum):
    NO_ROWS = "no_rows"
    FEW_ROWS = "few_rows"  # of the day
    FEW_BASELINE_ROWS = "few_baseline_rows"
    FEW_BASELINE_DAYS = "few_baseline_days"


@dataclass(frozen=True)
class Refused:
    """`found` of what there must be `needed`."""

    reason: Reason
    found: int
    needed: int


def refused(
    rows: int,
    baseline: int,
    days: int,
    fewest_days: int = FEWEST_DAYS,
    fewest_baseline: int = FEWEST_BASELINE,
) -> Refused | None:
    """`rows`: of the day, `baseline`: of the baseline, of `days` days. The first reason, the day's own before the
    baseline's.

    Raises ValueError when there are more than MOST_ROWS rows: the caller has drawn too many.
    """
    if rows + baseline > MOST_ROWS:
        raise ValueError(f"at most {MOST_ROWS} rows, not {rows + baseline}: draw a sample")
    if not rows:
        return Refused(Reason.NO_ROWS, 0, FEWEST_ROWS)
    if rows < FEWEST_ROWS:
        return Refused(Reason.FEW_ROWS, rows, FEWEST_ROWS)
    if days < fewest_days:
        return Refused(Reason.FEW_BASELINE_DAYS, days, fewest_days)
    if baseline < fewest_baseline:
        return Refused(Reason.FEW_BASELINE_ROWS, baseline, fewest_baseline)
    return None
