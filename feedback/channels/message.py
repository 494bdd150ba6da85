"""What goes out through a channel, and what may come of it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Message:
    """`id` is the same at each try. `opens`: the words of the link, in the reader's language as all of it.
    `address` is the person's, for channels that go to persons."""

    id: str
    type: str
    at: datetime
    subject: str
    text: str
    url: str
    opens: str
    address: str = ""
    data: dict[str, Any] = field(default_factory=dict)


class NotDelivered(Exception):
    """The text is kept and shown: what the other side answered, never its address."""


class Refused(NotDelivered):
    """Trying again cannot help."""


class NotNow(NotDelivered):
    """It may work later; `wait` is what the other side asked for, in seconds."""

    def __init__(self, text: str, *, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait
