"""What a language model is asked, and what it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Block:
    """A piece of the prompt. `stable`: the prompt is the same up to here in many calls, so that the
    provider may keep what it read of it."""

    text: str = field(repr=False)
    stable: bool = False


@dataclass(frozen=True)
class Ask:
    """One question. Neither its text nor the schema's is in its `repr`.

    `schema` is the JSON Schema that the answer is held to; without one the answer is text.
    `max_tokens` bounds the answer, without what a model thinks before it.
    """

    model: str
    system: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    max_tokens: int
    schema: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Tokens:
    """What the provider counted. `input` is what was neither read from its cache nor written to it."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.cache_write


@dataclass(frozen=True)
class Answer:
    """What came back. `cost` in nanodollars; `model` as the provider names what answered."""

    model: str
    text: str = field(repr=False)
    value: Any = field(repr=False)  # the JSON value where a schema was given, else None
    tokens: Tokens
    cost: int
    stop_reason: str
    request_id: str = ""
