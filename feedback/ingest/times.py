"""The time a record says it happened."""

from datetime import UTC, datetime, timedelta, tzinfo

from feedback.ingest.errors import BadRecord, gettext_noop
from feedback.ingest.ids import EPOCH

FIELD = "occurred_at"
# As seconds this is the year 5138, as milliseconds 1973: no log holds either by mistake.
SECONDS_END = 1e11
CLOCKS_DIFFER_BY = timedelta(days=1)


def moment(value: str | float, zone: tzinfo | None = None) -> datetime:
    """The instant in UTC. `zone` is that of times written without one; None refuses them."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else _of_epoch(value)
        if read.tzinfo is None:
            if zone is None:
                raise BadRecord(
                    FIELD, gettext_noop("has no time zone: write 2026-11-20T09:30:00Z or …+09:00")
                )
            read = read.replace(tzinfo=zone)
        read = read.astimezone(UTC)
    except BadRecord:
        raise
    except (ValueError, OverflowError, OSError):
        raise BadRecord(
            FIELD,
            gettext_noop(
                "is not a time that can be stored: write ISO 8601 with a zone, such as"
                " 2026-11-20T09:30:00Z, or seconds or milliseconds since 1970"
            ),
        ) from None
    if read < EPOCH:
        raise BadRecord(FIELD, gettext_noop("lies before 1970"))
    return read


def is_ahead(when: datetime, now: datetime) -> bool:
    """Whether it lies further ahead than clocks differ: such a record is shown under its receipt."""
    return when - now > CLOCKS_DIFFER_BY


def _of_epoch(value: float) -> datetime:
    seconds = value / 1000 if abs(value) >= SECONDS_END else value
    return datetime.fromtimestamp(seconds, UTC)
