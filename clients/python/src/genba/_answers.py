"""What an answer of Genba's means for the records that were sent."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, NamedTuple

LONGEST = 3600.0  # seconds that a Retry-After is believed


class Answer(NamedTuple):
    """`status` 0: none came, and `fault` names the error; `late` if time ran out."""

    status: int
    body: bytes = b""
    retry_after: str = ""
    fault: str = ""
    late: bool = False


class Verdict(Enum):
    TAKEN = "stored, or refused one by one"
    LATER = "the same again, after a while"
    SMALLER = "too large for one request"
    HELD = "nothing is wrong with the records, but with the key, its scope or the address"
    REFUSED = "never to be taken"


class Taken(NamedTuple):
    """`rejected`: index, field, reason of each record that was not stored."""

    stored: int
    rejected: list[tuple[int, str, str]]


def packed(lines: Sequence[bytes]) -> bytes:
    """Gzipped NDJSON."""
    return gzip.compress(b"\n".join(lines), 3)


def judged(answer: Answer) -> Verdict:
    status = answer.status
    if status in {0, 408, 425, 429} or status >= 500:
        return Verdict.LATER
    if status == 413:
        return Verdict.SMALLER
    if status in {400, 415, 422}:
        return Verdict.REFUSED
    return Verdict.TAKEN if 200 <= status < 300 and taken(answer.body) else Verdict.HELD


def taken(body: bytes) -> Taken | None:
    """None: this is no answer of Genba's, whatever its status."""
    read = read_object(body)
    try:
        rejected = [
            (int(bad["index"]), str(bad.get("field") or ""), str(bad.get("error", "")))
            for bad in read["rejected"]
        ]
        return Taken(int(read["accepted"]) + int(read["duplicates"]), rejected)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def read_object(body: bytes) -> dict[str, Any]:
    """Empty if the body is not a JSON object."""
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def retry_after(header: str, now: datetime | None = None) -> float:
    """Seconds to wait; 0 if the header says nothing that could be meant. RFC 9110, 10.2.3."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = parsedate_to_datetime(header)
        except (TypeError, ValueError):
            return 0.0
        if until.tzinfo is None:
            until = until.replace(tzinfo=timezone.utc)
        seconds = (until - (now or datetime.now(timezone.utc))).total_seconds()
    return min(max(seconds, 0.0), LONGEST) if seconds == seconds else 0.0


class Backoff:
    """Waits that double from half a second to half a minute, each cut by chance to 50–100 %."""

    def __init__(self, first: float = 0.5, most: float = 30.0) -> None:
        self._first, self._most, self._tries = first, most, 0

    def next(self) -> float:
        wait = min(self._most, self._first * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return wait * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        self._tries = 0
