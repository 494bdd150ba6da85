"""What the queues of an upper app take beside an answer: see `Beside`.

An upper app registers it by the queue's origin, from its `AppConfig.ready()`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.models import Queue

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One stored answer. `said` is what came beside it, None when nothing did."""

    item: int
    rater: int
    version: int  # of the question
    answer: str
    said: Said | None


@dataclass(frozen=True)
class Beside:
    """`fault` names what is wrong with what was sent, in words; empty when nothing is. `take` gets the
    stored answers in the transaction that stored them: those with something beside them, and those that
    take the place of an earlier answer, or take it back; all of them with `every`. `asks`: what the
    labeling screen is told; None: it asks nothing beside."""

    fault: Callable[[Said], str]
    take: Callable[[Sequence[Told]], None]
    asks: Callable[[Queue], dict[str, Any]] | None = None
    every: bool = False


_known: dict[str, Beside] = {}


def register(origin: str, kind: Beside) -> None:
    """For the queues of this origin."""
    if _known.setdefault(origin, kind) != kind:
        raise ValueError(f"Queues of origin {origin!r} have something beside their answers already")


def of(origin: str) -> Beside | None:
    return _known.get(origin)
