"""What a kind of assertion is. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.assertions.fields import Fault, Field
from feedback.assertions.outcome import Outcome, Output

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """`title` and `says` are message ids: its name, and what it holds an output to.

    `slow`: it needs a worker's tools and takes long, so it is off the way of a guardrail and of a dry
    run in a page. `owners`: only they make one. `phrase`: the field that a marked piece of an item
    fills. `faults`: what is wrong with settings that are well formed.
    """

    name: str
    title: str
    says: str
    fields: tuple[Field, ...]
    check: Callable[[Settings, Output], Outcome]
    faults: Callable[[Settings], Sequence[Fault]] | None = None
    slow: bool = False
    owners: bool = False
    phrase: str = ""
