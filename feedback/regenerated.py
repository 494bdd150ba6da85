"""Of an answer and the one that was asked for in its place: which was kept. No Django.

The new one is, unless the person went back: the newest sign of use decides, by its own time.
"""

from collections.abc import Iterable

from feedback.verdicts import Event

USED = ("kept", "copied", "downloaded", "thumbs_up", "accepted", "edited_in_place")
OLD, NEW = "old", "new"


def kept(old: Iterable[Event], new: Iterable[Event]) -> str:
    """`old` and `new`: the signals of each of the two answers."""
    asked = max((event.occurred_at for event in old if event.kind == "regenerated"), default=None)
    uses = [
        (event.occurred_at, event.event_id, side)
        for side, events in ((OLD, old), (NEW, new))
        for event in events
        if event.kind in USED and (asked is None or event.occurred_at > asked)
    ]
    return max(uses)[2] if uses else NEW
