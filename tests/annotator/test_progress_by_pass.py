"""How far one person is where each question goes over all items."""

import pytest

from annotator.models import Label
from annotator.queries.mine import progress_by_pass
from tests.annotator.asking import chain_queue, fill
from tests.annotator.labeling import lapse, person

pytestmark = pytest.mark.django_db


def test_gold_counts_like_all_others(project, annotator, as_):
    queue = chain_queue(project, {"key": "a"}, {"key": "b"}, items=3, by_pass=True, gold_rate=1)
    gold = {"input": "x", "output": "y", "gold": {"a": "yes", "b": "yes"}}
    fill(queue, [{**gold, "external_id": f"g{n}"} for n in range(2)], places=False)
    me = person(queue, as_(annotator))
    while got := me.items():
        [item] = got
        assert progress_by_pass(queue, annotator, 2).total == 10
        key = next(q["key"] for q in item["questions"] if q["key"] not in item["done"])
        me.answer(item, "yes", question=key)
        lapse(queue, extra=True)

    assert Label.objects.count() == 10
    mine = progress_by_pass(queue, annotator, 2)
    assert (mine.answered, mine.left) == (10, 0)


def test_nothing_is_left_of_an_item_whose_chain_was_ended(project, annotator, as_):
    queue = chain_queue(project, {"key": "a", "stops_on": "no"}, {"key": "b"}, items=3, by_pass=True)
    me = person(queue, as_(annotator))
    me.answer(me.items()[0], "no", question="a")
    me.answer(me.items()[0], "yes", question="a")

    mine = progress_by_pass(queue, annotator, 2)
    assert (mine.answered, mine.left) == (2, 3)
