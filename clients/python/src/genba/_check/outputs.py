"""A file of outputs, one JSON object a line, read as it comes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from genba._check.types import Output
from genba._json import line as as_json

FIELDS = ("input", "output", "expected", "context", "metadata")
LONGEST_ID = 256  # characters


class BadLine(NamedTuple):
    place: str
    fault: str

    def __str__(self) -> str:
        return f"{self.place}: {self.fault}"


def read(lines: Iterable[bytes], name: str) -> Iterator[Output | BadLine]:
    """Each line's output, or what is wrong with it. Empty lines are none. `name` is the file's.

    Without an `id` the line's number is its id. Fields that Genba does not know become metadata.
    """
    places: dict[str, str] = {}
    for number, raw in enumerate(lines, 1):
        text = (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).rstrip()
        if not text:
            continue
        place = f"{name}:{number}"
        try:
            found = made(_object(text), place, otherwise=f"line-{number}")
        except ValueError as error:
            yield BadLine(place, str(error))
            continue
        if found.id in places:
            yield BadLine(place, f"id: “{found.id}” stands at {places[found.id]} already; each needs its own")
            continue
        places[found.id] = place
        yield found


def made(record: dict[str, Any], place: str, otherwise: str) -> Output:
    """ValueError: names the field and what it must be."""
    if "output" not in record:
        raise ValueError("output: is missing; it is what the product answered")
    if record["output"] is None:
        raise ValueError("output: is null; leave out calls that answered nothing")
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ValueError("metadata: must be an object")
    if not isinstance(record.get("expected", ""), (str, type(None))):
        raise ValueError("expected: must be text, what should have been said")
    sent = {key: record[key] for key in FIELDS if record.get(key) is not None}
    others = {key: value for key, value in record.items() if key not in {"id", *FIELDS}}
    if metadata or others:
        sent["metadata"] = {**others, **metadata}
    found = _id(record.get("id"), otherwise)
    return Output(found, input_hash(record.get("input")), {"id": found, **sent}, place)


def input_hash(value: object) -> str:
    """The same for the same input, whatever the order of its keys. 32 hexadecimal digits of SHA-256."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def size(output: Output) -> int:
    """Bytes on the wire."""
    return len(as_json(output.record))


def _object(text: bytes) -> dict[str, Any]:
    try:
        read = json.loads(text.decode(), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(read, dict):
        raise ValueError('must be an object such as {"id": "1", "input": "…", "output": "…"}')
    return read


def _no_number(word: str) -> None:
    raise ValueError(f"is not JSON: {word} is no number")


def _id(given: object, otherwise: str) -> str:
    if given is None:
        return otherwise
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise ValueError("id: must be text or a whole number")
    # Half a surrogate pair can be sent and printed nowhere.
    found = str(given).encode("utf-8", "replace").decode()
    if not 1 <= len(found) <= LONGEST_ID:
        raise ValueError(f"id: must be of 1 to {LONGEST_ID} characters")
    return found
