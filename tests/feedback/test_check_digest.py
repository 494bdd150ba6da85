"""The end of a check: how outputs failed, what is new, who looked; and what earlier notes say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains

from annotator.models import Label
from annotator.services.raters import rater_of
from feedback.models import InternAnswer, Sighting, VibeCheck
from feedback.queries.digest import digest, earlier_notes
from feedback.queries.interns import interns
from feedback.services import modes, sightings
from tests import make
from tests.feedback import logged, looking


@pytest.fixture
def checks(project, owner, next_morning) -> list[VibeCheck]:
    logged.plan(project, owner)
    made = []
    for n in range(2):
        at = logged.NEXT_MORNING + timedelta(days=n - 1)
        logged.interactions(project, 4, at=at, name=f"day{n}")
        day = logged.DAY + timedelta(days=n)
        made.append(logged.check(project, day=day, now=logged.NEXT_MORNING + timedelta(days=n)))
    return made


def items(check: VibeCheck):
    return list(check.queue.items.order_by("position"))


def test_what_is_new_is_told_from_what_was_seen_before(project, checks, owner):
    before, today = checks
    logged.answer(today.queue, owner, "nnyy")
    Label.objects.update(ms=90_000)
    looking.see(items(before)[0], owner, "Rude")
    looking.see(items(today)[0], owner, "Rude", "Invents a policy")
    looking.see(items(today)[1], owner, "Rude")
    sightings.expect(items(today)[0], rater_of(project, owner), "Please.")

    found = digest(today)

    assert [(one.mode.name, one.items, one.new) for one in found.modes] == [
        ("Rude", 2, False),
        ("Invents a policy", 1, True),
    ]
    assert [(one.name, one.items, one.minutes) for one in found.lookers] == [("olivia", 4, 6)]
    assert (found.minutes, found.expectations) == (6, 1)


def test_what_was_new_that_day_stays_new(project, checks, owner, as_):
    """Seen again the day after, and in a queue that has nothing to do with checks."""
    first, today = checks
    looking.see(items(first)[0], owner, "Rude")
    other = make.queue(project)
    looking.see(other.items.first(), owner, "Rude", "Curt")
    looking.see(items(today)[0], owner, "Rude", "Curt")

    assert [(one.mode.name, one.new) for one in digest(first).modes] == [("Rude", True)]
    assert {one.mode.name: one.new for one in digest(today).modes} == {"Rude": False, "Curt": True}

    Sighting.objects.filter(item__queue=other).update(created_at=today.drawn_at - timedelta(hours=1))
    assert {one.mode.name: one.new for one in digest(today).modes} == {"Rude": False, "Curt": False}


def test_what_was_seen_elsewhere_before_is_no_news_when_it_is_judged_anew_later(project, checks, owner):
    """Under another wording, by which one of two modes is none any more."""
    _first, today = checks
    item = make.queue(project).items.first()
    curt, slow = looking.see(item, owner, "Curt", "Slow")
    Sighting.objects.update(created_at=today.drawn_at - timedelta(hours=1))
    looking.see(items(today)[0], owner, "Curt", "Slow")
    for mode, present in ((curt, True), (slow, False)):
        looking.reword(mode, owner)
        sightings.judge(item, rater_of(project, owner), modes.newest_version(mode), present=present)

    assert {one.mode.name: one.new for one in digest(today).modes} == {"Curt": False, "Slow": True}


def test_the_digest_names_how_each_item_fails(project, checks, owner, viewer, as_, django_assert_num_queries):
    _before, today = checks
    logged.answer(today.queue, owner, "nnnn")
    looking.see(items(today)[0], owner, "Rude")
    browser, url = as_(viewer), f"/p/shop/checks/{today.day}/digest/"
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    looking.see(items(today)[1], owner, "Rude", "Curt")
    looking.see(items(today)[2], owner, "Long")

    with django_assert_num_queries(len(few)):
        page = browser.get(url)

    named = [sorted(mode.name for mode in one.modes) for one in page.context["failed"]]
    assert sorted(named) == [[], ["Curt", "Rude"], ["Long"], ["Rude"]]
    listed = page.content.decode().split("What was not good")[1]
    for name in ("Rude", "Curt", "Long"):
        assert f">{name}</a>" in listed


def test_a_day_with_sightings_alone_is_told(project, checks, owner, as_):
    _before, today = checks
    looking.see(items(today)[0], owner, "Rude")

    for page in ("digest/", ""):
        assertContains(as_(owner).get(f"/p/shop/checks/{today.day}/{page}"), "×1")


def test_the_digest_is_for_members_and_says_what_was_not_good(project, checks, owner, viewer, stranger, as_):
    _before, today = checks
    logged.answer(today.queue, owner, "nyyy", note="made up a rule")
    looking.see(items(today)[0], owner, "Invents a policy")
    VibeCheck.objects.filter(pk=today.pk).update(note="Watch refunds.")
    url = f"/p/shop/checks/{today.day}/digest/"

    page = as_(viewer).get(url).content.decode()

    for words in ("Invents a policy", "made up a rule", "Watch refunds.", "New:", "olivia: 4 items"):
        assert words in page
    assert as_(stranger).get(url).status_code == 404


def test_the_digest_tells_of_all_that_was_not_good(project, owner, next_morning, as_):
    logged.plan(project, owner, sample_size=40)
    logged.interactions(project, 40)
    check = logged.check(project)
    logged.answer(check.queue, owner, "n" * 30 + "y" * 10)

    page = as_(owner).get(f"/p/shop/checks/{check.day}/digest/")

    assert len(page.context["failed"]) == 30
    assert all(one.seen.bad for one in page.context["failed"])


def test_yesterdays_and_last_weeks_notes_are_there_at_the_start(project, checks, owner, annotator, as_):
    _before, today = checks
    for ago, note in ((1, "Yesterday’s."), (3, "Not this."), (8, "Last week’s.")):
        VibeCheck.objects.update_or_create(
            project=project,
            day=today.day - timedelta(days=ago),
            defaults={"note": note, "finished_by": owner, "population": 1},
        )

    assert [one.note for one in earlier_notes(project, before=today.day)] == ["Yesterday’s.", "Last week’s."]
    screen = as_(annotator).get(f"/p/shop/queues/{today.queue_id}/label/").content.decode()
    page = as_(annotator).get(f"/p/shop/checks/{today.day}/").content.decode()
    for shown in (screen, page):
        assert "Yesterday’s." in shown
        assert "Last week’s." in shown
        assert "Not this." not in shown


def test_the_intern_test_is_counted_by_week_with_what_to_do_next(project, checks, owner, viewer, as_):
    rater = rater_of(project, owner)
    for item in items(checks[1])[:3]:
        sightings.answer_intern(item, rater, "knowledge")
    sightings.answer_intern(items(checks[1])[3], rater, "hard")

    InternAnswer.objects.update(created_at=logged.NEXT_MORNING)  # by the clock of the test

    found = interns(project)

    assert [(row.answer, row.total) for row in found.rows][:2] == [("knowledge", 3), ("hard", 1)]
    assert found.total == 4
    looking.see(items(checks[1])[0], owner, "Rude")
    assert "Give the model what it lacks" in as_(viewer).get("/p/shop/modes/").content.decode()
