"""Taking back an answer that a later one hangs on."""

import pytest

from tests.annotator.asking import chain_queue
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db


def test_what_could_have_ended_the_chain_is_taken_back_after_the_later_answers(project):
    queue = chain_queue(project, {"key": "language", "stops_on": "no"}, {"key": "good"}, items=1)
    me = program(queue, "ana")
    [item] = me.items()
    me.answer(item, "yes", question="language")
    me.answer(item, "yes", question="good")

    assert me.answer(item, "undo", question="language")["status"] == 409

    assert me.answer(item, "undo", question="good")["state"] == "undone"
    assert me.answer(item, "undo", question="language")["state"] == "undone"
    assert me.answer(item, "no", question="language")["state"] == "counted"
