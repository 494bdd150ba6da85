"""Pre-labels: shown as suggestions, hidden from some by chance, and the label says who saw what."""

import pytest

from annotator.models import Label
from tests import make
from tests.annotator.asking import prelabel
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db


def asked_with(project, *, items, hidden_share):
    queue = make.queue(project, items=items)
    queue.hidden_share = hidden_share
    queue.save()
    return queue


def test_a_suggestion_is_shown_to_most_and_the_label_says_to_whom(project):
    queue = asked_with(project, items=60, hidden_share=0.5)
    for item in queue.items.order_by("position", "pk")[:50]:
        prelabel(item, "good", "yes", 0.83)
    me = program(queue)
    items = me.items(50)
    for item in items:
        me.answer(item, "yes")
    rest = me.items(50)
    for item in rest:
        me.answer(item, "no")

    shown = {item["external_id"]: bool(item["prelabels"]) for item in items}
    stored = dict(Label.objects.values_list("item__external_id", "prelabel_shown"))
    assert {name: stored[name] for name in shown} == shown
    assert 10 < sum(shown.values()) < 40
    assert all(stored[item["external_id"]] is None for item in rest)
    told = next(item["prelabels"] for item in items if item["prelabels"])
    assert told == {"good": {"answer": "yes", "confidence": 0.83, "rater": "tiny"}}


@pytest.mark.parametrize(("share", "seen"), [(0, 5), (1, 0)])
def test_all_or_none(project, share, seen):
    queue = asked_with(project, items=5, hidden_share=share)
    for item in queue.items.all():
        prelabel(item, "good", "no")

    assert sum(bool(item["prelabels"]) for item in program(queue).items(5)) == seen
