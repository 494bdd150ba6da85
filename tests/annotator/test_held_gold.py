"""A gold pair that is held back is asked of nobody until it is let in."""

import pytest

from annotator.models import Place
from annotator.services.held import ask_anyway
from annotator.services.items import NewItem, add_items
from tests.annotator.asking import pair_queue
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db


def test_a_held_gold_pair_waits_until_it_is_let_in(project):
    queue = pair_queue(project, items=2, gold_rate=1)
    add_items(queue, [NewItem("held", input="Q", left="So.", right="", gold={"better": "left"})])
    held = queue.items.get(external_id="held")
    assert held.held
    me = program(queue, "ana")
    first, second = me.items(2)

    me.answer(first, "left", question="better")
    assert not Place.objects.filter(item=held).exists()

    ask_anyway(queue, [held.pk])
    me.answer(second, "left", question="better")
    assert Place.objects.get(item=held).extra
