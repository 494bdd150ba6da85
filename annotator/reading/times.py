"""The time a record says something happened."""

import re
from datetime import UTC, datetime, tzinfo

from annotator.reading.errors import BadRecord, gettext_noop

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# As seconds this is the year 5138, as milliseconds 1973: no file holds either by mistake.
SECONDS_END = 1e11
# Either as a CSV has them. Any other number is no time that could be meant for sure: 2024 is a
# year, 202411201530 a spelling of a date.
NUMBER = re.compile(r"(?:\d{9,10}|\d{13})(?:\.\d+)?")


def moment(field: str, value: str | float, zone: tzinfo | None = None) -> datetime:
    """The instant in UTC. `zone` is that of times written without one; None refuses them."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else _of_epoch(value)
        if read.tzinfo is None:
            if zone is None:
                raise BadRecord(
                    field, gettext_noop("has no time zone: write 2026-11-20T09:30:00Z or …+09:00")
                )
            read = read.replace(tzinfo=zone)
        read = read.astimezone(UTC)
    except BadRecord:
        raise
    except (ValueError, OverflowError, OSError):
        raise BadRecord(
            field,
            gettext_noop(
                "is not a time that can be stored: write ISO 8601 with a zone, such as"
                " 2026-11-20T09:30:00Z, or seconds or milliseconds since 1970"
            ),
        ) from None
    if read < EPOCH:
        raise BadRecord(field, gettext_noop("lies before 1970"))
    return read


def in_cell(cell: str) -> str | float:
    """What a cell of a CSV says: seconds or milliseconds since 1970, else ISO 8601."""
    return float(cell) if NUMBER.fullmatch(cell) else cell


def _of_epoch(value: float) -> datetime:
    seconds = value / 1000 if abs(value) >= SECONDS_END else value
    return datetime.fromtimestamp(seconds, UTC)
