"""Filling a queue: positions, places, copies, pre-labels; twice the same changes nothing."""

from itertools import pairwise

import pytest

from annotator.chance import is_mirrored, lot
from annotator.models import Item, ItemOrder, Place, Prelabel
from annotator.services import positions, queues
from annotator.services.items import let_in, mirror_id
from tests import make

NewItem = queues.NewItem


@pytest.fixture
def pairs(project):
    """A queue of pairs of which half are mirrored."""
    better = queues.set_question(project=project, key="better", text="Better?", kind="pairwise").question
    return queues.make_queue(
        project=project,
        name="Pairs",
        kind="pairwise",
        questions=[better],
        overlap=2,
        seed=3,
        mirror_share=0.5,
    )


def pair(n, **more):
    texts = {"left": f"The {n} ships tomorrow.", "right": f"It is late, the {n}."}
    return NewItem(f"p{n}", input="Where is it?", **texts, **more)


def empty_queue(project, **settings):
    return make.queue(project, items=0, **settings)


def order_of(queue):
    rows = Place.objects.filter(queue=queue, n=0).order_by("position")
    return list(rows.values_list("item__external_id", flat=True))


def test_items_come_in_the_given_order_and_twice_is_once(project):
    queue = empty_queue(project, overlap=2)
    first = queues.add_items(queue, [NewItem(name, input=name) for name in "cab"])
    again = queues.add_items(queue, [NewItem(name, input=name) for name in "bcd"])

    assert (first.added, first.known, first.held) == (3, 0, 0)
    assert (again.added, again.known, again.conflicts) == (1, 2, ())
    assert order_of(queue) == list("cabd")
    assert Place.objects.filter(queue=queue).count() == 8


def test_a_known_item_with_other_texts_is_named_and_the_first_stays(project):
    queue = empty_queue(project)
    queues.add_items(queue, [NewItem("a", input={"z": 1, "a": [1.5, None]})])

    again = queues.add_items(
        queue, [NewItem("a", input={"z": 1, "a": [1.5, None]}), NewItem("a", input="other"), NewItem("b")]
    )

    assert (again.added, again.known, again.conflicts) == (1, 2, ("a",))
    assert Item.objects.get(external_id="a").input == {"z": 1, "a": [1.5, None]}


def test_of_two_in_one_call_the_first_counts(project):
    queue = empty_queue(project)

    added = queues.add_items(queue, [NewItem("a", input="first"), NewItem("a", input="second")])

    assert (added.added, added.known, added.conflicts) == (1, 1, ("a",))
    assert Item.objects.get().input == "first"


def test_at_random_the_order_follows_from_the_seed_alone(project):
    ids = [f"i{n}" for n in range(50)]
    queue = empty_queue(project, order=ItemOrder.RANDOM, seed=11)
    queues.add_items(queue, [NewItem(name) for name in ids[:20]])
    queues.add_items(queue, [NewItem(name) for name in ids[20:]])

    assert order_of(queue) == sorted(ids, key=lambda name: lot(11, name))
    assert order_of(queue) != ids


def test_by_uncertainty_there_is_room_in_front(project):
    queue = empty_queue(project, order=ItemOrder.UNCERTAIN)
    queues.add_items(queue, [NewItem(f"i{n}") for n in range(20)])

    assert all(1 << 30 <= place.position < 1 << 31 for place in Place.objects.all())


def test_no_two_open_places_share_a_position(project, monkeypatch):
    monkeypatch.setattr(
        positions, "lot", lambda _seed, external_id: 5 if external_id < "m" else (1 << 30) - 1
    )
    queue = empty_queue(project, order=ItemOrder.RANDOM)
    for names in ("abc", "dxef", "yz"):
        queues.add_items(queue, [NewItem(name) for name in names])

    found = sorted(Place.objects.values_list("position", flat=True))
    assert found == [0, 1, 5, 6, 7, 8, 9, 10, (1 << 30) - 1]
    assert all(a < b for a, b in pairwise(found))


def test_a_held_pair_waits_until_it_is_let_in(pairs):
    same = NewItem("same", left="Soon.", right=" Soon. ")
    added = queues.add_items(pairs, [pair(1), same, NewItem("blank", left="Soon.", right=" ")])

    assert (added.added, added.held) == (3, 2)
    assert order_of(pairs) == ["p1"]
    held = Item.objects.get(external_id="same")
    assert (held.held, held.findings) == (True, [{"side": "left", "kind": "same", "text": "Soon."}])

    assert let_in(pairs, [held.pk]) == 1
    assert let_in(pairs, [held.pk]) == 0

    assert order_of(pairs) == ["p1", "same"]
    held.refresh_from_db()
    assert (held.held, held.findings[0]["kind"]) == (False, "same")


def test_some_pairs_have_a_copy_without_places(pairs):
    queues.add_items(pairs, [pair(n) for n in range(40)])

    chosen = [f"p{n}" for n in range(40) if is_mirrored(3, f"p{n}", 0.5)]
    copies = Item.objects.exclude(copy_of=None).order_by("pk")
    assert 5 < len(chosen) < 35
    assert [copy.external_id for copy in copies] == [f"{name}~mirror" for name in chosen]
    assert not Place.objects.filter(item__in=copies).exists()
    for copy in copies:
        original = copy.copy_of
        assert (copy.left, copy.right, copy.position) == (original.left, original.right, original.position)
        assert copy.external_id == mirror_id(original.external_id)


def test_the_longest_external_id_can_be_mirrored(pairs):
    pairs.mirror_share = 1
    pairs.save()
    long = "x" * 256

    queues.add_items(pairs, [NewItem(long, left="One.", right="Two.")])

    assert Item.objects.exclude(external_id=long).get().external_id == mirror_id(long)
    assert len(mirror_id(long)) == 256


def test_gold_gets_no_places_and_no_copy(pairs):
    queues.add_items(pairs, [pair(n, gold={"better": "left"}) for n in range(20)])

    assert Item.objects.filter(gold__isnull=False).count() == 20 == Item.objects.count()
    assert not Place.objects.exists()


def test_prelabels_come_from_named_raters(project):
    queue = empty_queue(project)
    before = [queues.NewPrelabel("good", "yes", 0.9, "small-1"), queues.NewPrelabel("nosuch", "no")]

    queues.add_items(queue, [NewItem("a", prelabels=before), NewItem("b")])

    found = Prelabel.objects.get()
    assert (found.item.external_id, found.question.key, found.answer) == ("a", "good", "yes")
    assert (found.confidence, found.rater.name, found.rater.kind) == (0.9, "small-1", "model")


@pytest.mark.parametrize("order", ItemOrder.values)
def test_a_chunk_costs_the_same_few_statements_however_full_it_is(pairs, order, django_assert_num_queries):
    pairs.order = order
    pairs.save()
    queues.add_items(pairs, [pair(0, prelabels=[queues.NewPrelabel("better", "left")])])

    for start in (10, 1000):
        chunk = [
            pair(n, prelabels=[queues.NewPrelabel("better", "left")]) for n in range(start, start + start)
        ]
        # rater, begin, queue, known ids, position, items, places, copies, questions, pre-labels, commit
        with django_assert_num_queries(11):
            queues.add_items(pairs, chunk)
