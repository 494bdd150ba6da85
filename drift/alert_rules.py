"""What may become of an alert, and when something found today is what an alert tells already. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# Of two days' samples of one intent of CLINC150, 10 rows each, 95 % of centroids have this cosine or a higher
# one (5 rows 66 %, 16 rows 99 %); of two different intents 0.05 %, of an intent and its nearest other one 8 %.
FLOOR = 0.8
TIMES = 2.0  # what is expected is so up to this many times the share, or the change, that was called so


class State(StrEnum):
    OPEN = "open"
    EXPECTED = "expected"
    FIXED = "fixed"


class Do(StrEnum):
    EXPECT = "expect"
    FIX = "fix"
    REOPEN = "reopen"


_NEXT = {
    (State.OPEN, Do.EXPECT): State.EXPECTED,
    (State.OPEN, Do.FIX): State.FIXED,
    (State.EXPECTED, Do.REOPEN): State.OPEN,
    (State.FIXED, Do.REOPEN): State.OPEN,
}


def after(state: State, do: Do) -> State | None:
    """The state that follows; None where this cannot be done. A closed alert is opened before it is closed anew."""
    return _NEXT.get((state, do))


UP = {"new": "up", "grown": "up", "shrunk": "down", "scattered": "odd", "structure": "structure"}


@dataclass(frozen=True)
class Thing:
    """What was found, today or when an alert was told. `kind` as in AlertGroup; `share` of the day's inputs.

    Of a structural change `feature` is what tells it from others (side, key and view), `then` and `now` its
    values.
    """

    kind: str
    share: float | None = None
    feature: str = ""
    then: float | None = None
    now: float | None = None

    @property
    def way(self) -> str:
        """A new topic that has become a known one grows on: both are up."""
        if self.kind != "structure":
            return UP[self.kind]
        return f"{self.feature} {'down' if (self.now or 0) < (self.then or 0) else 'up'}"


@dataclass(frozen=True)
class Candidate:
    """A group of an alert that is known. `cosine` of its centroid to today's; None without one."""

    key: int
    state: State
    thing: Thing
    cosine: float | None = None


def recognised(found: Thing, candidates: Iterable[Candidate]) -> Candidate | None:
    """Which of them this is: an open one before an expected one before a fixed one, of these the most alike."""
    order = list(State)
    same = [one for one in candidates if is_same(found, one)]
    return min(same, key=lambda one: (order.index(one.state), -(one.cosine or 0), -one.key), default=None)


def is_same(found: Thing, known: Candidate) -> bool:
    """Odd inputs are like nothing, so that only while an alert tells of them they are no news."""
    if found.way != known.thing.way:
        return False
    if found.way == "odd":
        return known.state == State.OPEN
    if found.kind != "structure" and (known.cosine is None or known.cosine < FLOOR):
        return False
    return known.state != State.EXPECTED or _within(found, known.thing)


def _within(found: Thing, known: Thing) -> bool:
    """“Expected” is no leave to go on: of a topic the share may double, of a feature the change; and where
    the baseline has followed, a change from there is another one."""
    if found.way == UP["shrunk"]:
        return True  # it cannot go further than to nothing
    if found.kind != "structure":
        return found.share is None or known.share is None or found.share <= TIMES * known.share
    if None in (found.then, found.now, known.then, known.now):
        return True
    was, became = float(known.then or 0), float(known.now or 0)
    then, now = float(found.then or 0), float(found.now or 0)
    from_there = abs(then - was) <= abs(then - became)
    return from_there and abs(now - then) <= TIMES * abs(became - was)
