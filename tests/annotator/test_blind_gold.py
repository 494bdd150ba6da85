"""Gold is asked of everybody, whatever the overlap: what others said of it is hidden till the end."""

import pytest
from django.urls import reverse

from tests.annotator.asking import chain_queue, fill
from tests.annotator.labeling import lapse, program

pytestmark = pytest.mark.django_db


def test_an_annotator_sees_no_other_answers_to_gold_while_there_is_work(project, annotator, owner, as_):
    queue = chain_queue(project, {"key": "good"}, items=3, gold_rate=1)
    gold = {"external_id": "golden", "input": "x", "output": "y", "gold": {"good": "yes"}}
    [item] = fill(queue, [gold], places=False)
    ben = program(queue, "benjamin")
    ben.answer(ben.items()[0])
    lapse(queue, extra=True)
    [asked] = ben.items()
    assert asked["external_id"] == "golden"
    ben.answer(asked, "no", note="told by benjamin")

    url = reverse("queue-item", args=[project.slug, queue.pk, item.pk])

    assert "told by benjamin" in as_(owner).get(url).content.decode()
    assert "told by benjamin" not in as_(annotator).get(url).content.decode()
