"""The plan of the check and its rotation: owners only."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from feedback.models import RotationMember, VibePlan
from tests import make
from tests.feedback import logged

PLAN, ROTATION = "/p/shop/checks/plan/", "/p/shop/checks/plan/rotation/"
GOOD = {
    "enabled": "on",
    "hour": "6",
    "sample_size": "40",
    "turn": "week",
    "text": "Would you send this?",
    "guideline": "**Yes**: as it is.",
}

pytestmark = pytest.mark.usefixtures("next_morning")


def order() -> list[str]:
    return list(RotationMember.objects.order_by("position").values_list("user__username", flat=True))


@pytest.mark.parametrize("path", [PLAN, ROTATION])
def test_only_owners(project, as_, annotator, viewer, stranger, client, path):
    for method in ("get", "post") if path == PLAN else ("post",):
        for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
            assert getattr(as_(person), method)(path).status_code == status
        assert getattr(client, method)(path).status_code == 302
    assert not VibePlan.objects.exists()


def test_wrong_methods(project, as_, owner):
    assert as_(owner).get(ROTATION).status_code == 405
    assert as_(owner).put(PLAN).status_code == 405


def test_a_new_project_begins_with_something_sensible(project, as_, owner, annotator):
    page = as_(owner).get(PLAN)

    assertContains(page, "Is this output good?")
    assertContains(page, 'value="20"')
    assertContains(page, '<option value="8" selected>08:00</option>')
    assert order() == ["olivia"]
    assertContains(page, "amir")  # may be added


def test_the_plan_is_saved(project, as_, owner):
    assertRedirects(as_(owner).post(PLAN, GOOD), PLAN)

    plan = VibePlan.objects.get()
    assert (plan.hour, plan.sample_size, plan.turn, plan.enabled) == (6, 40, "week", True)
    version = plan.question.versions.last()
    assert (version.number, version.text, version.desirable) == (2, "Would you send this?", "yes")
    assertContains(as_(owner).get(PLAN), "Version 2 of the question is in force.")


def test_the_same_words_make_no_new_version(project, as_, owner):
    as_(owner).post(PLAN, GOOD)
    as_(owner).post(PLAN, {**GOOD, "hour": "7", "enabled": ""})

    plan = VibePlan.objects.get()
    assert (plan.hour, plan.enabled, plan.question.versions.count()) == (7, False, 2)


@pytest.mark.parametrize(
    "bad",
    [
        {"hour": "24"},
        {"hour": "-1"},
        {"sample_size": "0"},
        {"sample_size": "501"},
        {"sample_size": "many"},
        {"turn": "month"},
        {"text": ""},
        {"text": "x" * 301},
        {"guideline": "\0"},
    ],
)
def test_what_does_not_fit_is_said_and_nothing_changes(project, as_, owner, bad):
    page = as_(owner).post(PLAN, {**GOOD, **bad})

    assert page.status_code == 422
    assertContains(page, "errorlist", status_code=422)
    assert VibePlan.objects.get().hour == 8


def test_the_clock_of_the_project_is_shown(project, as_, owner):
    project.time_zone = "Asia/Seoul"
    project.save()

    page = as_(owner).get(PLAN)

    assertContains(page, "<strong>Asia/Seoul</strong>, where it is 18:00 now")


# --- the sample --------------------------------------------------------------------------------------

PARTS = {
    "base": "uniform",
    "part_feature": "2",
    "part_negative": "3",
    "part_outliers": "1",
    "shadow_pairs": "5",
}


def test_the_parts_are_saved_and_told_in_words(project, as_, owner):
    assertRedirects(as_(owner).post(PLAN, GOOD | PARTS), PLAN)

    plan = VibePlan.objects.get()
    assert (plan.base, plan.shadow_pairs) == ("uniform", 5)
    assert plan.parts == [["feature", 2], ["negative", 3], ["outliers", 1]]
    page = as_(owner).get(PLAN)
    for words in (
        "40 uniformly at random",
        "2 of each feature",
        "3 that end users disliked",
        "1 that was unusually long, costly or slow",
        "46 items at most, about 23 minutes.",
        'name="part_negative" value="3"',
    ):
        assertContains(page, words)


def test_a_plan_of_one_part_says_that_all_is_chance(project, as_, owner):
    page = as_(owner).get(PLAN)

    assertContains(page, "20 at random, spread over the features")
    assertContains(page, "20 items at most, about 10 minutes.")
    assertContains(page, "Everything came by chance alone.")


def test_each_feature_counts_by_the_features_of_the_newest_check(project, as_, owner):
    logged.interactions(project, 30)
    logged.interactions(project, 30, feature="chat")
    logged.interactions(project, 30, feature="news")
    logged.check(project)
    as_(owner).post(PLAN, GOOD | {"part_feature": "2"})

    assertContains(as_(owner).get(PLAN), "46 items at most")


@pytest.mark.parametrize(
    "bad",
    [{"base": "negative"}, {"part_negative": "101"}, {"part_feature": "-1"}, {"shadow_pairs": "many"}],
)
def test_a_part_that_does_not_fit_is_said(project, as_, owner, bad):
    page = as_(owner).post(PLAN, GOOD | PARTS | bad)

    assertContains(page, "errorlist", status_code=422)
    assert (VibePlan.objects.get().base, VibePlan.objects.get().parts) == ("spread", [])


def test_parts_that_are_left_empty_are_taken_out(project, as_, owner):
    as_(owner).post(PLAN, GOOD | PARTS)
    as_(owner).post(PLAN, GOOD | {"part_negative": ""})

    plan = VibePlan.objects.get()
    assert (plan.base, plan.parts, plan.shadow_pairs) == ("uniform", [], 0)


# --- the rotation ----------------------------------------------------------------------------------


@pytest.fixture
def three(project, owner, annotator):
    bea = make.member(project, "bea")
    logged.plan(project, owner, annotator, bea)  # amir is on shift on the 24th
    return {person.username: person for person in (owner, annotator, bea)}


def change(browser, do: str, person, **more):
    return browser.post(ROTATION, {"do": do, "person": getattr(person, "pk", person)}, **more)


def test_somebody_joins_and_leaves(project, as_, owner, annotator):
    browser = as_(owner)
    browser.get(PLAN)

    assertRedirects(change(browser, "add", annotator), PLAN)
    change(browser, "add", annotator)
    assert order() == ["olivia", "amir"]

    change(browser, "remove", owner)
    assert order() == ["amir"]


def test_people_move_and_stay_inside(three, as_, owner):
    browser = as_(owner)

    change(browser, "up", three["bea"])
    assert order() == ["olivia", "bea", "amir"]
    change(browser, "down", three["olivia"])
    assert order() == ["bea", "olivia", "amir"]
    change(browser, "up", three["bea"])
    change(browser, "down", three["amir"])
    assert order() == ["bea", "olivia", "amir"]


def test_somebody_is_put_on_shift_today(three, as_, owner):
    browser = as_(owner)
    assertContains(browser.get("/p/shop/checks/panel/"), "On shift today: amir.")

    change(browser, "now", three["bea"])

    assertContains(browser.get("/p/shop/checks/panel/"), "On shift today: bea.")
    shifts = browser.get(PLAN).context["shifts"]
    assert [shift.person.username for shift in shifts][:4] == ["bea", "olivia", "amir", "bea"]


def test_by_htmx_the_rotation_alone_comes_back(three, as_, owner):
    page = change(as_(owner), "up", three["bea"], headers={"HX-Request": "true"})

    assertContains(page, 'id="rotation"')
    assertNotContains(page, "<html")


def test_the_next_shifts_of_weeks(three, as_, owner):
    as_(owner).post(PLAN, GOOD)

    shifts = as_(owner).get(PLAN).context["shifts"]

    assert [shift.person.username for shift in shifts[:3]] == ["olivia", "amir", "bea"]
    assert shifts[0].last.isoweekday() == 7
    assert shifts[1].last - shifts[1].first == timedelta(days=6)


def test_who_cannot_label_is_marked_and_passed_over(three, project, as_, owner):
    project.memberships.filter(user=three["amir"]).update(role="viewer")

    page = as_(owner).get(PLAN)

    assertContains(page, "cannot label here: passed over")
    assert "amir" not in {shift.person.username for shift in page.context["shifts"]}
    change(as_(owner), "remove", three["amir"])
    assert order() == ["olivia", "bea"]


def test_strangers_and_viewers_cannot_be_put_in(project, as_, owner, viewer, stranger):
    browser = as_(owner)
    for person in (viewer, stranger, "x", "", "9" * 40, -1):
        assert change(browser, "add", person).status_code == 302
    change(browser, "explode", owner)

    assert order() == ["olivia"]


def test_an_empty_rotation_is_no_error(three, as_, owner):
    for person in three.values():
        change(as_(owner), "remove", person)

    assertContains(as_(owner).get(PLAN), "Nobody is in the rotation")
    assertContains(as_(owner).get("/p/shop/checks/panel/"), "Nobody is on shift today.")


def test_the_page_asks_constantly_few_queries(three, project, as_, owner, django_assert_max_num_queries):
    browser = as_(owner)
    for n in range(12):
        change(browser, "add", make.member(project, f"more-{n}"))

    with django_assert_max_num_queries(15):
        browser.get(PLAN)
