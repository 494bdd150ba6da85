"""Any value of the host's as one line of JSON that Genba takes."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date, time
from enum import Enum

DEEPEST = 90  # Genba refuses more than 100 levels, and some are around a payload
CUT = "…"


def line(record: Mapping[str, object]) -> bytes:
    """UTF-8 without a newline. What JSON has no word for becomes text; nothing is raised."""
    try:
        return _quick(record).encode()
    except Exception:  # a NaN, a ring, half a surrogate pair, an odd key, an object that will not tell
        return _careful(_cleaned(record, ())).encode()


def _plain(value: object) -> object:
    """A value that JSON lacks, as one step towards those it has."""
    if isinstance(value, (date, time)):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}".rstrip(": ")
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
    dump = getattr(value, "model_dump", None)  # pydantic, and so the messages of most SDKs
    return dump(mode="json") if callable(dump) else str(value)


_quick = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode
_careful = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def _cleaned(value: object, above: tuple[int, ...]) -> object:
    """A copy that surely can be written. `above`: what the value lies in, to see rings."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if id(value) in above or len(above) >= DEEPEST:
        return CUT
    inside = (*above, id(value))
    if isinstance(value, Mapping):
        return {str(key): _cleaned(part, inside) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(part, inside) for part in value]
    try:
        return _cleaned(_plain(value), inside)
    except Exception:
        return f"<{type(value).__name__}>"
