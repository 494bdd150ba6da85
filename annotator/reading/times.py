"""The time a record says something happened."""

from datetime import UTC, datetime, tzinfo

from annotator.reading.errors import BadRecord, gettext_noop

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# As seconds this is the year 5138, as milliseconds 1973: no file holds either by mistake.
SECONDS_END = 1e11


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


def _of_epoch(value: float) -> datetime:
    seconds = value / 1000 if abs(value) >= SECONDS_END else value
    return datetime.fromtimestamp(seconds, UTC)
