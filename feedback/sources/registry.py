"""The registry of sources. An upper app registers its own from `AppConfig.ready()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.sampling import Stratum, together

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from feedback.models import Interaction

    Text = str | _StrPromise

LONGEST_KEY = 30  # it is hashed with project and day, in 64 bytes


@dataclass(frozen=True)
class Source:
    """Where a part of a check's sample comes from.

    `title` names it in a form, `explains` says who belongs to it. `words(n)` is the part in the
    sentence that explains a plan ("3 that end users disliked"), `why(stratum)` the reason of an item.
    `members` narrows the day's production interactions, a lazy queryset, to those that belong; None:
    all of them. It is asked for keys by a cursor and again about the drawn ones, and holds no rows
    itself: a day may have millions. `divide` says how many come from where (`feedback.sampling`).
    `order`: its place in forms and sentences. `base`: it draws from the whole day, and a plan may begin
    with it.
    """

    key: str
    title: "Text"
    explains: "Text"
    words: Callable[[int], str]
    why: Callable[[Stratum], str]
    members: "Callable[[QuerySet[Interaction]], QuerySet[Interaction]] | None" = None
    divide: Callable[[Mapping[str, int], int], list[Stratum]] = together
    order: int = 50
    base: bool = False


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source; the same key twice is a mistake in the code."""
    if not 0 < len(source.key) <= LONGEST_KEY:
        raise ValueError(f"the key of a source has 1 to {LONGEST_KEY} characters: {source.key!r}")
    if source.base and source.members is not None:
        raise ValueError(f"{source.key}: a plan's base draws from the whole day")
    if _sources.get(source.key, source) != source:
        raise ValueError(f"two sources are called {source.key}")
    _sources[source.key] = source


def find(key: str) -> Source | None:
    """None for a source that this version does not know: its part draws nothing."""
    return _sources.get(key)


def bases() -> list[Source]:
    """What a plan can begin with: everything has a chance."""
    return [source for source in _in_order() if source.base]


def extras() -> list[Source]:
    """What it can have beside."""
    return [source for source in _in_order() if not source.base]


def _in_order() -> list[Source]:
    return sorted(_sources.values(), key=lambda source: (source.order, source.key))
