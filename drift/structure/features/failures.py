"""Empty texts, calls that failed, answers that were cut off."""

from annotator.reading.errors import gettext_noop
from drift.structure.feature import Feature, Shape, Side
from drift.structure.rows import Row

CUT = ("length", "max_tokens", "max_output_tokens", "model_length")


def _asked_nothing(row: Row) -> bool:
    return row.asked.blank


def _answered_nothing(row: Row) -> bool | None:
    """Of calls that did not fail."""
    return None if _failed(row) else row.answer.blank and not row.finish_reason.startswith("tool")


def _failed(row: Row) -> bool:
    return bool(row.error) or row.answered is None


def _cut_off(row: Row) -> bool | None:
    return row.finish_reason.lower() in CUT if row.finish_reason else None


FEATURES = (
    Feature("input.empty", Side.INPUT, Shape.SHARE, gettext_noop("Empty"), _asked_nothing, 0.01),
    Feature("output.empty", Side.OUTPUT, Shape.SHARE, gettext_noop("Empty"), _answered_nothing, 0.01),
    Feature("output.failed", Side.OUTPUT, Shape.SHARE, gettext_noop("Failed calls"), _failed, 0.01),
    Feature("output.cut_off", Side.OUTPUT, Shape.SHARE, gettext_noop("Cut off"), _cut_off, 0.01),
)
