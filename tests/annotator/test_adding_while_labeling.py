"""Items come in while people label: their answers do not wait for it."""

import threading

import pytest
from django.db import connection, transaction

from annotator.services.items import NewItem, add_items
from tests.annotator.asking import chain_queue
from tests.annotator.labeling import program

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_is_stored_while_items_are_added(project):
    queue = chain_queue(project, {"key": "good"}, items=1)
    me = program(queue, "ana")
    [item] = me.items()
    stored = threading.Event()

    def answer() -> None:
        me.answer(item)
        stored.set()
        connection.close()

    thread = threading.Thread(target=answer)
    with transaction.atomic():
        add_items(queue, [NewItem("new", input="In", output="Out")])
        thread.start()
        in_time = stored.wait(5)
    thread.join()

    assert in_time
