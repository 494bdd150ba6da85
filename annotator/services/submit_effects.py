"""What judged answers do beside being stored: to places, and to earlier answers of the same raters.

`facts` are by item and rater, as `labeling_rules` left them.
"""

from collections.abc import Iterable, Mapping

from annotator import labeling_rules as rules
from annotator.services.submit_write import NewRow, Settled

FactsOf = Mapping[tuple[int, int], rules.Facts]


def changed(facts: FactsOf) -> list[tuple[int, rules.Seat]]:
    """(item, seat) of each place that is not as it was."""
    found = {
        seat.id: (item, seat) for (item, _), seen in facts.items() for seat in seen.seats if seat.changed
    }
    return list(found.values())


def settle(rows: Iterable[NewRow], facts: FactsOf) -> None:
    """A later act of the same batch may have given or taken the place that an answer counted in."""
    for row in rows:
        if row.answer not in rules.NO_ANSWERS:
            row.surplus = facts[row.item, row.rater].own_seat is None


def settled(facts: FactsOf) -> list[Settled]:
    """Only a chain can have earlier answers of somebody whose place changes hands."""
    seats = {item: seen.seats for (item, _), seen in facts.items() if len(seen.chain) > 1}
    moved = {
        (item, rater)
        for item, seat in changed(facts)
        if item in seats and seat.owner != seat.was
        for rater in (seat.was, seat.owner)
        if rater is not None
    }
    return [
        Settled(item, rater, surplus=all(seat.owner != rater for seat in seats[item]))
        for item, rater in moved
    ]
