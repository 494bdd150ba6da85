"""Where rows of datasets come from. One line in an `AppConfig.ready()` adds a source, or says which
inputs must be in which split.

A source is one file. It yields a row for each example, or why there is none of it.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.datasets.gather import Left

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.utils.functional import _StrPromise

    from annotator.datasets.content import Kind, Row, Split
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


# (hash of an input, "test" where nobody may learn from it, "train" where something does), as often as it likes
Claims = Callable[[Reading], "Iterator[tuple[UUID, Split]]"]


@dataclass(frozen=True)
class Source:
    """`rows` yields in a stable order; `row.input` and the like may be `msgspec.Raw`. `news`: whether it was
    told anything since that is no label; None: all that it reads are labels."""

    name: str
    title: "str | _StrPromise"
    words: "str | _StrPromise"  # one line for people
    kind: "Kind"
    rows: Callable[[Reading], "Iterator[Row | Left]"]
    usual: bool = True  # whether a dataset that chooses no sources has it
    news: "Callable[[Reading, datetime], bool] | None" = None


KINDS = ("rated", "preference", "demonstration")
_sources: dict[str, Source] = {}
_claims: dict[str, "Claims"] = {}


def register(source: Source) -> None:
    if _sources.setdefault(source.name, source) != source:
        raise ValueError(f"two sources of datasets are called {source.name}")


def register_claims(name: str, of: Claims) -> None:
    """`of` streams hashes (`words.text_hash`) of inputs that must be in one split. Asked once per version."""
    if _claims.setdefault(name, of) != of:
        raise ValueError(f"two things that claim inputs are called {name}")


def taken(filters: "Filters") -> list[Source]:
    """The sources that these filters name, or the usual ones."""
    return [one for one in sources() if (one.name in filters.sources if filters.sources else one.usual)]


def sources() -> list[Source]:
    """Rated rows before preferences before demonstrations, whichever app was ready first."""
    return sorted(_sources.values(), key=lambda source: (KINDS.index(source.kind), source.name))


def claims(reading: Reading, among: Container["UUID"]) -> "dict[UUID, Split]":
    """What anybody claims of these inputs. To be held out goes before all."""
    found: dict[UUID, Split] = {}
    for of in _claims.values():
        for name, split in of(reading):
            if name in among and found.get(name) != "test":
                found[name] = split
    return found
