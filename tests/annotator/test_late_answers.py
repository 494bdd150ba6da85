"""Late answers: always kept; counted while a place is open, told to be surplus otherwise."""

import pytest

from annotator.models import Label, Place
from annotator.queries.labels import current_labels
from tests import make
from tests.annotator.labeling import lapse, person


@pytest.fixture
def people(project, annotator, owner, as_):
    queue = make.queue(project, items=1)
    return queue, person(queue, as_(annotator)), person(queue, as_(owner))


def test_late_and_the_place_is_still_mine(people):
    queue, mine, _ = people
    item = mine.items()[0]
    lapse(queue)

    assert mine.answer(item)["state"] == "counted"
    assert Place.objects.get().done_at is not None


def test_late_and_given_back_meanwhile(people):
    _, mine, _ = people
    item = mine.items()[0]
    mine.release(leases=[item["lease"]])

    assert mine.answer(item)["state"] == "counted"


@pytest.mark.parametrize("first", ["late", "in time"])
def test_the_lease_lapsed_and_another_took_it(people, first):
    queue, mine, theirs = people
    late = mine.items()[0]
    lapse(queue)
    in_time = theirs.items()[0]

    if first == "late":
        states = mine.answer(late)["state"], theirs.answer(in_time, "no")["state"]
    else:
        states = tuple(reversed((theirs.answer(in_time, "no")["state"], mine.answer(late)["state"])))

    assert states == ("surplus", "counted")
    assert current_labels(queue).count() == 2
    assert current_labels(queue).filter(surplus=False).count() == 1


def test_both_leases_lapsed_then_the_first_to_answer_counts(people):
    queue, mine, theirs = people
    late = mine.items()[0]
    lapse(queue)
    later = theirs.items()[0]
    lapse(queue)

    assert mine.answer(late)["state"] == "counted"
    assert theirs.answer(later)["state"] == "surplus"


def test_another_free_place_of_the_item_will_do(project, annotator, owner, as_):
    queue = make.queue(project, items=1, overlap=2)
    third = person(queue, as_(make.member(project, "thea")))
    mine, theirs = person(queue, as_(annotator)), person(queue, as_(owner))
    late = mine.items()[0]
    lapse(queue)
    theirs.answer(theirs.items()[0])  # takes the place that was mine

    assert mine.answer(late)["state"] == "counted"
    assert third.claim()["empty_because"]["code"] == "done"


def test_a_surplus_answer_can_be_taken_back(people):
    queue, mine, theirs = people
    late = mine.items()[0]
    lapse(queue)
    theirs.answer(theirs.items()[0])
    mine.answer(late)

    assert mine.answer(late, "undo")["state"] == "undone"
    assert mine.answer(late, "no")["state"] == "surplus"
    assert Place.objects.get().done_at is not None


def test_an_answer_to_a_closed_queue_is_kept(people):
    queue, mine, _ = people
    item = mine.items()[0]
    type(queue).objects.update(closed_at="2026-01-01T00:00Z")

    assert mine.answer(item)["state"] == "counted"
    assert Label.objects.count() == 1
