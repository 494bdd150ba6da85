"""Marks on the text: spans with a defect kind, checked against the text that they mark."""

import pytest

from annotator.models import DefectKind, Label
from tests.annotator.asking import chain_queue, fill
from tests.annotator.labeling import label, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    DefectKind.objects.create(project=project, key="style", name="Style")
    queue = chain_queue(project, {"key": "good"}, items=0, marks=True)
    fill(queue, [{"external_id": "a", "input": {"q": 1}, "output": "Ein 🐈 sitzt."}])
    return queue


def mark(start, end, part="output", kind="style"):
    return {"part": part, "start": start, "end": end, "kind": kind}


def test_marks_are_stored_in_the_order_of_the_text(queue):
    me = program(queue)
    [item] = me.items()

    told = me.answer(item, "no", marks=[mark(6, 12), mark(4, 5)])

    assert told["state"] == "counted"
    assert Label.objects.get().marks == [mark(4, 5), mark(6, 12)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (mark(4, 13), "4–13 is no span of 12 characters"),
        (mark(5, 5), "no span"),
        (mark(0, 1, part="input"), "no plain text as “input”"),
        (mark(0, 1, part="left"), "no plain text as “left”"),
        (mark(0, 1, kind="rude"), "no defect kind “rude”. Kinds: style."),
    ],
)
def test_a_mark_that_fits_nowhere_is_named_and_the_answer_waits(queue, wrong, why):
    me = program(queue)
    [item] = me.items()

    told = me.answer(item, "no", marks=[mark(0, 3), wrong])

    assert told["status"] == 422
    assert told["error"].startswith("Mark 2: ")
    assert why in told["error"]
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    "broken", [{"part": "output"}, {**mark(0, 1), "start": -1}, {**mark(0, 1), "start": "0"}, "x"]
)
def test_what_is_no_mark_is_refused(queue, broken):
    me = program(queue)
    [item] = me.items()

    assert me.answer(item, "no", marks=[broken])["status"] == 422


def test_the_same_again_is_a_repeat_and_other_marks_are_another_answer(queue):
    me = program(queue)
    [item] = me.items()
    sent = label(lease=item["lease"], answer="no", marks=[mark(0, 3)])

    assert me.submit(sent).json()["results"][0]["state"] == "counted"
    assert me.submit(sent).json()["results"][0]["state"] == "repeated"
    assert me.submit({**sent, "marks": []}).json()["results"][0]["status"] == 422


def test_a_queue_without_marks_says_so(project):
    queue = chain_queue(project, {"key": "good"}, items=1)
    me = program(queue)
    [item] = me.items()

    assert "not asked for" in me.answer(item, "no", marks=[mark(0, 1)])["error"]
