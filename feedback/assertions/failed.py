"""Who wants to know that assertions failed. Pure: whoever sends notices registers a receiver.

`on_failed` is called in the transaction that ends a run over new interactions, once for each assertion
that failed in it: what a receiver writes is written exactly once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

EXAMPLES = 5


@dataclass(frozen=True)
class Failures:
    """`count`: how many interactions failed since the last time; `examples` some of their ids."""

    project: int
    assertion: int
    key: str
    name: str
    version: int  # its number
    count: int
    examples: tuple[UUID, ...]


Receiver = Callable[[Failures], None]
_receivers: list[Receiver] = []


def register(receiver: Receiver) -> None:
    """From an `AppConfig.ready()`. It runs in a transaction: it writes rows, and sends nothing itself."""
    if receiver not in _receivers:
        _receivers.append(receiver)


def on_failed(failures: Failures) -> None:
    for receiver in _receivers:
        receiver(failures)
