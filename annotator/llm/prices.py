"""The models that may be asked, what they cost and how they are told not to think long. Pure.

Money is counted in nanodollars (a billionth of a US dollar), so that a token of the cheapest kind
is a whole number. Prices as the provider published them in November 2026; a model that is not
here cannot be used, because nobody would know what it costs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from annotator.llm.asks import Ask, Tokens

DOLLAR = 1_000_000_000
# Tokens that the provider may add of its own around the prompt and the schema.
OVERHEAD = 3_000


@dataclass(frozen=True)
class Rates:
    """Nanodollars a token: $1 a million tokens is 1,000."""

    input: int
    output: int
    cache_write: int  # kept for five minutes
    cache_read: int

    def cost(self, tokens: Tokens) -> int:
        return (
            tokens.input * self.input
            + tokens.output * self.output
            + tokens.cache_write * self.cache_write
            + tokens.cache_read * self.cache_read
        )


@dataclass(frozen=True)
class Model:
    """`options` go into each request: they keep the thinking short. `thinking` is the room in tokens
    for what cannot be switched off. `long` holds the rates of prompts of more than `long_from` tokens.
    """

    name: str
    title: str
    rates: Rates
    options: Mapping[str, Any]
    thinking: int = 0
    long: Rates | None = None
    long_from: int = 0

    def cost(self, tokens: Tokens) -> int:
        """Nanodollars for what was used."""
        return self._rates(tokens.prompt).cost(tokens)

    def worst(self, ask: Ask) -> int:
        """Nanodollars to hold for the call: no token is shorter than a byte of UTF-8."""
        texts = [ask.system, *(block.text for block in ask.blocks), json.dumps(ask.schema)]
        size = sum(len(text.encode()) for text in texts)
        tokens = Tokens(cache_write=size + OVERHEAD, output=self.room(ask))
        return self._rates(tokens.prompt).cost(tokens)

    def room(self, ask: Ask) -> int:
        """Tokens that the model may write, thinking included."""
        return ask.max_tokens + self.thinking

    def _rates(self, prompt: int) -> Rates:
        return self.long if self.long and prompt > self.long_from else self.rates


# What each model takes differs: one can be told not to think, one only not before it answers, one
# always thinks and is told to do little of it. Another's word is answered by 400.
_LITTLE = {"effort": "low"}
_MODELS = (
    Model(
        "claude-haiku-5-5",
        "Claude Haiku 5.5",
        Rates(input=100, output=500, cache_write=125, cache_read=10),
        {"thinking": {"type": "disabled"}, "output_config": _LITTLE},
        long=Rates(input=500, output=2_500, cache_write=625, cache_read=50),
        long_from=100_000,
    ),
    Model(
        "claude-sonnet-5-5",
        "Claude Sonnet 5.5",
        Rates(input=2_000, output=10_000, cache_write=2_500, cache_read=100),
        {"thinking": {"type": "between_tools"}, "output_config": _LITTLE},
    ),
    Model(
        "claude-opus-5-5",
        "Claude Opus 5.5",
        Rates(input=4_000, output=20_000, cache_write=5_000, cache_read=200),
        {"output_config": _LITTLE},
        thinking=4_000,
    ),
)
MODELS: Mapping[str, Model] = {model.name: model for model in _MODELS}
DEFAULT = "claude-haiku-5-5"


def usd(nanodollars: int) -> Decimal:
    return Decimal(nanodollars) / DOLLAR


def nanodollars(dollars: Decimal) -> int:
    return int(dollars * DOLLAR)
