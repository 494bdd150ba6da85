"""Where rows of datasets come from. One line in an `AppConfig.ready()` adds a source, or says which
inputs are held out.

A source is one file. It yields a row for each example, or why there is none of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.datasets.gather import HeldOut, Left

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.utils.functional import _StrPromise

    from annotator.datasets.content import Kind, Row
    from annotator.datasets.filters import Filters
    from annotator.models import Project


@dataclass(frozen=True)
class Reading:
    """What a source reads with: a connection inside one transaction, which is one snapshot.

    Without `texts` only counts are wanted: payloads may be left out of the rows.
    """

    project: "Project"
    filters: "Filters"
    using: "BaseDatabaseWrapper"
    texts: bool = True


@dataclass(frozen=True)
class Source:
    """`rows` yields in a stable order; `row.input` and the like may be `msgspec.Raw`."""

    name: str
    title: "str | _StrPromise"
    words: "str | _StrPromise"  # one line for people
    kind: "Kind"
    rows: Callable[[Reading], "Iterator[Row | Left]"]
    usual: bool = True  # whether a dataset that chooses no sources has it


KINDS = ("rated", "preference", "demonstration")
_sources: dict[str, Source] = {}
_held_out: dict[str, "Callable[[Project], HeldOut]"] = {}


def register(source: Source) -> None:
    if _sources.setdefault(source.name, source) != source:
        raise ValueError(f"two sources of datasets are called {source.name}")


def register_held_out(name: str, of: "Callable[[Project], HeldOut]") -> None:
    """`of(project)` tells of an input's text whether nobody may learn from it. Asked once per version."""
    if _held_out.setdefault(name, of) != of:
        raise ValueError(f"two things that hold inputs out are called {name}")


def taken(filters: "Filters") -> list[Source]:
    """The sources that these filters name, or the usual ones."""
    return [one for one in sources() if (one.name in filters.sources if filters.sources else one.usual)]


def sources() -> list[Source]:
    """Rated rows before preferences before demonstrations, whichever app was ready first."""
    return sorted(_sources.values(), key=lambda source: (KINDS.index(source.kind), source.name))


def held_out(project: "Project") -> HeldOut:
    """Whether anybody holds this input out."""
    asked = [of(project) for of in _held_out.values()]
    return lambda text: any(says(text) for says in asked)
