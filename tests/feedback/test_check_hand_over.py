"""A check from its draw by hand to its hand-over, and the panels that other pages show of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from annotator.models import Job, JobState
from feedback.models import VibeCheck
from feedback.services import plans
from tests import make
from tests.feedback import logged
from tests.feedback.checked import DAY_PAGE, DRAW, LIST, MINE, NOTE, PANEL, end, seen, two_features
from tests.feedback.logged import NEXT_MORNING

pytestmark = pytest.mark.usefixtures("next_morning")


@pytest.fixture
def check(project, owner, annotator):
    return two_features(project, owner, annotator)


def counting() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


# --- drawing by hand -----------------------------------------------------------------------------


def test_a_day_without_a_check_can_be_drawn(project, as_, annotator, viewer):
    assertContains(as_(annotator).get(DAY_PAGE), "Draw it now")
    assertNotContains(as_(viewer).get(DAY_PAGE), "Draw it now")
    assertContains(as_(annotator).get("/p/shop/checks/2026-11-24/"), "not over yet")

    assertRedirects(as_(annotator).post(DRAW), DAY_PAGE)
    as_(annotator).post(DRAW)

    job = Job.objects.get()
    assert (job.kind, job.arguments, job.asked_by) == ("vibecheck", {"day": "2026-11-23"}, annotator)
    assertContains(as_(annotator).get(DAY_PAGE), "being drawn")


def test_the_waiting_page_goes_on_by_itself(project, as_, annotator, owner):
    browser = as_(annotator)
    browser.post(DRAW)
    waiting = browser.get(DAY_PAGE, headers={"HX-Request": "true"})
    assertContains(waiting, "every 2s")
    assertNotContains(waiting, "<html")
    logged.check(project)

    assert browser.get(DAY_PAGE, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_draw_that_failed_can_be_asked_again(project, as_, annotator):
    as_(annotator).post(DRAW)
    Job.objects.update(state=JobState.FAILED, error="The disk is full", attempts=5)
    assertContains(as_(annotator).get(DAY_PAGE), "The last try did not succeed")

    as_(annotator).post(DRAW)

    assert Job.objects.get().state == JobState.DUE


# --- the hand-over ---------------------------------------------------------------------------------


def test_a_note_ends_the_check(check, as_, annotator):
    logged.answer(check.queue, annotator, "y" * 20)

    assertRedirects(as_(annotator).post(NOTE, {"note": "All quiet.", "seen": seen(check)}), DAY_PAGE)

    check.refresh_from_db()
    assert (check.note, check.finished_by, check.finished_at) == ("All quiet.", annotator, NEXT_MORNING)
    assert check.queue.closed_at == NEXT_MORNING
    assertContains(as_(annotator).get(DAY_PAGE), "All quiet.")


def test_somebody_else_may_cover_and_say_nothing(check, as_, owner):
    assert as_(owner).post(NOTE, {"note": "", "seen": seen(check)}).status_code == 302

    check.refresh_from_db()
    assert check.finished_by == owner
    assertContains(as_(owner).get(DAY_PAGE), "Handed over without a note.")


def test_a_note_that_was_changed_meanwhile_is_not_overwritten(check, as_, owner, annotator):
    before = seen(check)
    as_(owner).post(NOTE, {"note": "Mine came first.", "seen": before})

    page = as_(annotator).post(NOTE, {"note": "What I typed.", "seen": before})

    assert page.status_code == 409
    assertContains(page, "Mine came first.", status_code=409)
    assertContains(page, "What I typed.", status_code=409)
    check.refresh_from_db()
    assert check.note == "Mine came first."
    again = as_(annotator).post(NOTE, {"note": "Both.", "seen": seen(check)})
    assert again.status_code == 302


def test_a_note_that_is_too_long_stays_on_the_page(check, as_, annotator):
    page = as_(annotator).post(NOTE, {"note": "long " * 3000, "seen": seen(check)})

    assertContains(page, "long long long", status_code=422)
    assert VibeCheck.objects.get().finished_at is None


def test_a_check_can_be_opened_again(check, as_, annotator):
    browser = as_(annotator)
    browser.post(NOTE, {"note": "Later.", "seen": seen(check)})
    assertContains(browser.get(DAY_PAGE), "Open it again")

    answer = browser.post(NOTE, {"reopen": "1"})

    assert answer.url == f"/p/shop/queues/{check.queue_id}/label/"
    check.refresh_from_db()
    assert (check.finished_at, check.note, check.queue.closed_at) == (None, "Later.", None)


def test_opening_again_is_offered_while_something_is_left_to_answer(check, as_, annotator, viewer):
    browser = as_(annotator)
    logged.answer(check.queue, annotator, "y" * 19 + "s")
    browser.post(NOTE, {"note": "Done.", "seen": seen(check)})
    assertContains(browser.get(DAY_PAGE), "Open it again")
    assertNotContains(as_(viewer).get(DAY_PAGE), "Open it again")

    check.queue.labels.filter(answer="skip").delete()
    logged.answer(check.queue, annotator, "." * 19 + "y")

    assertNotContains(browser.get(DAY_PAGE), "Open it again")
    assertRedirects(browser.post(NOTE, {"reopen": "1"}), DAY_PAGE)  # an old page was still open


def test_a_note_stands_once_on_the_page(check, as_, owner, annotator, viewer):
    logged.answer(check.queue, annotator, "y" * 19 + ".")
    as_(annotator).post(NOTE, {"note": "Prices are off.", "seen": seen(check)})
    as_(annotator).post(NOTE, {"reopen": "1"})

    assertContains(as_(annotator).get(DAY_PAGE), "Prices are off.", count=1)  # in the form
    assertContains(as_(viewer).get(DAY_PAGE), "Prices are off.", count=1)

    answers = check.queue.labels.all()
    answers.delete()
    assertContains(as_(annotator).get(DAY_PAGE), 'class="card check-words"')  # the form is folded


# --- panels ----------------------------------------------------------------------------------------


def test_home_shows_what_waits_for_me(check, as_, annotator, owner):
    logged.answer(check.queue, annotator, "yy" + "." * 18)

    page = as_(annotator).get(MINE)

    assertContains(page, "2 of 20 answered")
    assertContains(page, "(≈ 9 min)")
    assertContains(page, f"/p/shop/queues/{check.queue_id}/label/")
    assertContains(as_(owner).get(MINE), "waits for amir")
    assertContains(as_(owner).get(MINE), "Cover")


def test_home_asks_for_the_note_when_all_is_answered(check, as_, annotator):
    logged.answer(check.queue, annotator, "y" * 20)

    assertContains(as_(annotator).get(MINE), "Write the note")
    as_(annotator).post(NOTE, {"note": "", "seen": seen(check)})
    assertContains(as_(annotator).get(MINE), "No check is waiting for you.")


def test_home_says_what_is_missing_and_not_more(check, as_, annotator):
    browser = as_(annotator)
    logged.answer(check.queue, annotator, "y" * 19 + "s")
    assertContains(browser.get(MINE), "19 of 20 answered, 1 skipped: the hand-over note is missing")

    browser.post(NOTE, {"note": "All quiet.", "seen": seen(check)})
    browser.post(NOTE, {"reopen": "1"})

    assertContains(browser.get(MINE), "19 of 20 answered, 1 skipped: not handed over yet")
    assertContains(browser.get(MINE), ">Hand over<")
    assertNotContains(browser.get(MINE), "note is missing")


def test_home_says_when_the_next_one_comes_and_whose_it_is(check, as_, owner, viewer, stranger):
    page = as_(viewer).get(MINE)

    assertContains(page, "No check is waiting for you.")
    assertContains(page, "tomorrow at 08:00")
    assertContains(page, "olivia is on shift then.")
    assertNotContains(page, "/label/")
    assertNotContains(as_(stranger).get(MINE), "Shop assistant")


def test_home_asks_constantly_few_queries(check, as_, annotator):
    browser = as_(annotator)

    def count() -> int:
        with counting() as queries:
            browser.get(MINE)
        return len(queries)

    one = count()
    for n in range(4):
        more = make.project(slug=f"more-{n}", name=f"More {n}")
        make.member(more, "amir", role="owner")
        logged.interactions(more, 5)
        logged.check(more)

    assert count() == one


def test_the_panel_of_a_project(check, as_, annotator, owner):
    logged.answer(check.queue, annotator, "nn" + "y" * 18)

    page = as_(annotator).get(PANEL)

    assertContains(page, "10\u202f%")
    assertContains(page, "On shift today: amir.")
    assertNotContains(page, "<html")


def test_the_panel_of_a_new_project_says_what_to_do(project, as_, owner):
    assertContains(as_(owner).get(PANEL), "Choose hour and people")


def test_where_nothing_waits_the_next_check_is_named(project, as_, owner, viewer):
    page = f"{PANEL}?next"
    assertContains(as_(viewer).get("/p/shop/"), f'hx-get="{page}"')
    assertContains(as_(viewer).get(page), "as soon as the log holds interactions")
    logged.interactions(project, 3)
    assertContains(as_(viewer).get(page), "The first check is drawn the morning after")

    logged.plan(project, owner)
    logged.check(project)

    assertContains(as_(viewer).get(page), "The next check comes tomorrow at 08:00. olivia is on shift then.")
    assertNotContains(as_(viewer).get(page), "as soon as the log holds interactions")


def test_the_end_of_the_queue_tells_the_rate_and_asks_for_a_note(check, as_, annotator, owner):
    logged.answer(check.queue, annotator, "nn" + "y" * 17 + "s")

    page = as_(annotator).get(end(check))

    assertContains(page, "2 of 19 not good; the day’s failure rate is about")
    assertContains(page, "1 skipped")
    assertContains(page, "<textarea")
    assertContains(page, 'action="/p/shop/checks/2026-11-23/note/#note"')
    assertNotContains(page, "<html")


def test_times_are_those_of_the_project(check, project, as_, annotator):
    project.time_zone = "Asia/Seoul"
    project.save()
    as_(annotator).post(NOTE, {"note": "", "seen": seen(check)})

    assertContains(as_(annotator).get(DAY_PAGE), "by amir, Tue 24 Nov, 18:00")


def test_a_plan_that_is_off_is_said(check, as_, owner):
    plan = plans.plan_of(check.project)
    plan.enabled = False
    plan.save()

    for page in (LIST, PANEL, f"{PANEL}?next"):
        assertContains(as_(owner).get(page), "switched off")
