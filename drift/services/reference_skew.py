"""In what a reference's inputs differ from production's, apart from what they are about.

The features and the test are those of a day (`drift.structure`): the reference is held against production's days as
if it were one more of them, so that what days differ by among themselves is no difference. Its inputs alone are
looked at.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from drift.models import EmbeddedReference
from drift.queries import structural
from drift.services import reference_inputs
from drift.structure.feature import Side
from drift.structure.judge import Day, judge
from drift.structure.registry import FEATURES
from drift.structure.rows import Row, Text, asked
from drift.structure.tally import Tally
from drift.structure.told import Told, told

LEVEL = 0.01  # of all features together: what is told of is at most so likely without a difference
BACK = 28  # days of production
MOST = 5_000  # inputs of the reference that are read
OF_INPUTS = {key: feature for key, feature in FEATURES.items() if feature.side == Side.INPUT}


def skew(embedded: EmbeddedReference, day: date) -> list[dict[str, Any]]:
    """What differs, the surest first: {side, feature, then, now, p, facts, rows}; `then` is production, `now` the
    reference, `rows` ids of production. Empty too where there are too few days or inputs to tell."""
    project = embedded.reference.project
    wanted = [day - timedelta(days=n) for n in range(BACK)]
    production = structural.read_days(project, wanted)
    if not production:
        return []
    mine = Day(day, _tally(embedded, day), structural.ahead(project, day))
    found = judge(mine, production, OF_INPUTS, level=LEVEL)
    return [
        _as_json(told(one, OF_INPUTS[one.key], mine, production, [], LEVEL)) for one in found.changed(LEVEL)
    ]


def _as_json(one: Told) -> dict[str, Any]:
    side, feature = one.key.split(".", 1)
    facts = {name: one.facts[name] for name in ("view", "shape", "edge") if name in one.facts}
    return {
        "side": side,
        "feature": feature,
        "then": one.then,
        "now": one.now,
        "p": one.adjusted,
        "facts": facts,
        "rows": list(one.then_rows),
    }


def _tally(embedded: EmbeddedReference, day: date) -> Tally:
    tally = Tally()
    for row in _rows(embedded, day):
        tally.add(row, OF_INPUTS.values())
    tally.close(OF_INPUTS)
    return tally


def _rows(embedded: EmbeddedReference, day: date) -> Iterator[Row]:
    """As if they had come evenly over the day: the reference knows no hours, and none is missing."""
    rule: Mapping[str, Any] = embedded.space.rule
    midnight = (day - date(1970, 1, 1)).days * 86_400
    n = 0
    for part in reference_inputs.parts(embedded.reference):
        for one in part.inputs:
            if n == MOST:
                return
            at = midnight + 3_600 * (n % 24)
            yield Row(str(one.position), at, Text(asked(one.payload, rule)), one.payload, None)
            n += 1
