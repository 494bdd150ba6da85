"""Who comes next: the most uncertain, and at every k-th turn the random share's next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FRONT = 300  # uncertain items that a run puts in front: more than a quarter of an hour's work of a team


@dataclass(frozen=True)
class Candidate:
    """An item that can still be asked. `home`: its random turn; `begun`: somebody has answered it."""

    item: int
    home: int
    random: bool  # of the random share
    begun: bool = False


def front(
    candidates: Sequence[Candidate], chances: Mapping[int, float], random_share: float, size: int = FRONT
) -> list[int]:
    """The items that come first, in order. `chances`: of the first answer, by item.

    What is begun comes before what is not, so that a second rater finishes it. Items of the random
    share come in their random order, whatever their chance is, and only as often as their share.
    """
    unsure = sorted(
        (one for one in candidates if not one.random and one.item in chances),
        key=lambda one: (not one.begun, abs(chances[one.item] - 0.5), one.home),
    )[:size]
    drawn = sorted((one for one in candidates if one.random), key=lambda one: one.home)
    return [one.item for one in _woven(unsure, drawn, random_share)]


def _woven(unsure: Sequence[Candidate], drawn: Sequence[Candidate], share: float) -> Iterator[Candidate]:
    """Until the uncertain ones are used up: turn n is random when n times the share passes a whole number."""
    waiting, chance = iter(unsure), iter(drawn)
    left, turn = len(unsure), 0
    while left:
        turn += 1
        if int(turn * share) > int((turn - 1) * share) and (one := next(chance, None)) is not None:
            yield one
            continue
        yield next(waiting)
        left -= 1
