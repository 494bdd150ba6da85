"""The rotation's calendar: away, holidays, “take my Thursday”, and the link to one's own shifts."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import urljoin

import pytest
import time_machine
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from feedback.models import Absence, CalendarLink, Holiday, Notice, Swap, SwapState, VibeCheck
from feedback.queries.shifts import rota_of
from feedback.services import rota
from tests import make
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING

CALENDAR = "/p/shop/checks/calendar/"
AWAY, SWAPS, HOLIDAYS, LINK = (f"{CALENDAR}{name}/" for name in ("away", "swaps", "holidays", "link"))
TODAY = DAY + timedelta(days=1)  # amir's: olivia, amir, bea from DAY on

pytestmark = pytest.mark.usefixtures("next_morning")


def day(n: int) -> date:
    return DAY + timedelta(days=n)


@pytest.fixture
def bea(project):
    return make.member(project, "bea")


@pytest.fixture
def plan(project, owner, annotator, bea):
    return logged.plan(project, owner, annotator, bea)


def on(plan, n: int) -> str | None:
    person = rota_of(plan, DAY, day(60)).person_on(day(n))
    return person.username if person else None


def ask(browser, n: int, taker, back: int | None = None, **more):
    body = {"day": day(n).isoformat(), "taker": taker.pk, "return_day": day(back).isoformat() if back else ""}
    return browser.post(SWAPS, {**body, **more})


# --- the page ----------------------------------------------------------------------------------


def test_a_month_says_who_is_on_when_and_to_a_viewer_no_more(plan, as_, annotator, viewer):
    page = as_(annotator).get(CALENDAR)

    assertContains(page, "November 2026")
    assertContains(page, "Your next shift: <strong>Tuesday 24 November 2026</strong>")
    cells = {cell.day: cell for cell in page.context["month"].cells}
    assert [cells[day(n)].person.username for n in range(4)] == ["olivia", "amir", "bea", "olivia"]
    assert cells[TODAY].today
    assertContains(page, "Take my day")
    watching = as_(viewer).get(CALENDAR)
    assertContains(watching, "olivia")
    assertNotContains(watching, 'id="swap"')
    assertNotContains(watching, "Give away")


def test_the_links_of_a_refused_form_lead_somewhere(plan, as_, annotator, bea):
    refused = ask(as_(annotator), 2, bea)  # not amir's day

    assert refused.status_code == 422
    links = re.findall(r'href="([^"]*month=[^"]*)"', refused.content.decode())
    assert len(links) > 2
    for link in links:
        assert as_(annotator).get(urljoin(SWAPS, unescape(link))).status_code == 200


def test_a_day_that_is_done_is_not_given_away(project, plan, as_, annotator):
    logged.interactions(project, 3)
    check = logged.check(project)
    give = f"give={TODAY}"
    assertContains(as_(annotator).get(CALENDAR), give)
    logged.answer(check.queue, annotator, "yyy")
    VibeCheck.objects.filter(pk=check.pk).update(finished_at=timezone.now(), finished_by=annotator)

    assertNotContains(as_(annotator).get(CALENDAR), give)


def test_after_todays_check_the_next_shift_is_another_day(project, plan, as_, annotator):
    logged.interactions(project, 3)
    check = logged.check(project)
    logged.answer(check.queue, annotator, "yyy")
    for month in ("2026-11", "2027-02"):
        page = as_(annotator).get(CALENDAR, {"month": month})
        assert page.context["next_mine"] == TODAY  # answered, and the hand-over is missing
    VibeCheck.objects.filter(pk=check.pk).update(finished_at=timezone.now(), finished_by=annotator)

    for month in ("2026-11", "2027-02"):
        page = as_(annotator).get(CALENDAR, {"month": month})
        assertContains(page, "Your next shift: <strong>Friday 27 November 2026</strong>")
        assert page.context["swap_form"]["day"].value() == day(4)


def test_before_there_is_a_plan_the_page_says_how_it_begins(project, as_, owner, annotator):
    assertContains(as_(annotator).get(CALENDAR), "No rotation yet.")
    assertContains(as_(owner).get(CALENDAR), "Choose hour and people")
    assert as_(owner).post(HOLIDAYS, {"day": day(3).isoformat(), "name": "x"}).status_code == 404


@pytest.mark.parametrize("text", ["2026-13", "x", "", "0001-01", "9999-12"])
def test_any_month_can_be_asked_for(plan, as_, owner, text):
    assert as_(owner).get(CALENDAR, {"month": text}).status_code in {200, 404}
    assertContains(as_(owner).get(CALENDAR, {"month": "2027-02"}), "February 2027")


def test_what_was_looked_at_is_what_happened_and_not_what_the_rule_says_by_now(
    project, plan, as_, owner, bea
):
    logged.interactions(project, 2)
    check = logged.check(project)  # for amir, on the 24th
    check.refresh_from_db()
    VibeCheck.objects.update(finished_at=NEXT_MORNING, finished_by=bea)
    plan.rotation.all().delete()

    with time_machine.travel(NEXT_MORNING + timedelta(days=3), tick=False):
        page = as_(owner).get(CALENDAR)

    cell = next(cell for cell in page.context["month"].cells if cell.day == TODAY)
    assert (cell.person.username, cell.finished_by, cell.state) == ("amir", bea, "done")
    assertContains(page, "looked at by bea")


def test_the_page_asks_the_same_few_queries_whatever_the_month_holds(
    project, plan, as_, owner, annotator, bea, django_assert_max_num_queries
):
    browser = as_(owner)
    for n in range(-10, 30):
        person = make.member(project, f"more-{n}")
        Absence.objects.create(project=project, person=person, first=day(n), last=day(n + 2))
        Holiday.objects.create(project=project, day=day(n + 100), name="x")
        Swap.objects.create(project=project, day=day(n), giver=bea, taker=annotator, state="accepted")
        VibeCheck.objects.create(
            project=project, day=day(n), queue=make.queue(project, items=1, name=f"{n}"), population=1
        )
    with django_assert_max_num_queries(14):
        browser.get(CALENDAR)


# --- away, and holidays ---------------------------------------------------------------------------


def test_i_am_away_and_the_next_one_looks(project, plan, as_, annotator, bea):
    logged.interactions(project, 2)
    check = logged.check(project)
    assert check.person == annotator

    answer = as_(annotator).post(AWAY, {"first": TODAY.isoformat(), "last": day(5).isoformat()})

    assertRedirects(answer, f"{CALENDAR}?month=2026-11")
    assert [on(plan, n) for n in range(7)] == ["olivia", "bea", "bea", "olivia", "bea", "bea", "olivia"]
    check.refresh_from_db()
    assert check.person == bea  # the open check goes along, and bea is told
    assert Notice.objects.get(kind="ready").person == bea

    (absence,) = Absence.objects.all()
    as_(annotator).post(f"{AWAY}{absence.pk}/remove/")
    check.refresh_from_db()
    assert (on(plan, 1), check.person) == ("amir", annotator)


def test_nobody_is_sent_away_by_others_but_by_owners(plan, as_, annotator, bea, owner):
    body = {"person": bea.pk, "first": day(2).isoformat(), "last": day(2).isoformat()}
    as_(annotator).post(AWAY, body)
    assert Absence.objects.get().person == annotator  # of oneself, whatever is sent

    as_(owner).post(AWAY, body)
    theirs = Absence.objects.get(person=bea)
    assert as_(annotator).post(f"{AWAY}{theirs.pk}/remove/").status_code == 403
    assert Absence.objects.count() == 2


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (5, 4, "The last day is before the first."),
        (-9, -8, "These days are over"),
        (5, 900, "more than a year from now"),
        (-366, 5, "more than a year ago"),
        (-3652, 5, "more than a year ago"),
        (5, 3657, "more than a year from now"),
        (None, 3, "required"),
        ("0001-01-01", 5, "more than a year ago"),
        ("1999-12-31", 5, "more than a year ago"),
        ("0001-01-01", "0001-01-02", "These days are over"),
        (5, "9999-12-31", "more than a year from now"),
        ("9999-12-31", "9999-12-31", "more than a year from now"),
        ("0001-01-01", "9999-12-31", "more than a year ago"),
        ("0000-01-01", 5, "Enter a valid date"),
        ("10000-01-01", 5, "Enter a valid date"),
        ("2026-02-30", 5, "Enter a valid date"),
    ],
)
def test_days_away_that_cannot_be_are_said_at_their_field(plan, as_, annotator, first, last, words):
    page = as_(annotator).post(AWAY, {"first": sent(first), "last": sent(last)})

    assertContains(page, words, status_code=422)
    assert page.context["away_form"].errors
    assert not Absence.objects.exists()


def sent(when: int | str | None) -> str:
    """A day of the story, or any text."""
    return day(when).isoformat() if isinstance(when, int) else when or ""


IMPOSSIBLE = ["0001-01-01", "9999-12-31", "1999-12-31", "2036-11-24", "0000-00-00", "10000-01-01", "x"]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_every_other_date_that_cannot_be_is_said_at_its_field(plan, as_, owner, bea, text):
    browser = as_(owner)
    good = {"day": day(3).isoformat(), "taker": bea.pk}

    for path, body, field in (
        (HOLIDAYS, {"day": text, "name": "x"}, "day"),
        (SWAPS, {**good, "day": text}, "day"),
        (SWAPS, {**good, "return_day": text}, "return_day"),
        (SWAPS, {**good, "day": text, "at_once": "on"}, "day"),
    ):
        page = browser.post(path, body)
        form = page.context["holiday_form" if path == HOLIDAYS else "swap_form"]
        assert (page.status_code, list(form.errors)) == (422, [field])
    assert browser.get(CALENDAR, {"give": text}).status_code == 200
    assert not Holiday.objects.exists()
    assert not Swap.objects.exists()


def test_who_is_away_for_most_of_a_year_is_taken_at_their_word(plan, as_, annotator):
    answer = as_(annotator).post(AWAY, {"first": day(-300).isoformat(), "last": day(300).isoformat()})

    assertContains(as_(annotator).get(answer["Location"]), "away:")


def test_a_holiday_and_back(plan, as_, owner, annotator):
    body = {"day": day(2).isoformat(), "name": "Founders’ day"}
    assert as_(annotator).post(HOLIDAYS, body).status_code == 403

    as_(owner).post(HOLIDAYS, body)
    as_(owner).post(HOLIDAYS, {**body, "name": "Day of the founders"})

    assert [on(plan, n) for n in range(4)] == ["olivia", "amir", None, "olivia"]
    assertContains(as_(annotator).get(CALENDAR), "Day of the founders")
    as_(owner).post(f"{HOLIDAYS}{Holiday.objects.get().pk}/remove/")
    assert on(plan, 2) == "bea"
    assertContains(as_(owner).post(HOLIDAYS, {**body, "day": day(-3).isoformat()}), "over", status_code=422)


def test_a_check_of_the_day_before_a_day_off_is_the_next_shifts(project, plan, as_, owner, annotator):
    Holiday.objects.create(project=project, day=day(2), name="x")
    logged.interactions(project, 2, at=NEXT_MORNING)  # on the 24th; the 25th is off

    check = logged.check(project, day=TODAY, now=NEXT_MORNING + timedelta(days=1))

    assert check.person == owner  # of the 26th


# --- take my day -------------------------------------------------------------------------------------


def test_take_my_thursday(plan, as_, annotator, bea):
    """Amir's turns are the 1st, the 4th, ... day from DAY on; bea's the day after."""
    assertRedirects(ask(as_(annotator), 4, bea), f"{CALENDAR}?month=2026-11")

    assert on(plan, 4) == "amir"  # asked is not agreed
    assertContains(as_(bea).get(CALENDAR), "You are asked")
    assertContains(as_(bea).get("/checks/mine/"), "Can you take a day?")
    assertNotContains(as_(annotator).get("/checks/mine/"), "Can you take a day?")
    swap = Swap.objects.get()
    as_(bea).post(f"{SWAPS}{swap.pk}/", {"do": "accept"})
    assert [on(plan, n) for n in (4, 5)] == ["bea", "bea"]
    told = [(row.kind, row.person.username, row.context["state"]) for row in Notice.objects.order_by("pk")]
    assert told == [("swap_asked", "bea", "asked"), ("swap_answered", "amir", "accepted")]

    as_(annotator).post(f"{SWAPS}{swap.pk}/", {"do": "withdraw"})  # the plans have changed
    assert on(plan, 4) == "amir"
    assert Notice.objects.order_by("pk").last().person == bea


def test_two_people_swap(plan, as_, annotator, bea):
    ask(as_(annotator), 4, bea, 5)
    as_(bea).post(f"{SWAPS}{Swap.objects.get().pk}/", {"do": "accept"})

    assert [on(plan, n) for n in (4, 5)] == ["bea", "amir"]


def test_who_is_asked_may_say_no(plan, as_, annotator, bea):
    ask(as_(annotator), 4, bea)
    as_(bea).post(f"{SWAPS}{Swap.objects.get().pk}/", {"do": "decline"})

    assert (Swap.objects.get().state, on(plan, 4)) == ("declined", "amir")
    ask(as_(annotator), 4, bea)  # may be asked again
    assert Swap.objects.filter(state=SwapState.ASKED).count() == 1


def test_only_who_is_asked_agrees(plan, as_, annotator, bea, owner, viewer, stranger):
    ask(as_(annotator), 4, bea)
    address = f"{SWAPS}{Swap.objects.get().pk}/"
    for person, status in ((owner, 403), (annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(person).post(address, {"do": "accept"}).status_code == status
    dora = make.member(plan.project, "dora")
    assert as_(dora).post(address, {"do": "withdraw"}).status_code == 403
    assert as_(bea).post(address, {"do": "withdraw"}).status_code == 403  # declining is hers
    assert Swap.objects.get().state == "asked"
    as_(owner).post(address, {"do": "explode"})
    as_(owner).post(address, {"do": "withdraw"})
    assert Swap.objects.get().state == "withdrawn"


def test_an_owner_puts_somebody_on_shift_without_asking(plan, as_, annotator, owner, bea):
    assertContains(ask(as_(annotator), 5, annotator, at_once="on"), "Choose one of your own", status_code=422)

    ask(as_(owner), 5, annotator, at_once="on")

    assert on(plan, 5) == "amir"
    assert {row.person for row in Notice.objects.filter(kind="swap_answered")} == {annotator, bea}


@pytest.mark.parametrize(
    ("n", "back", "words"),
    [
        (5, None, "Choose one of your own"),  # bea's own
        (4, 6, "bea is not on shift on that day."),
        (-2, None, "That day is over."),
        (3 * 200 + 1, None, "more than a year"),
        (7, None, "bea is not there on that day."),
        (10, None, "Choose one of your own"),  # a holiday
    ],
)
def test_what_cannot_be_asked_is_said(project, plan, as_, annotator, bea, n, back, words):
    Absence.objects.create(project=project, person=bea, first=day(7), last=day(7))
    Holiday.objects.create(project=project, day=day(10), name="x")

    assertContains(ask(as_(annotator), n, bea, back), words, status_code=422)

    assert not Swap.objects.exists()


def test_one_day_is_asked_about_once(plan, as_, annotator, bea, owner):
    ask(as_(annotator), 4, bea)

    assertContains(ask(as_(annotator), 4, owner), "is asked about that day already", status_code=422)


def test_what_has_changed_meanwhile_is_not_agreed_to(project, plan, as_, annotator, bea, owner):
    ask(as_(annotator), 4, bea)
    ask(as_(owner), 4, owner, at_once="on")

    page = as_(bea).post(f"{SWAPS}{Swap.objects.get(taker=bea).pk}/", {"do": "accept"}, follow=True)

    assertContains(page, "gone to somebody else meanwhile")
    assert on(plan, 4) == "olivia"


def test_what_is_over_stays_as_it_was(plan, as_, annotator, bea):
    ask(as_(annotator), 4, bea)
    address = f"{SWAPS}{Swap.objects.get().pk}/"
    as_(bea).post(address, {"do": "accept"})

    with time_machine.travel(NEXT_MORNING + timedelta(days=9), tick=False):
        assertContains(as_(bea).post(address, {"do": "withdraw"}, follow=True), "it stays as it was")


def test_wrong_methods_and_people(plan, as_, owner, viewer, stranger, client):
    for path in (AWAY, SWAPS, HOLIDAYS, LINK):
        assert as_(owner).get(path).status_code == 405
        assert as_(viewer).post(path).status_code == 403
        assert as_(stranger).post(path).status_code == 404
        assert client.post(path).status_code == 302
    assert as_(owner).post(CALENDAR).status_code == 405


# --- the link ------------------------------------------------------------------------------------------


def feed_of(person, project) -> str:
    return f"/calendar/{rota.token_of(CalendarLink.objects.get(person=person, project=project))}.ics"


def test_my_own_shifts_by_a_secret_link(project, plan, as_, annotator, client):
    from icalendar import Calendar

    project.name = "Ünïcode; a long name, which \\ must be escaped and folded: " + "한국어" * 15
    project.save()
    as_(annotator).post(LINK)
    address = feed_of(annotator, project)
    assertContains(as_(annotator).get(CALENDAR), address)

    answer = client.get(address)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) > 30
    assert {event["SUMMARY"] for event in events} == {f"{project.name}: vibe check"}
    first = next(event for event in events if event.decoded("DTSTART").date() == TODAY)
    assert (first.decoded("DTSTART").isoformat(), first["UID"]) == (
        "2026-11-24T08:00:00+00:00",
        f"shift-{project.pk}-{annotator.pk}-2026-11-24@localhost",
    )
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, answer["Cache-Control"]) == (304, "private, max-age=900")


def test_a_link_ends_when_it_is_renewed_switched_off_or_its_person_leaves(
    project, plan, as_, annotator, client
):
    as_(annotator).post(LINK)
    first = feed_of(annotator, project)
    as_(annotator).post(LINK)
    second = feed_of(annotator, project)
    assert first != second
    assert [client.get(one).status_code for one in (first, second)] == [404, 200]
    assert client.post(second).status_code == 405

    project.memberships.filter(user=annotator).update(role="viewer")
    assert client.get(second).status_code == 404
    project.memberships.filter(user=annotator).update(role="annotator")
    as_(annotator).post(LINK, {"off": "1"})
    assert client.get(second).status_code == 404


def test_while_no_checks_are_made_the_link_holds_no_shifts(project, plan, as_, annotator, client):
    as_(annotator).post(LINK)
    plan.enabled = False
    plan.save()

    answer = client.get(feed_of(annotator, project))

    assert answer.status_code == 200
    assert b"BEGIN:VCALENDAR" in answer.content
    assert b"BEGIN:VEVENT" not in answer.content


@pytest.mark.parametrize("token", ["x", "WzEsIngiXQ.x", "a.b.c", "%00", "é"])
def test_a_wrong_link_opens_nothing(plan, client, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404
