"""What upper apps make beside the demo project, once, right after it.

An upper app registers it from its `AppConfig.ready()`; the command asks for all of it.
"""

from collections.abc import Callable
from datetime import datetime

from annotator.models import User

Maker = Callable[[User, str, datetime], None]  # the demo's owner, the time zone, now
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    if maker not in _makers:
        _makers.append(maker)


def make_all(owner: User, time_zone: str, now: datetime) -> None:
    for maker in _makers:
        maker(owner, time_zone, now)
