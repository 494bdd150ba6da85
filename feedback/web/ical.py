"""A person's shifts as an iCalendar object (RFC 5545), written by the `icalendar` library.

Each shift is an event of its own whose time is worked out for its day and written in UTC, so that a
change of the clock needs no rule and no VTIMEZONE. It holds days and names of projects, no text of
anybody's.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from annotator.models import Project

LASTS = timedelta(minutes=30)


def calendar_of(
    project: "Project",
    shifts: Iterable[tuple[date, datetime]],
    *,
    person: int,
    host: str,
    url: str,
    stamp: datetime,
) -> bytes:
    """`shifts`: the days and when each begins; `person`: an id, for stable UIDs; `stamp`: when this was true, in UTC."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - only this view wants it

    found = Calendar()
    found.add("prodid", "-//Genba//Rotation//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    name = _("%(project)s: vibe check") % {"project": project.name}
    found.add("x-wr-calname", name)
    found.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for day, begin in shifts:
        event = Event()
        event.add("uid", f"shift-{project.pk}-{person}-{day.isoformat()}@{host}")
        event.add("dtstamp", stamp)
        event.add("dtstart", begin)
        event.add("dtend", begin + LASTS)
        event.add("summary", name)
        event.add("url", url)
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    return bytes(found.to_ical())
