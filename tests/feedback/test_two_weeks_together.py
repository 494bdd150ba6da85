"""Two weeks of five people who look at real texts, over the end of summer time in Berlin.

The demo's texts with their people's answers: each day's sample is drawn by the clock, answered as those
people did, with how it fails, and handed over. One person is away, two exchange their days, one forgets.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from annotator.models import Membership, Project
from feedback import days
from feedback.demo import calendar as demo
from feedback.demo import texts, words
from feedback.models import FailureMode, Sighting, VibeCheck
from feedback.queries.calendar import Cell, month_of
from feedback.queries.checks import looked, weeks_of
from feedback.queries.estimates import rates_of
from feedback.queries.rates import by_week
from feedback.services import channels, handover, modes, rota
from tests import make
from tests.annotator.labeling import person
from tests.feedback import logged
from tests.feedback.test_two_weeks import Story

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 10, 19)  # a Monday; the clock goes back on the Sunday
HOUR, SAMPLE = 8, 14
AWAY, GIVEN, RETURNED, MISSED, LATE = 3, 6, 7, 11, 2  # days of the story
SHIFTS = [
    "olivia",
    "amir",
    "bea",
    "dora",
    "dora",
    "olivia",
    "bea",
    "amir",
    "chen",
    "dora",
    "olivia",
    "amir",
    "bea",
    "chen",
]


@dataclass(frozen=True)
class Told:
    """What the data's people say of a logged text, and when it was logged."""

    day: int
    text: texts.Text
    production: bool


def of_day(n: int) -> date:
    return FIRST + timedelta(days=n)


@pytest.fixture
def bakery(db) -> Project:
    """Its key is fixed, and with it the lots: of other keys' intervals one in twenty misses, as it must."""
    return Project.objects.create(pk=20_261_019, slug="shop", name="Shop assistant", time_zone=BERLIN.key)


@pytest.fixture
def told(bakery) -> dict[str, Told]:
    """The log of the fourteen days before the last one, by external id."""
    end = days.bounds(of_day(12), BERLIN)[1] - timedelta(seconds=1)
    laid = demo.lay_out(
        [*texts.summaries(), *texts.chats()], zone=BERLIN, now=end, chance=random.Random("genba")
    )
    found = {}
    for one in laid:
        (row,) = logged.interactions(
            bakery,
            1,
            name=one.text.id,
            at=one.at,
            received_at=one.at,
            feature=one.text.feature,
            input=one.text.input,
            output=one.text.output,
            context=one.text.context,
            environment=one.environment,
            prompt_version=one.prompt_version,
        )
        day = (days.day_of(one.at, BERLIN) - FIRST).days
        found[row.external_id] = Told(day, one.text, one.environment == "production")
    return found


class Looking:
    """A person's answers over the API, as their screen sends them, and their hand-over."""

    def __init__(self, as_, told: dict[str, Told]) -> None:
        self.as_, self.told = as_, told

    def at(self, check: VibeCheck, at: datetime, note: str) -> None:
        with time_machine.travel(at, tick=False):
            browser = self.as_(check.person)
            tab = person(check.queue, browser)
            while items := tab.items(10):
                asked = [self._answer(item) for item in items]
                results = tab.submit(*asked).json()["results"]
                assert {one["state"] for one in results} == {"counted"}
            sent = {"note": note, "seen": handover.state_of(check)}
            assert browser.post(f"/p/shop/checks/{check.day}/note/", sent).status_code == 302

    def _answer(self, item: dict) -> dict:
        text = self.told[item["external_id"]].text
        said = {"beside": {"new": list(text.modes)}} if text.answer == "no" else {}
        return {"lease": item["lease"], "answer": text.answer, "ms": 30_000, **said}


def test_two_weeks_of_real_texts(bakery, told, as_):
    olivia = make.member(bakery, "olivia", role="owner")
    amir, bea, chen, dora = (make.member(bakery, name) for name in ("amir", "bea", "chen", "dora"))
    for one in (olivia, amir, bea, chen, dora):
        one.email = f"{one.username}@example.com"
        one.save()
    plan = logged.plan(bakery, olivia, amir, bea, chen, dora, starts_on=FIRST, hour=HOUR, sample_size=SAMPLE)
    tells = ["ready", "reminder", "missed", "swap_asked", "swap_answered", "digest"]
    channels.add(project=bakery, kind="email", url="", tells=tells, by=olivia)
    of = {one.user_id: one for one in Membership.objects.filter(project=bakery)}
    story, look = Story(plan, FIRST, BERLIN), Looking(as_, told)
    assert modes.named(bakery, words.BESIDE_THE_SOURCE, olivia)  # known before; all others are found

    for n in range(14):
        struck = days.moment(of_day(n), HOUR, BERLIN)
        end = days.bounds(of_day(n), BERLIN)[1]
        if n in {5, 6}:  # before and after the clock goes back
            story.tick(struck - timedelta(minutes=1))
        story.tick(struck)
        story.tick(struck + timedelta(minutes=10))
        noon = struck + timedelta(hours=4)
        with time_machine.travel(noon, tick=False):
            if n == 0:
                rota.add_absence(
                    plan, person=chen, first=of_day(AWAY), last=of_day(AWAY), by=of[chen.pk], now=noon
                )
            if n == 1:
                rota.ask_swap(
                    plan, day=of_day(GIVEN), taker=bea, return_day=of_day(RETURNED), by=of[amir.pk], now=noon
                )
            if n == 2:
                rota.answer_swap(plan, bakery.swaps.get(), accept=True, by=of[bea.pk], now=noon)
            story.note(noon)
        check = VibeCheck.objects.get(day=of_day(n - 1))
        if n not in {MISSED, LATE}:
            look.at(check, noon, f"Note of day {n}.")
        if n == LATE:
            story.tick(end - timedelta(hours=8, minutes=1))
        story.tick(end - timedelta(hours=8))
        if n == LATE:
            look.at(check, end - timedelta(hours=3), f"Note of day {n}.")

    _who_did_what(plan)
    _who_was_told_what(story)
    _what_the_weeks_say(bakery, told)
    _what_is_handed_on(bakery, story, as_(chen))


