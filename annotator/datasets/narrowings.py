"""What rows of datasets can be narrowed to beside queues, questions and features. One line in an `AppConfig.ready()`
adds one: it is a field of the form, and a test of items whatever source a row is from.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from annotator.datasets.content import Row
from annotator.datasets.gather import Left

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from annotator.datasets.registry import Reading
    from annotator.models import Project

AT_ONCE = 500  # rows that are asked about together
OUTSIDE = "outside"


@dataclass(frozen=True)
class Narrowing:
    """`options`: (value, name for people) of what can be chosen in a project, and of what of these values was offered
    once. `inside`: of these items those that are of one of the values. A row without an item is outside."""

    name: str  # of the form's field, and in `Filters.within`
    title: "str | _StrPromise"
    words: "str | _StrPromise"  # help for people
    options: "Callable[[Project, Sequence[str]], list[tuple[str, str]]]"
    inside: "Callable[[Reading, Sequence[str], Sequence[int]], Collection[int]]"


_narrowings: dict[str, Narrowing] = {}


def register(narrowing: Narrowing) -> None:
    if _narrowings.setdefault(narrowing.name, narrowing) != narrowing:
        raise ValueError(f"two narrowings of datasets are called {narrowing.name}")


def narrowings() -> list[Narrowing]:
    return sorted(_narrowings.values(), key=lambda one: one.name)


def narrowed(reading: "Reading", found: Iterable[Row | Left]) -> Iterator[Row | Left]:
    """What is outside of any that was chosen is left. Nobody's, because its app is gone: nothing is inside."""
    wanted = {name: values for name, values in reading.filters.within.items() if values}
    if not wanted:
        yield from found
        return
    source = iter(found)
    while some := list(islice(source, AT_ONCE)):
        inside = {one.provenance.item for one in some if isinstance(one, Row)}
        for name, values in wanted.items():
            known = _narrowings.get(name)
            inside &= set(known.inside(reading, values, sorted(inside))) if known and inside else set()
        for one in some:
            out = isinstance(one, Row) and one.provenance.item not in inside
            yield Left(OUTSIDE) if out else one
