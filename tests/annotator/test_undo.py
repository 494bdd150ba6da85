"""Undo: another event, never a deletion; the item is the person's again."""

import pytest

from annotator.models import Label, Place
from annotator.queries.labels import current_labels
from annotator.services import queue_settings
from tests import make
from tests.annotator.labeling import person


@pytest.fixture
def queue(project):
    return make.queue(project, items=2)


def test_an_answer_is_taken_back_and_given_anew(queue, tab):
    item = tab.items()[0]
    first = tab.answer(item, "yes")

    undone = tab.answer(item, "undo")
    second = tab.answer(item, "no")

    assert [r["state"] for r in (first, undone, second)] == ["counted", "undone", "counted"]
    assert current_labels(queue).get().pk == second["label"]
    rows = list(Label.objects.order_by("pk").values_list("answer", "supersedes"))
    assert rows == [("yes", None), ("undo", first["label"]), ("no", undone["label"])]


def test_after_an_undo_the_item_is_leased_to_me_again(queue, tab, owner, as_):
    item = tab.items()[0]
    tab.answer(item)

    tab.answer(item, "undo")

    place = Place.objects.get(item__external_id="item-0")
    assert place.done_at is None
    assert place.lease_until is not None
    assert [i["lease"] for i in tab.items()] == [item["lease"]]
    assert [i["external_id"] for i in person(queue, as_(owner)).items(5)] == ["item-1"]


def test_a_skip_is_taken_back_if_nobody_took_the_item(queue, tab, owner, as_):
    item = tab.items()[0]
    tab.answer(item, "skip")

    assert tab.answer(item, "undo")["state"] == "undone"
    assert tab.items()[0]["external_id"] == "item-0"
    assert tab.answer(item, "yes")["state"] == "counted"


def test_a_skip_is_taken_back_after_somebody_took_the_item(queue, tab, owner, as_):
    item = tab.items()[0]
    tab.answer(item, "skip")
    other = person(queue, as_(owner))
    theirs = other.items()[0]

    assert tab.answer(item, "undo")["state"] == "undone"
    assert tab.answer(item, "yes")["state"] == "surplus"
    assert other.answer(theirs, "no")["state"] == "counted"


def test_answer_undo_and_answer_in_one_batch(queue, tab):
    lease = tab.items()[0]["lease"]

    results = tab.submit(*({"lease": lease, "answer": a} for a in ("yes", "undo", "no", "undo", "skip")))

    states = [r["state"] for r in results.json()["results"]]
    assert states == ["counted", "undone", "counted", "undone", "skipped"]
    assert current_labels(queue).get().answer == "skip"
    assert Place.objects.get(item__external_id="item-0").owner is None


def test_nothing_to_take_back_is_told(queue, tab):
    item = tab.items()[0]
    assert tab.answer(item, "undo")["status"] == 409

    tab.answer(item)
    tab.answer(item, "undo")
    assert tab.answer(item, "undo")["status"] == 409
    assert Label.objects.count() == 2


def test_the_same_undo_sent_twice_is_one(queue, tab):
    item = tab.items()[0]
    tab.answer(item)

    first = tab.answer(item, "undo", idempotency_key="u")
    again = tab.answer(item, "undo", idempotency_key="u")

    assert (again["state"], again["label"]) == ("repeated", first["label"])


def test_an_edit_made_from_an_old_state_is_refused(queue, tab):
    item = tab.items()[0]
    first = tab.answer(item)
    tab.answer(item, "undo")
    second = tab.answer(item, "no")

    refused = tab.answer(item, "undo", supersedes=first["label"])

    assert refused["status"] == 409
    assert refused["standing"] == {"label": second["label"], "answer": "no"}
    assert tab.answer(item, "undo", supersedes=second["label"])["state"] == "undone"


def test_nobody_takes_back_what_another_said(queue, tab, owner, as_):
    item = tab.items()[0]
    tab.answer(item)

    assert person(queue, as_(owner)).answer(item, "undo")["status"] == 409
    assert Label.objects.count() == 1


CLOSED = "This queue is closed: your answer stays. Ask an owner to open it, then take it back."


def test_nothing_is_taken_back_in_a_closed_queue(queue, tab):
    one, two = tab.items(2)
    first = tab.answer(one)
    queue_settings.close(queue)

    refused = tab.answer(one, "undo")

    assert (refused["status"], refused["error"]) == (409, CLOSED)
    assert refused["standing"] == {"label": first["label"], "answer": "yes"}
    assert current_labels(queue).get().pk == first["label"]
    assert tab.answer(two, "no")["state"] == "counted"  # what is in hand is still taken

    queue_settings.reopen(queue)
    assert tab.answer(one, "undo")["state"] == "undone"


def test_an_undo_that_was_stored_before_the_queue_closed_is_a_repeat(queue, tab):
    item = tab.items()[0]
    tab.answer(item)
    undone = tab.answer(item, "undo", idempotency_key="u")
    queue_settings.close(queue)

    assert tab.answer(item, "undo", idempotency_key="u")["label"] == undone["label"]
    assert tab.answer(item, "no")["state"] == "counted"


def test_another_queue_being_closed_refuses_nothing_here(queue, tab, project):
    item = tab.items()[0]
    queue_settings.close(make.queue(project, name="Other", items=1))
    tab.answer(item)

    assert tab.answer(item, "undo")["state"] == "undone"


def test_why_it_stays_is_told_in_the_readers_language(queue, tab):
    item = tab.items()[0]
    tab.answer(item)
    queue_settings.close(queue)
    tab.headers["Accept-Language"] = "ko"

    assert "닫힌 큐이므로" in tab.answer(item, "undo")["error"]
