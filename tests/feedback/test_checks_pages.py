"""The pages of the check: who may see them, the list, and one day with what arrives after its draw."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from annotator.jobs import runner
from annotator.models import Job, Label
from annotator.services.raters import named_rater
from feedback.models import Interaction
from feedback.queries import late
from feedback.services import handover
from tests.annotator.labeling import program
from tests.feedback import logged
from tests.feedback.checked import DAY_PAGE, DRAW, LIST, MINE, NOTE, PANEL, end, seen, two_features
from tests.feedback.logged import NEXT_MORNING

pytestmark = pytest.mark.usefixtures("next_morning")


@pytest.fixture
def check(project, owner, annotator):
    return two_features(project, owner, annotator)


def counting() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


# --- who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [LIST, DAY_PAGE, PANEL, f"{PANEL}?next"])
def test_every_member_may_look_and_nobody_else(check, as_, owner, annotator, viewer, stranger, client, path):
    for person in (owner, annotator, viewer):
        assert as_(person).get(path).status_code == 200
    assert as_(stranger).get(path).status_code == 404
    assert client.get(path).status_code == 302
    assert as_(owner).post(path).status_code == 405


def test_a_day_without_a_log_can_be_drawn_again(project, owner, annotator, viewer, stranger, as_):
    logged.plan(project, owner)
    empty = logged.check(project)
    page = DAY_PAGE
    assertContains(as_(annotator).get(page), "Draw again")
    assertNotContains(as_(viewer).get(page), "Draw again")
    logged.interactions(project, 30)

    assert as_(annotator).post(f"{page}draw/").url == page

    asked = Job.objects.get()
    assertContains(as_(annotator).get(page), "The check is being drawn")
    assert as_(annotator).post(f"{page}draw/").url == page
    assert Job.objects.count() == 1
    runner.run(asked.pk, queue="default")
    empty.refresh_from_db()
    assert (empty.population, empty.queue.items.count()) == (30, 20)
    assert as_(annotator).post(f"{page}draw/").url == page  # drawn: nothing more to ask
    assert Job.objects.count() == 1


def test_nothing_is_drawn_from_a_log_that_is_empty(project, owner, as_):
    logged.plan(project, owner)
    assertNotContains(as_(owner).get("/p/shop/checks/"), "Draw it now")
    logged.interactions(project, 1)
    assertContains(as_(owner).get("/p/shop/checks/"), "Draw it now")


def test_a_viewer_is_offered_nothing_to_do(check, as_, viewer):
    for page in (LIST, DAY_PAGE, PANEL):
        assertNotContains(as_(viewer).get(page), "/label/")
        assertNotContains(as_(viewer).get(page), "<textarea")
    for page in (NOTE, DRAW):
        assert as_(viewer).post(page).status_code == 403
    assert as_(viewer).get(end(check)).status_code == 403


@pytest.mark.parametrize("path", [NOTE, DRAW])
def test_a_note_and_a_draw_are_posted_by_those_who_label(check, as_, annotator, stranger, path):
    assert as_(stranger).post(path).status_code == 404
    assert as_(annotator).get(path).status_code == 405


def test_the_check_of_another_project_is_not_there(check, as_, stranger):
    assert as_(stranger).get(end(check)).status_code == 404
    assert as_(stranger).get(f"/p/elsewhere/checks/queue/{check.queue_id}/end/").status_code == 404


# --- the list ------------------------------------------------------------------------------------


def test_a_project_without_checks_says_what_will_come(project, as_, owner, viewer):
    assertContains(as_(owner).get(LIST), "Choose hour and people")
    assertNotContains(as_(viewer).get(LIST), "Choose hour and people")


def test_a_day_has_its_rate_with_the_interval(check, as_, viewer, annotator):
    logged.answer(check.queue, annotator, "nn" + "y" * 18)

    page = as_(viewer).get(LIST)

    assertContains(page, "Mon 23 Nov 2026")
    assertContains(page, "20 of 20 answered")
    assertContains(page, "<strong>10\u202f%</strong>")
    assert re.search(
        r"\(\d–2\d\u202f%\)", page.content.decode()
    )  # which items the lot drew changes it a little


def test_a_skewed_sample_shows_the_estimate_and_not_the_percentage(project, as_, owner):
    logged.interactions(project, 2000)
    logged.interactions(project, 20, feature="rare")
    check = logged.check(project)
    letters = "".join(
        "n" if item.stratum == "rare" else "y" for item in check.queue.items.order_by("position")
    )
    logged.answer(check.queue, owner, letters)

    page = as_(owner).get(LIST).content.decode()

    assert "<strong>1\u202f%</strong>" in page  # two of twenty would be 10 %
    assert "10\u202f%" not in page


def test_a_feature_without_an_answer_is_named_instead_of_a_number(check, as_, owner, annotator):
    letters = "".join(
        "." if item.stratum == "chat" else "y" for item in check.queue.items.order_by("position")
    )
    logged.answer(check.queue, annotator, letters)

    for page in (LIST, DAY_PAGE, end(check)):
        assertContains(as_(owner).get(page), "nothing is answered in “chat”")


def test_the_list_asks_as_many_queries_for_thirty_days_as_for_two(project, as_, owner):
    browser = as_(owner)

    def queries(days: range) -> int:
        for k in days:
            at = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=k)
            logged.interactions(project, 3, at=at, name=f"day {k}")
            logged.answer(logged.check(project, day=at.date()).queue, owner, "yny", note="odd")
        with counting() as asked:
            assert browser.get(LIST).status_code == 200
        return len(asked)

    queries(range(1))  # fills caches
    assert queries(range(1, 3)) == queries(range(3, 33))
    assertContains(browser.get(LIST), "Older")
    assertContains(browser.get(f"{LIST}?before=2026-10-22"), "Wed 21 Oct 2026")


@pytest.mark.parametrize("before", ["nonsense", "0000-00-00", "9999-12-31", "2026-11-24%00"])
def test_a_link_to_no_day_begins_at_the_newest(check, as_, owner, before):
    assertContains(as_(owner).get(f"{LIST}?before={before}"), "Mon 23 Nov 2026")


# --- one day -------------------------------------------------------------------------------------


def test_the_day_shows_figures_features_items_and_notes(check, as_, viewer, annotator):
    logged.answer(check.queue, annotator, "nn" + "y" * 14 + "s" + "...", note="invented a price")

    page = as_(viewer).get(DAY_PAGE)

    assertContains(page, "16 of 20")
    assertContains(page, "2 are not good.")
    assertContains(page, "1 was skipped.")
    assertContains(page, "invented a price", count=2)
    assertContains(page, "drawn at random: 12 of 60 in feature “email”")
    assertContains(page, "amir")


def test_the_day_leads_to_its_queue_and_its_export(check, as_, viewer, annotator):
    queue = f'href="/p/shop/queues/{check.queue_id}/'

    assertContains(as_(annotator).get(DAY_PAGE), f'{queue}"')
    assertContains(as_(annotator).get(DAY_PAGE), f'{queue}#export"')
    assertContains(as_(viewer).get(DAY_PAGE), f'{queue}"')
    assertNotContains(as_(viewer).get(DAY_PAGE), "#export")


def test_what_is_not_good_stands_first(check, as_, owner, annotator):
    logged.answer(check.queue, annotator, "y" * 10 + "n" + "y" * 9)

    badges = [
        part.split("<")[0] for part in as_(owner).get(DAY_PAGE).content.decode().split('badge badge-no">')
    ]

    assert badges[1] == "Not good"


def test_texts_are_untrusted(project, as_, owner):
    logged.interactions(project, 1, input="<script>alert(1)</script>", output="<img src=x onerror=alert(2)>")
    check = logged.check(project)
    logged.answer(check.queue, owner, "n", note="<b>bold</b>")
    handover.hand_over(check, note="<i>note</i>", seen=seen(check), by=owner, now=NEXT_MORNING)

    for page in (DAY_PAGE, LIST):
        text = as_(owner).get(page).content.decode()
        for hostile in ("<script>alert", "<img src=x", "<b>bold", "<i>note"):
            assert hostile not in text


def test_an_absent_output_is_visible(project, as_, owner):
    logged.interactions(project, 1, output=None, error="timeout")
    logged.check(project)

    assertContains(as_(owner).get(DAY_PAGE), "No output")
    assertContains(as_(owner).get(DAY_PAGE), "timeout")


def test_every_item_says_what_it_holds(project, as_, owner):
    for name, given in {
        "blank": {"output": "  \n"},
        "empty": {"output": "", "error": "cut off"},
        "object": {"output": {"verdict": {"score": 3}}},
        "absent": {"output": None, "error": "<b>timeout</b> " + "x" * 500},
    }.items():
        logged.interactions(project, 1, name=name, **given)
    logged.check(project)

    rows = [
        row.split("</summary>")[0]
        for row in as_(owner).get(DAY_PAGE).content.decode().split('<details class="check-item">')[1:]
    ]

    def one(words: str) -> str:
        (found,) = [row for row in rows if words in row]
        return found

    assert "Error" not in one("Only white space (3 characters)")
    assert "cut off" in one("Empty text")
    assert "{&quot;verdict&quot;: {&quot;score&quot;: 3}}" in one("verdict")
    assert "&lt;b&gt;timeout&lt;/b&gt;" in one("No output")
    assert "x" * 200 not in one("No output")


def test_a_day_looked_at_whole_has_a_rate_and_no_doubt(project, as_, owner):
    logged.interactions(project, 4)
    check = logged.check(project)
    logged.answer(check.queue, owner, "nyyy")

    assertContains(as_(owner).get(DAY_PAGE), "this is the rate, not an estimate")
    assertContains(as_(owner).get(end(check)), "this is the rate, not an estimate")
    for page in (LIST, PANEL, DAY_PAGE, end(check)):  # said once: an interval would say it again
        text = as_(owner).get(page).content.decode()
        assert "25\u202f%" in text
        assert not re.search(r"\(25|95 %: 25|–25|figure-interval", text)


# --- what arrives after the draw -----------------------------------------------------------------


def test_late_interactions_are_told_and_nothing_is_claimed_of_them(project, as_, owner):
    logged.interactions(project, 9)
    check = logged.check(project)
    logged.answer(check.queue, owner, "nnyyyyyyy")
    logged.interactions(project, 30, name="late")
    logged.interactions(project, 5, name="shadow", environment="shadow")
    logged.interactions(project, 5, name="other day", at=NEXT_MORNING)

    for page in (DAY_PAGE, end(check)):
        shown = as_(owner).get(page)
        assertContains(shown, "30 production interactions of the day arrived after the draw")
        assertContains(shown, "All 9 production interactions that were known at the draw were looked at.")
        assertNotContains(shown, "not an estimate")


def test_an_estimate_is_of_what_was_known_at_the_draw(check, as_, owner, annotator):
    logged.answer(check.queue, annotator, "nn" + "y" * 18)
    assertContains(as_(owner).get(DAY_PAGE), "Of 100 production interactions, with 95 % certainty")

    logged.interactions(check.project, 1, name="late")

    assertContains(as_(owner).get(DAY_PAGE), "1 production interaction of the day arrived after the draw")
    assertContains(as_(owner).get(DAY_PAGE), "Of the 100 production interactions known at the draw")


def test_a_day_that_was_empty_at_the_draw_tells_what_came(project, as_, owner):
    logged.check(project)
    logged.interactions(project, 3)

    assertContains(as_(owner).get(DAY_PAGE), "No production interaction of this day was known at the draw.")
    assertContains(as_(owner).get(DAY_PAGE), "3 production interactions of the day arrived after the draw")


def test_late_ones_are_counted_up_to_a_bound(project, as_, owner, monkeypatch):
    logged.interactions(project, 3)
    check = logged.check(project)
    logged.answer(check.queue, owner, "yyy")
    logged.interactions(project, 1005, name="late")
    assertContains(as_(owner).get(DAY_PAGE), "1,000+ production interactions of the day arrived")

    monkeypatch.setattr(late, "READ", 3)  # a day so large that not all of it is read

    Interaction.objects.filter(external_id__startswith="late").delete()
    assertNotContains(as_(owner).get(DAY_PAGE), "arrived after the draw")
    assertNotContains(as_(owner).get(DAY_PAGE), "not an estimate")  # for nobody knows


def test_a_day_without_interactions(project, as_, owner):
    logged.check(project)

    assertContains(as_(owner).get(DAY_PAGE), "No production interactions were logged on this day.")
    assert as_(owner).post(NOTE, {"note": "x"}).status_code == 404


def test_many_items_come_in_pages(project, as_, owner):
    logged.interactions(project, 70)
    logged.plan(project, owner, sample_size=60)
    logged.check(project)
    browser = as_(owner)

    assertContains(browser.get(DAY_PAGE), "1 of 3")
    assert browser.get(f"{DAY_PAGE}?page=3").content.count(b'<details class="check-item"') == 10
    for nonsense in ("0", "99", "-1", "x", "9" * 30, "٣"):
        assert browser.get(f"{DAY_PAGE}?page={nonsense}").status_code == 200


def test_what_programs_took_waits_for_nobody_and_is_in_no_rate(check, as_, owner, annotator):
    """Through the same door as a person: their answers fill places, and the person is not sent there."""
    rules = program(check.queue, "rules", **{"X-Genba-Rater-Kind": "rule"})
    for item in rules.items(3):
        assert rules.answer(item, "no", question=item["questions"][0]["key"])["state"] == "counted"
    assertContains(as_(annotator).get(MINE), "0 of 20 answered")
    logged.answer(check.queue, annotator, "..." + "n" * 2 + "y" * 15)

    page = as_(annotator).get(DAY_PAGE)
    assertContains(page, "17 of 20")
    assertContains(page, "3 were answered by programs alone: they are in no rate.")
    assertNotContains(page, "check-minutes")  # of the button that goes on
    assertContains(as_(annotator).get(MINE), "the hand-over note is missing")
    assertContains(as_(annotator).get(end(check)), "2 of 17 not good")
    assertNotContains(as_(annotator).get(end(check)), "not looked at yet")


def test_programs_do_not_count_as_people(check, as_, owner, annotator):
    logged.answer(check.queue, annotator, "nn" + "y" * 17)
    last = check.queue.items.order_by("position").last()
    rater = named_rater(check.project, "judge")
    logged.answer(check.queue, annotator, "." * 19)
    question = check.queue.questions.get()
    last.labels.create(
        queue=check.queue,
        question=question,
        question_version=question.versions.get(),
        rater=rater,
        answer="no",
        idempotency_key="k",
    )

    assertContains(as_(owner).get(DAY_PAGE), "19 of 20")


def test_only_what_is_not_good_has_its_note_in_red(check, as_, owner):
    logged.answer(check.queue, owner, "ny", note="invented a price")
    Label.objects.filter(answer="yes").update(note="rather long")
    page = as_(owner).get(DAY_PAGE).content.decode()

    assert '<span class="check-remark check-remark-bad" dir="auto">invented a price' in page
    assert '<span class="check-remark soft" dir="auto">rather long' in page


def test_the_days_before_and_after_and_the_last_note(project, as_, owner):
    for day in (21, 22):
        logged.interactions(project, 2, at=datetime(2026, 11, day, 12, tzinfo=UTC), name=f"day {day}")
    logged.interactions(project, 2)
    first, *_ = [logged.check(project, day=date(2026, 11, day)) for day in (21, 22, 23)]
    handover.hand_over(first, note="Prices are off.", seen=seen(first), by=owner, now=NEXT_MORNING)

    page = as_(owner).get("/p/shop/checks/2026-11-22/")

    assertContains(page, "Prices are off.")
    assertContains(page, 'href="/p/shop/checks/2026-11-21/"')
    assertContains(page, 'href="/p/shop/checks/2026-11-23/"')


@pytest.mark.parametrize("day", ["2026-11-25", "9999-12-31", "0001-01-01", "1969-07-20"])
def test_a_day_that_no_log_has_is_not_there(project, as_, owner, day):
    assert as_(owner).get(f"/p/shop/checks/{day}/").status_code == 404
    assert as_(owner).post(f"/p/shop/checks/{day}/draw/").status_code == 302
    assert not Job.objects.exists()


@pytest.mark.parametrize("day", ["2026-13-45", "2026-11-1", "x"])
def test_what_is_no_day_is_not_there(project, as_, owner, day):
    assert as_(owner).get(f"/p/shop/checks/{day}/").status_code == 404
