"""The kinds of channels. One line in `FeedbackConfig.ready()` adds one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.channels.message import Message

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from feedback.models import Channel


@dataclass(frozen=True)
class ChannelKind:
    """`deliver` answers what the other side said, or raises Refused or NotNow.

    `personal`: each person gets a message of their own; else the channel gets one about all of them.
    `has_url`: an owner types in where it goes. `signed`: the receiver needs a secret of ours.
    """

    name: str
    title: "str | _StrPromise"
    deliver: "Callable[[Channel, Message], str]"
    personal: bool = False
    has_url: bool = False
    signed: bool = False


_kinds: dict[str, ChannelKind] = {}


def register(kind: ChannelKind) -> None:
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"two kinds of channels are called {kind.name}")
    _kinds[kind.name] = kind


def kinds() -> list[ChannelKind]:
    return list(_kinds.values())


def find(name: str) -> ChannelKind | None:
    """None for a kind that this version does not know."""
    return _kinds.get(name)
