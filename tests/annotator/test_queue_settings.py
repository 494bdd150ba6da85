"""What can be changed of a queue that is there, and what happens to its places then."""

import pytest

from annotator.chance import lot
from annotator.models import DefectKind, Item, ItemOrder, Place
from annotator.services import defects, queues
from annotator.services.items import MIRROR
from annotator.services.queue_settings import OverlapLowered, change_queue, close, reopen
from tests import make


@pytest.fixture
def queue(project):
    return make.queue(project)


def change(queue, **settings):
    return change_queue(queue, **{"overlap": queue.overlap, "order": queue.order, **settings})


def open_order(queue):
    rows = Place.objects.filter(queue=queue, done_at=None).order_by("position", "n")
    return list(dict.fromkeys(rows.values_list("item__external_id", flat=True)))


def test_plain_settings(project, annotator):
    queue = make.queue(project)

    changed = change(queue, name="New", gold_rate=0.1, marks=True, restricted=True, people=[annotator])

    queue.refresh_from_db()
    assert (queue.name, queue.gold_rate, queue.marks, queue.restricted) == ("New", 0.1, True, True)
    assert list(queue.people.all()) == [annotator]
    assert changed.people.count() == 1
    assert [kind.key for kind in DefectKind.objects.all()] == [
        "factual-inconsistency",
        "irrelevance",
        "style",
    ]


def test_a_higher_overlap_gives_every_asked_item_its_places(project, tab):
    queue = tab.queue
    item = tab.items()[0]
    tab.answer(item)
    queues.add_items(queue, [queues.NewItem("gold", gold={"good": "yes"})])

    change(queue, overlap=3)

    asked = Item.objects.filter(queue=queue, gold__isnull=True)
    assert asked.count() == queue.items.count() - 1
    assert all(sorted(item.places.values_list("n", flat=True)) == [0, 1, 2] for item in asked)
    assert not Place.objects.filter(item__external_id="gold").exists()
    assert Place.objects.filter(queue=queue, done_at__isnull=False).count() == 1


def test_the_overlap_is_never_lowered(project):
    queue = make.queue(project, overlap=2)
    with pytest.raises(OverlapLowered):
        change(queue, overlap=1)


def test_another_order_deals_again_what_is_open(project):
    queue = make.queue(project, items=30, seed=4)
    ids = [f"item-{n}" for n in range(30)]

    change(queue, order=ItemOrder.RANDOM)
    assert open_order(queue) == sorted(ids, key=lambda name: lot(4, name))
    queue.refresh_from_db()
    change(queue, order=ItemOrder.GIVEN)
    assert open_order(queue) == ids


def test_a_copy_goes_with_its_original(project):
    better = queues.set_question(project=project, key="better", text="?", kind="pairwise").question
    queue = queues.make_queue(project=project, name="P", kind="pairwise", questions=[better], mirror_share=1)
    queues.add_items(queue, [queues.NewItem(f"p{n}", left=f"{n}.", right=f"Not {n}.") for n in range(5)])

    change(queue, order=ItemOrder.UNCERTAIN)

    at = dict(Item.objects.values_list("external_id", "position"))
    assert all(at[f"p{n}"] == at[f"p{n}{MIRROR}"] >= 1 << 30 for n in range(5))


def test_a_change_costs_the_same_however_many_items_there_are(project, django_assert_max_num_queries):
    queue = make.queue(project, items=300)
    with django_assert_max_num_queries(14):
        change(queue, order=ItemOrder.RANDOM, overlap=2, marks=True)


def test_a_closed_queue_hands_nothing_out_until_it_is_opened(project, tab):
    close(tab.queue)
    assert tab.claim()["empty_because"]["code"] == "closed"
    reopen(tab.queue)
    assert tab.items()


def test_defect_kinds_are_added_renamed_retired_and_come_back(project):
    made = defects.add_defect_kind(project, "Made up!")
    assert made.key == "made-up"
    assert DefectKind.objects.count() == 4

    defects.rename_defect_kind(made, "Invented")
    defects.retire_defect_kind(made)
    made.refresh_from_db()
    assert (made.name, made.key, made.retired_at is None) == ("Invented", "made-up", False)

    again = defects.add_defect_kind(project, "made up")
    assert (again.pk, again.name, again.retired_at) == (made.pk, "made up", None)
    assert defects.add_defect_kind(project, "지어냄").key == "kind-5"


def test_a_list_of_defect_kinds_stays_short_enough_to_read(project):
    for n in range(defects.MOST - 3):
        defects.add_defect_kind(project, f"Kind {n}")
    with pytest.raises(defects.TooMany):
        defects.add_defect_kind(project, "One more")
