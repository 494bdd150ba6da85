"""A day in a time zone, over changes of the clock. Pure.

`fold=0` does the right thing at both: an hour that does not exist is the moment the clock
jumped (02:30 is then 03:30), an hour that comes twice is its first coming. Where the jump ends the
day itself (in Nuuk the clock goes from 22:59 to midnight), a late hour is the last that there is.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
EARLIEST = date(1971, 1, 1)  # ids hold milliseconds since 1970, in any time zone
LATEST = date(9000, 1, 1)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day's first moment and the next day's, in UTC: 23 to 25 hours apart, as the clock goes."""
    return moment(day, 0, zone), moment(day + DAY, 0, zone)


def moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """That hour of that day, in UTC."""
    at = datetime.combine(day, time(hour), zone).astimezone(UTC)
    jumped = hour > 0 and at.astimezone(zone).date() > day
    return at - timedelta(hours=1) if jumped else at


def day_of(when: datetime, zone: ZoneInfo) -> date:
    """The day it is there at `when`."""
    return when.astimezone(zone).date()


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def is_over(day: date, zone: ZoneInfo, now: datetime) -> bool:
    return day < day_of(now, zone)


def known(day: date) -> bool:
    """Whether a log can have such a day."""
    return EARLIEST <= day <= LATEST


def last_slots(*, hour: int, zone: ZoneInfo, now: datetime, since: date, most: int) -> list[date]:
    """The days, oldest first, on which `hour` has struck by `now`: at most `most`, none before `since`."""
    today = day_of(now, zone)
    newest = today if moment(today, hour, zone) <= now else today - DAY
    back = min(most, (newest - since).days + 1)
    return [newest - DAY * n for n in reversed(range(max(back, 0)))]


def next_slot(*, hour: int, zone: ZoneInfo, now: datetime) -> datetime:
    """When `hour` strikes next, in UTC."""
    today = day_of(now, zone)
    at = moment(today, hour, zone)
    return at if at > now else moment(today + DAY, hour, zone)
