"""What is wrong with a taxonomy, and where, in words for who wrote it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.reading.errors import gettext_noop

MOST_TOLD = 20  # faults; a file of the wrong kind has one on each line


@dataclass(frozen=True)
class Fault:
    """`place` is “line 3” or a JSON path; `text` a message id, filled by `values`."""

    place: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = self.text % self.values if self.values else self.text
        return f"{self.place}: {said}" if self.place else said


class BadTaxonomy(ValueError):
    """Nothing of it is used. `faults` holds the first of them, `more` how many others there are."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults, self.more = tuple(faults[:MOST_TOLD]), max(len(faults) - MOST_TOLD, 0)
        super().__init__("\n".join(map(str, self.faults)))


EMPTY = gettext_noop("has no name")
EMPTY_STEP = gettext_noop("has an empty step in its path")
SEPARATOR = gettext_noop("holds “ > ”, which stands between the steps of a path")
LONG = gettext_noop("is longer than %(limit)s characters with its path")
LONG_DESCRIPTION = gettext_noop("has a description of more than %(limit)s characters")
DEEP = gettext_noop("is nested deeper than %(limit)s")
TWICE = gettext_noop("“%(value)s” was there already: %(place)s")
TOO_MANY = gettext_noop("There are more than %(limit)s values.")
NOTHING = gettext_noop("There are no values: give one a line, or a file.")
TOO_LARGE = gettext_noop("The text is longer than %(limit)s characters.")


def one(place: str, text: str, **values: Any) -> BadTaxonomy:
    return BadTaxonomy([Fault(place, text, values)])


def raise_if_any(faults: Iterable[Fault]) -> None:
    if found := list(faults):
        raise BadTaxonomy(found)
