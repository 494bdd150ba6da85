"""What a call took and cost."""

from annotator.reading.errors import gettext_noop
from drift.structure.feature import Feature, Shape, Side
from drift.structure.rows import Row

MICRO = 1e6


def _cost(row: Row) -> float | None:
    """In millionths of a dollar, so that the smallest are apart on the scale."""
    return None if row.cost_usd is None else row.cost_usd * MICRO


def _latency(row: Row) -> float | None:
    return row.latency_ms


FEATURES = (
    Feature(
        "call.latency",
        Side.CALL,
        Shape.AMOUNT,
        gettext_noop("Time taken"),
        _latency,
        1.25,
        unit="milliseconds",
    ),
    Feature("call.cost", Side.CALL, Shape.AMOUNT, gettext_noop("Cost"), _cost, 1.2, unit="microdollars"),
)
