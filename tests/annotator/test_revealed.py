"""What a submit tells once answers are stored."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.models import QueueQuestion
from annotator.services import adjudication, queues
from tests.annotator.answering import answers
from tests.annotator.asking import chain_queue, pair_queue
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db


def test_a_batch_of_decisions_costs_no_more_queries_than_one(project):
    queue = chain_queue(project, {"key": "good"}, items=6, overlap=2)
    answers(queue, *["yn"] * 6)
    into = adjudication.make_adjudication(queue=queue)
    adjudication.send(queue)
    me = program(into, "judge")
    first, *rest = me.items(6)

    with CaptureQueriesContext(connection) as one:
        me.submit({"lease": first["lease"]})
    with CaptureQueriesContext(connection) as many:
        results = me.submit(*({"lease": item["lease"]} for item in rest)).json()["results"]

    assert len(many) == len(one)
    assert {tuple(other["answer"] for other in r["revealed"]["others"]) for r in results} == {("yes", "no")}


def test_who_wrote_which_side_is_told_after_the_last_question_about_it(project):
    queue = pair_queue(project, items=1)
    safer = queues.set_question(project=project, key="safer", text="Which is safer?").question
    safer.kind = "pairwise"
    safer.save()
    QueueQuestion.objects.create(queue=queue, question=safer, position=1)
    me = program(queue, "ana")
    [item] = me.items()

    assert "revealed" not in me.answer(item, "left", question="better")
    assert me.answer(item, "left", question="safer")["revealed"] == {"left": "kestrel", "right": "heron"}
