"""A higher overlap adds places to what is asked, and to nothing else."""

import threading
import time

import pytest
from django.db import connection, transaction

from annotator.models import Item, Place
from annotator.services import gold, queue_settings
from annotator.services.raters import named_rater
from tests.annotator.asking import chain_queue, fill
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db


def test_what_was_gold_once_gets_more_places_beside_its_extra_ones(project):
    queue = chain_queue(project, {"key": "good"}, items=0)
    row = {"external_id": "g", "input": "x", "output": "y", "gold": {"good": "yes"}}
    [item] = fill(queue, [row], places=False)
    for n, name in enumerate(("ana", "ben")):
        owner = named_rater(project, name)
        Place.objects.create(
            queue=queue, item=item, position=0, n=n, extra=True, owner=owner, done_at="2026-01-01T00:00Z"
        )
    gold.no_longer_gold(item)

    queue_settings.change_queue(queue, overlap=2, order="given")

    assert Place.objects.filter(item=item, extra=False).count() == 2


def test_an_answered_item_that_became_gold_gets_no_more_places(project):
    queue = chain_queue(project, {"key": "good"}, items=1)
    me = program(queue, "ana")
    [item] = me.items()
    me.answer(item)
    gold.make_gold(queue.items.get(), {"good": "yes"})

    queue_settings.change_queue(queue, overlap=2, order="given")

    assert not Place.objects.filter(queue=queue, done_at=None).exists()


def test_who_answered_it_as_gold_counts_before_anybody_else_is_asked(project):
    queue = chain_queue(project, {"key": "good"}, items=0)
    row = {"external_id": "g", "input": "x", "output": "y", "gold": {"good": "yes"}}
    [item] = fill(queue, [row], places=False)
    for n, name in enumerate(("ana", "ben", "cleo")):
        owner = named_rater(project, name)
        Place.objects.create(
            queue=queue, item=item, position=7, n=n, extra=True, owner=owner, done_at="2026-01-01T00:00Z"
        )
    gold.no_longer_gold(item)

    queue = queue_settings.change_queue(queue, overlap=3, order="given")
    places = Place.objects.filter(item=item).values_list("owner__name", "extra", "position").order_by("n")
    assert list(places) == [("ana", False, 0), ("ben", False, 0), ("cleo", False, 0)]

    queue_settings.change_queue(queue, overlap=4, order="given")
    assert Place.objects.get(item=item, done_at=None).n == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("back", [False, True])
def test_a_higher_overlap_at_the_same_moment_waits_for_what_becomes_of_the_gold(project, back):
    queue = chain_queue(project, {"key": "good"}, items=1)
    item = queue.items.get()
    if back:
        gold.make_gold(item, {"good": "yes"})
    begun = threading.Event()

    def settle():
        with transaction.atomic():
            found = Item.objects.get(pk=item.pk)
            if back:
                gold.no_longer_gold(found)
            else:
                gold.make_gold(found, {"good": "yes"})
            begun.set()
            time.sleep(0.5)
        connection.close()

    thread = threading.Thread(target=settle)
    thread.start()
    begun.wait()
    queue_settings.change_queue(queue, overlap=2, order="given")
    thread.join()

    assert Place.objects.filter(item=item, extra=False).count() == (2 if back else 0)


def test_the_right_answers_follow_the_chain(project):
    chain = (
        {"key": "language", "stops_on": "no"},
        {"key": "supported"},
        {"key": "harmful", "after": ("supported", "no")},
    )
    queue = chain_queue(project, *chain, items=1)
    steps = list(queue.chain.select_related("question").order_by("position"))

    for right in ({"language": "no"}, {"language": "yes", "supported": "yes", "harmful": ""}):
        gold.check(steps, right)
    for right, why in (
        ({}, ("nothing", "")),
        ({"language": "yes"}, ("missing", "supported")),
        ({"language": "yes", "supported": "no"}, ("missing", "harmful")),
        ({"language": "left"}, ("answer", "language")),
        ({"language": "no", "supported": "yes"}, ("unasked", "supported")),
        ({"language": "yes", "supported": "yes", "harmful": "no"}, ("unasked", "harmful")),
        ({"language": "no", "polite": "yes"}, ("unasked", "polite")),
    ):
        with pytest.raises(gold.NotGold) as refused:
            gold.check(steps, right)
        assert (refused.value.code, refused.value.question) == why
