"""What tests of the language model's client begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from annotator.llm import failures
from annotator.llm.asks import Ask, Block, Tokens
from annotator.llm.client import Client
from annotator.llm.retries import Deadline
from annotator.llm.sdk import connect
from tests.provider import KEY, Provider

SCHEMA = {
    "type": "object",
    "properties": {"fruit": {"enum": ["apple", "pear"]}},
    "required": ["fruit"],
    "additionalProperties": False,
}


def ask(input: str = "A green one.", **more) -> Ask:
    more.setdefault("model", "claude-haiku-5-5")
    more.setdefault("schema", SCHEMA)
    blocks = (Block("Which fruit is it?", stable=True), Block(input))
    return Ask(system="Answer.", blocks=blocks, max_tokens=50, **more)


@dataclass
class Pocket:
    """A purse that remembers. `full` how many calls it can pay."""

    full: int = 100
    held: list[int] = field(default_factory=list)
    settled: list[tuple[str, int | None, Tokens]] = field(default_factory=list)

    @contextmanager
    def hold(self, nanodollars: int) -> Iterator["Pocket"]:
        if len(self.held) >= self.full:
            raise failures.OverBudget
        self.held.append(nanodollars)
        yield self

    def settle(self, outcome: str, cost: int | None, tokens: Tokens) -> None:
        self.settled.append((outcome, cost, tokens))


class Talk:
    """A client that waits for nothing between its tries, and notes how long it would have waited."""

    def __init__(self, provider: Provider, key: str = KEY) -> None:
        self.purse = Pocket()
        self.waited: list[float] = []
        self.client = Client(connect(key, provider.url), sleep=self.waited.append)

    def ask(self, one: Ask | None = None, *, seconds: float = 60.0):
        return self.client.ask(one or ask(), deadline=Deadline.within(seconds), purse=self.purse)

    @property
    def outcomes(self) -> list[str]:
        return [outcome for outcome, *_ in self.purse.settled]