def _who_did_what(plan) -> None:
    now = days.moment(of_day(14), 12, BERLIN)
    cells: dict[date, Cell] = {}
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        cells |= {cell.day: cell for cell in month_of(plan, month, now=now).cells if cell.inside}
    mine = [cells[of_day(n)] for n in range(14)]
    assert [cell.person.username for cell in mine] == SHIFTS
    assert [n for n, cell in enumerate(mine) if cell.state != "done"] == [MISSED]
    assert mine[MISSED].state == "missed"
    why = {n: str(cell.shift.why) for n, cell in enumerate(mine) if str(cell.shift.why) != "turn"}
    assert why == {AWAY: "stand_in", GIVEN: "swap", RETURNED: "swap"}
    done_by = {n: cell.newest.check.finished_by for n, cell in enumerate(mine)}
    assert [one.username for n, one in done_by.items() if n != MISSED] == [
        name for n, name in enumerate(SHIFTS) if n != MISSED
    ]


def _who_was_told_what(story: Story) -> None:
    assert story.of("ready") == set(enumerate(SHIFTS))
    assert story.of("reminder") == {(LATE, "bea"), (MISSED, "amir")}
    assert story.of("missed") == {(MISSED, "olivia")}
    assert story.of("swap_asked") == {(GIVEN, "bea")}
    assert story.of("swap_answered") == {(GIVEN, "amir")}
    local = {(kind, n): at.astimezone(BERLIN).strftime("%d %H:%M %Z") for kind, n, _who, at in story.told}
    assert [local["ready", n] for n in (0, 5, 6, 13)] == [
        "19 08:00 CEST",
        "24 08:00 CEST",
        "25 08:00 CET",
        "01 08:00 CET",
    ]
    assert {local["ready", n].split(maxsplit=1)[1][:5] for n in range(14)} == {"08:00"}
    assert (local["reminder", LATE], local["reminder", MISSED]) == ("21 16:00 CEST", "30 16:00 CET")
    assert local["missed", MISSED] == "31 08:00 CET"
    assert len(mail.outbox) == 14 + 2 + 1 + 1 + 1
    to = [letter.to[0] for letter in mail.outbox]
    assert to.count("chen@example.com") == 2  # on days 8 and 13; dora has the day on which they were away


def _what_the_weeks_say(bakery: Project, told: dict[str, Told]) -> None:
    """The rates are of all that was logged on the days that were looked at, not of what was drawn."""
    checks = list(VibeCheck.objects.filter(project=bakery).order_by("day"))
    assert [check.population for check in checks] == [
        sum(one.production for one in told.values() if one.day == n) for n in range(-1, 13)
    ]
    assert all(check.queue.items.count() == SAMPLE for check in checks)
    weeks = {week.monday: week for week in weeks_of(looked(checks))}
    assert [(monday, weeks[monday].checks) for monday in sorted(weeks)] == [
        (FIRST - timedelta(days=7), 1),
        (FIRST, 7),
        (FIRST + timedelta(days=7), 5),
    ]
    wrong = FailureMode.objects.get(name="Wrong name, number or date")
    shown = set(
        Sighting.objects.filter(mode=wrong, current=True, present=True).values_list("item", flat=True)
    )
    of_mode = {week.monday: week.estimate for week in by_week(checks, shown)}
    for n in (0, 7):
        asked = [
            one.text
            for one in told.values()
            if one.production and n <= one.day < n + 7 and one.day != MISSED - 1
        ]
        bad = sum(text.answer == "no" for text in asked) / len(asked)
        of_wrong = sum(text.answer == "no" and wrong.name in text.modes for text in asked) / len(asked)
        for truth, found in ((bad, weeks[of_day(n)].estimate), (of_wrong, of_mode[of_day(n)])):
            assert found.low < truth < found.high
            assert found.high - found.low < 0.25


def _what_is_handed_on(bakery: Project, story: Story, browser) -> None:
    """The notes that the last one begins with, and what they leave."""
    last = VibeCheck.objects.get(day=of_day(12))
    with time_machine.travel(days.moment(of_day(13), 13, BERLIN), tick=False):
        screen = browser.get(f"/p/shop/queues/{last.queue_id}/label/").content.decode()
        digest = f"/p/shop/checks/{last.day}/digest/"
        page = browser.get(digest).content.decode()
        browser.post(digest, {"to": "rotation"})
        story.tick(days.moment(of_day(13), 13, BERLIN) + timedelta(minutes=1))
    for n in range(14):
        assert (f"Note of day {n}." in screen) == (n in {12, 6})  # yesterday's, and last week's
    for shown in ("Note of day 13.", f"chen: {SAMPLE} items, {SAMPLE // 2} minutes"):
        assert shown in page
    seen = Sighting.objects.filter(item__queue=last.queue, current=True).values_list("mode__name", flat=True)
    assert seen
    for name in set(seen):
        assert name.replace("“", "&ldquo;") in page or name in page
    assert {letter.to[0] for letter in mail.outbox[-5:]} == {
        f"{name}@example.com" for name in ("olivia", "amir", "bea", "chen", "dora")
    }
    assert "Note of day 13." in mail.outbox[-1].body
    assert rates_of([last], {"all": list(last.queue.items.values_list("pk", flat=True))})["all"].value == 1.0
