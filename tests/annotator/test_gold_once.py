"""One finished item draws at most one gold item."""

import pytest

from annotator.models import Place
from tests.annotator.asking import chain_queue, fill
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db


def test_taking_back_and_answering_again_draws_no_more_gold(project):
    queue = chain_queue(project, {"key": "good"}, items=1, gold_rate=1)
    gold = {"input": "x", "output": "y", "gold": {"good": "yes"}}
    fill(queue, [{**gold, "external_id": f"g{n}"} for n in range(5)], places=False)
    me = program(queue, "ana")
    [item] = me.items()
    for answer in ("yes", "undo", "no", "undo", "yes"):
        me.answer(item, answer)

    assert Place.objects.filter(extra=True).count() == 1
