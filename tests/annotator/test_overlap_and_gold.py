"""A higher overlap adds places to what is asked, and to nothing else."""

import pytest

from annotator.models import Place
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
