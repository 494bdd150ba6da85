"""The kinds of notices. One line in `FeedbackConfig.ready()` adds one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from annotator.models import Project


@dataclass(frozen=True)
class Facts:
    """What a text is made of. `people`: the shown names of whom it is told."""

    project: "Project"
    day: date
    people: list[str]
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> str:
        return ", ".join(self.people)


@dataclass(frozen=True)
class Kind:
    """`type` is what webhooks call it. `subject`, `text` and `path` are made in the reader's language.

    `again`: a channel that many read hears of it for each person who comes anew; else once for its
    day. `chosen`: owners choose whether a channel tells it.
    """

    name: str
    type: str
    title: "str | _StrPromise"
    subject: Callable[[Facts], str]
    text: Callable[[Facts], str]
    path: Callable[[Facts], str]
    again: bool = False
    chosen: bool = True


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"two kinds of notices are called {kind.name}")
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    """KeyError: no kind of this name is registered."""
    return _kinds[name]


def title(name: str) -> "str | _StrPromise":
    """What a person reads; the bare name for a kind that this version does not know."""
    return _kinds[name].title if name in _kinds else name


def chosen() -> list[Kind]:
    return [kind for kind in _kinds.values() if kind.chosen]
