"""The same records sent by several at the same time, on real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from feedback.models import Interaction
from feedback.services import interactions
from tests import make
from tests.feedback.sending import Sender, record

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """The results of all, started together."""
    start = threading.Barrier(len(works))

    def run(work):
        start.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def test_three_retries_in_parallel_make_one_row_each(project):
    senders = [Sender(make.api_key(project)) for _ in range(3)]
    batch = [record(n) for n in range(200)]

    answers = at_once(*(lambda sender=sender: sender(batch) for sender in senders))

    assert {answer.status_code for answer in answers} == {202}
    told = [answer.json() for answer in answers]
    assert sum(answer["accepted"] for answer in told) == 200
    assert all(answer["accepted"] + answer["duplicates"] == 200 for answer in told)
    assert Interaction.objects.count() == 200


def test_batches_that_overlap_in_opposite_order_do_not_block_each_other(project):
    senders = [Sender(make.api_key(project)) for _ in range(2)]
    batch = [record(n) for n in range(300)]

    answers = at_once(lambda: senders[0](batch), lambda: senders[1](batch[::-1]))

    assert [answer.status_code for answer in answers] == [202, 202]
    assert Interaction.objects.count() == 300


def test_an_id_without_a_time_sent_three_times_at_once_is_one_row(project):
    senders = [Sender(make.api_key(project)) for _ in range(3)]
    batch = [{"id": f"call-{n}", "input": "hi"} for n in range(50)]

    answers = at_once(*(lambda sender=sender: sender(batch) for sender in senders))

    assert sorted(answer.json()["accepted"] for answer in answers) == [0, 0, 50]
    assert Interaction.objects.count() == 50


def test_a_row_that_another_wrote_after_our_look_is_a_duplicate(project, monkeypatch):
    """The other one commits between our SELECT and our COPY."""
    send, batch = Sender(make.api_key(project)), [record(1), record(2)]
    copied, rivals = interactions._copied, [Sender(make.api_key(project))]

    def raced(*arguments):
        if rivals:
            rival = rivals.pop()
            at_once(lambda: rival([record(1), record(2, output="Other")]))
        return copied(*arguments)

    monkeypatch.setattr(interactions, "_copied", raced)
    answer = send([*batch, record(3)]).json()

    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [bad["index"] for bad in answer["rejected"]] == [1]
    assert Interaction.objects.get(external_id="call-2").output == "Other"
