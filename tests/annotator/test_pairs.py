"""Pairs: sides swapped by chance, nobody told who wrote which, and shown again mirrored."""

import json

import pytest
from django.test import Client

from annotator import chance
from annotator.models import Item, Label, Place
from annotator.queries.queues import progress_of
from annotator.services import submit_write
from tests import make
from tests.annotator.asking import fill, pair, pair_queue
from tests.annotator.labeling import person, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    return pair_queue(project, items=40, seed=7)


def test_a_pair_comes_without_a_word_on_who_wrote_it(queue, annotator, as_):
    me = person(queue, as_(annotator))
    answer = me.post(f"queues/{queue.pk}/claim?render=html", {"size": 1, "holder": "tab"})
    [item] = answer.json()["items"]

    assert (item["left"], item["right"], item["metadata"]) == ("Left 0", "Right 0", None)
    assert "output" not in item
    assert "Left 0" in item["html"]["left"]
    assert "kestrel" not in answer.content.decode()


def test_sides_are_swapped_for_half_and_the_label_remembers(queue):
    me = program(queue)
    items = me.items(40)
    for item in items:
        me.answer(item, "left", question="better")

    swapped = {item["external_id"]: item["swapped"] for item in items}
    stored = dict(Label.objects.values_list("item__external_id", "swapped"))
    assert stored == swapped
    assert 10 < sum(swapped.values()) < 30


def test_who_wrote_it_comes_with_the_stored_answer(queue):
    me = program(queue)
    first, second = me.items(2)

    assert me.answer(first, "tie", question="better")["revealed"] == {"left": "kestrel", "right": "heron"}
    assert "revealed" not in me.answer(second, "skip", question="better")


@pytest.mark.parametrize("answer", ["yes", "no", "a"])
def test_only_the_answers_of_a_pair_are_taken(queue, answer):
    me = program(queue)
    [item] = me.items()

    refused = me.answer(item, answer, question="better")

    assert refused["status"] == 422
    assert "left, right, tie, both_bad, skip, undo" in refused["error"]


def test_a_mirrored_pair_comes_again_to_whoever_answered_it_with_its_sides_swapped(project):
    queue = pair_queue(project, items=2, mirror_share=0.5)
    original = queue.items.get(external_id="pair-0")
    fill(queue, [{**pair(0), "external_id": "pair-0~mirror", "copy_of": original}], places=False)
    ana, ben = program(queue, "ana"), program(queue, "ben")
    [item] = ana.items()
    assert item["external_id"] == "pair-0"
    ana.answer(item, "left", question="better")

    [other] = ana.items()
    assert other["external_id"] == "pair-1"  # first what is left of the others
    ana.answer(other, "tie", question="better")
    [again] = ana.items()

    assert again["left"] == item["left"]
    assert again["swapped"] != item["swapped"]
    assert "pair" not in again["external_id"]
    assert ben.claim()["empty_because"]["code"] == "done"
    ana.answer(again, "left", question="better")
    assert ana.claim()["empty_because"]["code"] == "done"
    progress = progress_of([queue])[queue.pk]
    assert (progress.items, progress.places, progress.done_places) == (2, 2, 2)


def test_a_mirrored_pair_can_be_skipped_and_taken_back(project):
    queue = pair_queue(project, items=1, mirror_share=1)
    fill(queue, [{**pair(0), "external_id": "m", "copy_of": queue.items.get()}], places=False)
    me = program(queue)
    [item] = me.items()
    me.answer(item, "left", question="better")
    [again] = me.items()

    assert me.answer(again, "skip", question="better")["state"] == "skipped"
    assert me.claim()["empty_because"]["code"] == "done"
    assert me.answer(again, "undo", question="better")["state"] == "undone"
    assert me.answer(again, "right", question="better")["state"] == "counted"
    assert Place.objects.get(extra=True).done_at


def test_gold_items_are_mixed_in_once_each_for_every_rater(project, monkeypatch):
    monkeypatch.setattr(submit_write, "GOLD_SECONDS", 0)
    queue = pair_queue(project, items=6, overlap=2, gold_rate=1)
    fill(queue, [{**pair(n), "gold": {"better": "left"}} for n in (90, 91)], places=False)
    golds = {"pair-90", "pair-91"}
    for name in ("ana", "ben"):
        me, seen = program(queue, name), []
        while items := me.items():
            seen += [item["external_id"] for item in items]
            me.answer(items[0], "left", question="better")

        assert sorted(seen) == sorted({*golds, *(f"pair-{n}" for n in range(6))})
        assert seen[0] not in golds
        assert golds & set(seen[:5])  # among the others, not after them
    progress = progress_of([queue])[queue.pk]
    assert (progress.items, progress.places, progress.done_places) == (6, 12, 12)


def test_chance_is_even_and_told_again():
    drawn = [chance.share(1, "swap", n, 2) for n in range(4000)]

    assert drawn == [chance.share(1, "swap", n, 2) for n in range(4000)]
    assert 0.47 < sum(value < 0.5 for value in drawn) / 4000 < 0.53
    assert chance.swapped(3, 10, 4) is not chance.swapped(3, 11, 4, mirror_of=10)


def test_a_pair_that_is_held_back_is_not_asked(project):
    queue = pair_queue(project, items=0)
    fill(queue, [pair(0) | {"held": True}], places=False)

    assert program(queue).claim()["items"] == []
    assert Item.objects.get().places.count() == 0


def test_the_export_tells_both_sides_who_wrote_them_and_how_they_were_shown(queue, project):
    me = program(queue)
    [item] = me.items()
    me.answer(item, "right", question="better")
    headers = make.bearer(make.api_key(project, scopes=["export"]))

    lines = Client().get(f"/api/v1/queues/{queue.pk}/export.jsonl", headers=headers)

    [row] = [json.loads(line) for line in b"".join(lines.streaming_content).splitlines()]
    assert (row["left"], row["left_variant"], row["right_variant"]) == ("Left 0", "kestrel", "heron")
    assert (row["answer"], row["swapped"], row["mirror_of"]) == ("right", item["swapped"], None)
    assert "output" not in row
