"""When an interaction's own time is not believed."""

from datetime import datetime, timedelta

CLOCKS_DIFFER_BY = timedelta(days=1)


def is_ahead(when: datetime, now: datetime) -> bool:
    """Whether it lies further ahead than clocks differ: such a record is shown under its receipt."""
    return when - now > CLOCKS_DIFFER_BY
