"""Nothing that goes wrong in this client reaches the host: it is logged, and a stand-in is returned."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from genba._report import Reporter

F = TypeVar("F", bound=Callable[..., Any])


def guarded(stand_in: Callable[[], object]) -> Callable[[F], F]:
    """For methods of objects with a `_report`, plain or async."""

    def around(method: F) -> F:
        @functools.wraps(method)
        def plain(self: Any, *args: Any, **named: Any) -> Any:
            try:
                return method(self, *args, **named)
            except Exception as error:
                _tell(self._report, method.__name__, error)
                return stand_in()

        @functools.wraps(method)
        async def waiting(self: Any, *args: Any, **named: Any) -> Any:
            try:
                return await method(self, *args, **named)
            except Exception as error:
                _tell(self._report, method.__name__, error)
                return stand_in()

        return cast("F", waiting if inspect.iscoroutinefunction(method) else plain)

    return around


def _tell(report: Reporter, name: str, error: Exception) -> None:
    """The error's own words only if Python says them about the call itself: others may quote a payload."""
    where = error.__traceback__
    of_the_call = isinstance(error, TypeError) and where is not None and where.tb_next is None
    words = str(error) if of_the_call else type(error).__name__
    report(f"misused {name} {words}", "%s() could not do what it was asked: %s", name, words)
