"""What a person made of a suggestion: the fold of its signals. No Django.

The state is a function of the set of events, whatever the order in which they came: the newest
verdict counts, by its own time, then by its id. That nobody answered counts only while nobody did.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

VERDICTS = ("accepted", "edited", "rejected", "ignored")
OURS = "genba:"  # how the ids of our own events begin, and of nobody else's
UNANSWERED = f"{OURS}unanswered"  # the event by which we say that nobody answered in time


@dataclass(frozen=True)
class Event:
    """A stored signal: `value` is what its kind carries."""

    event_id: str
    kind: str
    occurred_at: datetime
    value: dict[str, Any] | None = None


@dataclass(frozen=True)
class State:
    """`final`: the value that the person left with, where that is known."""

    shown_at: datetime | None = None
    verdict: str = ""
    at: datetime | None = None
    final: str | None = None
    ms: float | None = None
    edit_distance: int | None = None


def fold(events: Iterable[Event], suggested: str | None) -> State:
    """`suggested`: the value that was proposed, shown or hidden; None: none was."""
    ordered = sorted(events, key=lambda event: (event.occurred_at, event.event_id))
    shown = next((event.occurred_at for event in ordered if event.kind == "shown"), None)
    said = [event for event in ordered if event.kind in VERDICTS]
    said = [event for event in said if event.event_id != UNANSWERED] or said  # however late a person's came
    if not said:
        return State(shown_at=shown)
    last = said[-1]
    value = last.value or {}
    final = value.get("value")
    distance = value.get("edit_distance")
    return State(
        shown_at=shown if shown is not None else last.occurred_at,
        verdict=_judged(last.kind, final, suggested),
        at=last.occurred_at,
        final=final,
        ms=value.get("ms"),
        edit_distance=None if distance is None else round(distance),
    )


def _judged(kind: str, final: str | None, suggested: str | None) -> str:
    """The values decide between accepted and edited, should a sender mix them up."""
    if kind == "accepted" and suggested is not None and final != suggested:
        return "edited"
    if kind == "edited" and final == suggested:
        return "accepted"
    return kind


def right_and_wrong(state: State, suggested: str | None, *, seen: bool) -> tuple[str | None, str | None]:
    """(value that is right, value that is wrong), as far as the verdict says.

    A hidden suggestion was judged by nobody: only what the person chose is known.
    """
    if state.verdict == "":
        return None, None
    wrong = suggested if seen and state.verdict in {"edited", "rejected"} else None
    right = state.final if state.verdict != "rejected" or state.final != suggested else None
    return right, wrong if wrong != right else None
