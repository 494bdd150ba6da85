"""Two weeks of five people over a change of the clock: an absence, a swap, a holiday, a missed day,
and a shift that changes hands after its notice. What the calendar says, and who was told what when.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from annotator.jobs import leases, runner, schedules
from annotator.models import Job, JobState, Membership
from feedback import days
from feedback.models import Notice, VibeCheck
from feedback.queries.calendar import month_of
from feedback.services import channels, handover, rota
from tests import make
from tests.feedback import logged

BERLIN_AUTUMN = ("Europe/Berlin", date(2026, 10, 19), 8, ("2026-10-24T06:00Z", "2026-10-25T07:00Z"))
BERLIN_SPRING = ("Europe/Berlin", date(2027, 3, 22), 2, ("2027-03-27T01:00Z", "2027-03-28T01:00Z"))
HAVANA_SPRING = ("America/Havana", date(2027, 3, 8), 0, ("2027-03-13T05:00Z", "2027-03-14T05:00Z"))


@dataclass
class Story:
    """The clock goes on in steps; after each, what was newly told is noted with its time."""

    plan: object
    first: date
    zone: ZoneInfo
    told: list = field(default_factory=list)  # (kind, n of the day, who, when in UTC)
    seen: set = field(default_factory=set)

    def day(self, n: int) -> date:
        return self.first + timedelta(days=n)

    def tick(self, at: datetime) -> None:
        with time_machine.travel(at, tick=False):
            schedules.ask_due(at)
            due = Job.objects.filter(state=JobState.DUE, kind__in=["vibecheck", "notices", "notice"])
            for _ in range(2):  # the second time what the first asked for
                for waiting in due.order_by("created_at"):
                    runner.run_claimed(leases.claim(waiting.pk))
            self.note(at)

    def note(self, at: datetime) -> None:
        for row in Notice.objects.exclude(pk__in=self.seen).select_related("person").order_by("pk"):
            self.seen.add(row.pk)
            self.told.append((row.kind, (row.day - self.first).days, row.person.username, at))

    def of(self, kind: str) -> set:
        return {(n, who) for told, n, who, _at in self.told if told == kind}

    def when(self, kind: str, n: int) -> datetime:
        return next(at for told, day, _who, at in self.told if (told, day) == (kind, n))


@pytest.mark.parametrize(
    ("zone", "first", "hour", "around"),
    [BERLIN_AUTUMN, BERLIN_SPRING, HAVANA_SPRING],
    ids=["autumn", "an hour that is not there", "a midnight that is not there"],
)
def test_two_weeks(project, owner, annotator, as_, zone, first, hour, around):
    olivia, amir = owner, annotator
    bea, chen, dora = (make.member(project, name) for name in ("bea", "chen", "dora"))
    for person in (olivia, amir, bea, chen, dora):
        person.email = f"{person.username}@example.com"
        person.save()
    project.time_zone = zone
    project.save()
    plan = logged.plan(project, olivia, amir, bea, chen, dora, starts_on=first, hour=hour, sample_size=3)
    channels.add(project=project, kind="email", url="", tells=["ready", "reminder", "missed"], by=olivia)
    story = Story(plan, first, ZoneInfo(zone))
    of = {one.user_id: one for one in Membership.objects.filter(project=project)}
    for n in range(-1, 14):
        noon = days.moment(story.day(n), 12, story.zone)
        logged.interactions(project, 4, at=noon, name=f"day {n}")

    def act(n: int, at: datetime) -> None:
        if n == 0:
            rota.add_absence(plan, person=chen, first=story.day(3), last=story.day(3), by=of[chen.pk], now=at)
            rota.add_holiday(plan, day=story.day(8), name="Founders’ day", by=olivia, now=at)
        if n == 1:
            rota.ask_swap(plan, day=story.day(6), taker=bea, return_day=story.day(7), by=of[amir.pk], now=at)
        if n == 2:
            rota.answer_swap(plan, project.swaps.get(), accept=True, by=of[bea.pk], now=at)
        if n == 10:  # olivia was told in the morning
            rota.ask_swap(
                plan, day=story.day(10), taker=amir, return_day=None, by=of[olivia.pk], now=at, at_once=True
            )
        late = {2, 5, 8, 10}
        for check in VibeCheck.objects.filter(finished_at=None, queue__isnull=False):
            if n not in late and check.day != story.day(4) and check.person:
                handover.hand_over(check, note="", seen=handover.state_of(check), by=check.person, now=at)

    def act_at_night(n: int, at: datetime) -> None:
        if n in {2, 10}:
            check = VibeCheck.objects.get(day=story.day(n - 1))
            handover.hand_over(check, note="", seen=handover.state_of(check), by=check.person, now=at)

    for n in range(14):
        struck = days.moment(story.day(n), hour, story.zone)
        end = days.bounds(story.day(n), story.zone)[1]
        if n in {5, 6}:
            story.tick(struck - timedelta(minutes=1))
        story.tick(struck)
        story.tick(struck + timedelta(minutes=10))
        with time_machine.travel(struck + timedelta(hours=3), tick=False):
            act(n, struck + timedelta(hours=3))
            story.note(struck + timedelta(hours=3))
        if n == 5:
            story.tick(end - timedelta(hours=8, minutes=1))
        story.tick(end - timedelta(hours=8))
        act_at_night(n, end - timedelta(hours=2))

    # --- who was told what
    assert story.of("ready") == {
        (0, "olivia"),
        (1, "amir"),
        (2, "bea"),
        (3, "dora"),  # for chen, who is away
        (4, "dora"),
        (5, "olivia"),
        (6, "bea"),  # swapped
        (7, "amir"),
        (9, "dora"),  # the 8th is a holiday
        (10, "olivia"),
        (10, "amir"),  # got the day at noon
        (11, "amir"),
        (12, "bea"),
        (13, "chen"),
    }
    assert story.of("reminder") == {(2, "bea"), (5, "olivia"), (10, "amir")}
    assert story.of("missed") == {(5, "olivia")}  # as the owner
    assert story.of("swap_asked") == {(6, "bea")}
    assert story.of("swap_answered") == {(6, "amir"), (10, "amir")}
    assert Notice.objects.get(kind="ready", day=story.day(9)).context["checks"] == 2

    # --- when
    expected = [datetime.fromisoformat(text) for text in around]
    assert [story.when("ready", n) for n in (5, 6)] == expected
    assert story.when("missed", 5) == expected[1]
    assert story.when("reminder", 5) == days.bounds(story.day(5), story.zone)[1] - timedelta(hours=8)

    # --- by mail: each notice once, to the one person
    mails = [(letter.to[0], letter.subject) for letter in mail.outbox]
    assert len(mails) == 14 + 3 + 1
    assert ("dora@example.com", "Shop assistant: the vibe check is ready") in mails
    assert [to for to, subject in mails if "missed" in subject] == ["olivia@example.com"]

    # --- the calendar, two weeks later
    now = days.moment(story.day(14), 12, story.zone)
    cells = {}
    for month in {story.day(n).replace(day=1) for n in range(14)}:
        cells |= {cell.day: cell for cell in month_of(plan, month, now=now).cells if cell.inside}
    states = [cells[story.day(n)].state for n in range(14)]
    assert states == [*["done"] * 5, "missed", "done", "done", "", "done", "done", "done", "done", "done"]
    who = [cells[story.day(n)].person for n in range(14)]
    assert who == [olivia, amir, bea, dora, dora, olivia, bea, amir, None, dora, amir, amir, bea, chen]
    why = {n: str(cells[story.day(n)].shift.why) for n in (3, 6, 7, 8, 10)}
    assert why == {3: "stand_in", 6: "swap", 7: "swap", 8: "holiday", 10: "cover"}
    with time_machine.travel(now, tick=False):
        page = as_(bea).get(f"/p/shop/checks/calendar/?month={story.day(6):%Y-%m}")
    text = page.content.decode()
    for words in ("swapped with amir", "stands in for chen", "Founders’ day", "missed"):
        assert words in text

    # --- and in bea's own calendar
    token = rota.token_of(rota.make_link(project, bea))
    with time_machine.travel(now, tick=False):
        feed = as_(bea).get(f"/calendar/{token}.ics").content.decode()
    assert f"DTSTART:{expected[1]:%Y%m%dT%H%M%SZ}" in feed
    assert f"DTSTART:{days.moment(story.day(2), hour, story.zone).astimezone(UTC):%Y%m%dT%H%M%SZ}" in feed
    assert f"{story.day(7).isoformat()}@" not in feed
