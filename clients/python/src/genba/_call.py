"""One call of the host's product, timed and logged as it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from genba._records import Fields, new_id

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Call:
    """Give it `output` inside the block. An exception is logged as `error`, and goes on its way."""

    def __init__(self, log: Callable[..., str], input: object, fields: Fields) -> None:
        self._log, self._fields = log, fields
        self.id = str(fields.get("id") or new_id())
        self.input = input
        self.output: object = None
        self._began = 0.0

    def set(self, **fields: Unpack[Fields]) -> None:
        """What is known only inside the block: tokens, cost, the model that answered, …"""
        self._fields.update(fields)

    def __enter__(self) -> Call:
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        fields: dict[str, object] = {
            "input": self.input,
            "output": self.output,
            "latency_ms": round((time.perf_counter() - self._began) * 1000, 3),
            "error": error,
        }
        self._log(**{**fields, **self._fields, "id": self.id})

    def __repr__(self) -> str:
        return f"<genba.Call {self.id}>"
