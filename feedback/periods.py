"""Four weeks and the four before them, in a project's time zone. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from feedback import days

LONG = 28  # days: four of each weekday


@dataclass(frozen=True)
class Periods:
    """`today` is the last day of the newer one."""

    today: date
    zone: ZoneInfo

    @property
    def first(self) -> date:
        """Of the newer one."""
        return self.today - days.DAY * (LONG - 1)

    @property
    def first_before(self) -> date:
        return self.first - days.DAY * LONG

    @property
    def begins(self) -> datetime:
        """When the newer one does."""
        return days.moment(self.first, 0, self.zone)

    @property
    def began(self) -> datetime:
        """When the one before did."""
        return days.moment(self.first_before, 0, self.zone)

    @property
    def all_days(self) -> list[date]:
        """Of both, the oldest first."""
        return [self.first_before + days.DAY * n for n in range(2 * LONG)]

    @property
    def edges(self) -> list[datetime]:
        """The moments at which these days begin, and the end of the last one."""
        return [days.moment(day, 0, self.zone) for day in [*self.all_days, self.today + days.DAY]]
