"""Shadow against production: pairs of the same input, blind, beside the check."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from annotator.models import Question, Queue
from feedback.ingest.same import input_hash
from feedback.models import Interaction
from feedback.services import plans
from tests.feedback import logged

PAGE = "/p/shop/checks/2026-11-23/"

pytestmark = pytest.mark.usefixtures("next_morning")


@pytest.fixture
def plan(project, owner):
    made = logged.plan(project, owner, shadow_pairs=3)
    logged.interactions(project, 30, model="small-1")
    logged.interactions(project, 8, name="shadow", environment="shadow", model="small-2", output="Other")
    hash_all()
    return made


def hash_all() -> None:
    """As ingestion does: question 3 of the shadow is question 3 of production."""
    for row in Interaction.objects.all():
        Interaction.objects.filter(pk=row.pk).update(input_hash=input_hash(row.input))


def test_pairs_come_beside_the_check(project, plan):
    check = logged.check(project)

    assert check.queue.items.count() == 20
    assert (check.pairs.kind, check.pairs.origin, check.pairs.items.count()) == (
        "pairwise",
        "vibecheck-pairs",
        3,
    )
    for item in check.pairs.items.all():
        assert (item.left_variant, item.right_variant) == ("small-1", "small-2")
        assert item.left.removeprefix("Answer ") == item.input.removeprefix("Question ")
        assert item.right == "Other"
        assert item.inclusion_probability == pytest.approx(3 / 8)
        assert item.reason == "production and shadow answered the same input: 3 of 8 pairs"
    assert not any(
        name.startswith("shadow") for name in check.queue.items.values_list("external_id", flat=True)
    )


def test_where_nothing_tells_them_apart_the_environment_does(project, plan):
    Interaction.objects.update(model="")

    pair = logged.check(project).pairs.items.first()

    assert (pair.left_variant, pair.right_variant) == ("production", "shadow")


def test_an_input_asked_often_is_one_pair_and_failures_are_none(project, plan):
    logged.interactions(project, 5, name="again", input="Question 1", model="small-1")
    logged.interactions(project, 5, name="broken", environment="shadow", input="Question 9", error="timeout")
    hash_all()
    plans.change_sample(plan, base="spread", parts=[], shadow_pairs=50)

    assert logged.check(project).pairs.items.count() == 8


def test_another_feature_answers_another_question(project, plan):
    """The same text is summarised by one feature and answered by the other: no two answers to one thing."""
    Interaction.objects.filter(environment="shadow").exclude(external_id="shadow-3").update(feature="summary")

    (pair,) = logged.check(project).pairs.items.all()

    assert pair.input == "Question 3"


@pytest.mark.parametrize("most", [0, 3])
def test_no_pairs_no_queue(project, plan, most):
    plans.change_sample(plan, base="spread", parts=[], shadow_pairs=most)
    if most:
        Interaction.objects.filter(environment="shadow").delete()

    check = logged.check(project)

    assert check.pairs is None
    assert Queue.objects.count() == 1


def test_the_next_day_asks_the_same_question(project, plan):
    logged.check(project)
    at = logged.NEXT_MORNING
    logged.interactions(project, 4, at=at, name="later")
    logged.interactions(project, 4, at=at, name="later shadow", environment="shadow")
    hash_all()

    second = logged.check(project, day=at.date(), now=at.replace(day=25))

    assert second.pairs.questions.get() == Question.objects.get(kind="pairwise")


def test_the_check_leads_to_its_pairs_and_so_does_its_end(project, plan, owner, viewer, stranger, as_):
    check = logged.check(project)
    end = "/p/shop/checks/queue/{}/end/"

    page = as_(owner).get(PAGE)
    assertContains(page, "Compare shadow with production")
    assertContains(page, "0 of 3 pairs answered")
    assertNotContains(page, "small-2")
    assertNotContains(as_(viewer).get(PAGE), "Compare shadow with production")
    for queue in (check.queue_id, check.pairs_id):
        assertContains(as_(owner).get(end.format(queue)), "Compare shadow with production")
        assert as_(viewer).get(end.format(queue)).status_code == 403
        assert as_(stranger).get(end.format(queue)).status_code == 404


def test_pairs_that_are_all_held_back_ask_for_nothing(project, plan, owner, as_):
    """Both sides say the same: there is nothing to compare."""
    for row in Interaction.objects.filter(environment="shadow"):
        row.output = row.input.replace("Question", "Answer")
        row.save()
    assert logged.check(project).pairs.items.filter(held=True).count() == 3

    assertContains(as_(owner).get(PAGE), "all pairs are held back")


def test_the_names_come_after_the_answer_alone(project, plan, owner, as_):
    """The page that asks about the pair tells neither model."""
    check = logged.check(project)

    page = as_(owner).get(f"/p/shop/queues/{check.pairs_id}/label/")

    assertNotContains(page, "small-1")
    assertNotContains(page, "small-2")
