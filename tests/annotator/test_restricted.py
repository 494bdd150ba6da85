"""Who may label: everybody who labels in the project, or only some of them."""

import pytest

from annotator.models import QueuePerson
from tests import make
from tests.annotator.labeling import person, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project, annotator):
    queue = make.queue(project)
    queue.restricted = True
    queue.save()
    QueuePerson.objects.create(queue=queue, user=annotator)
    return queue


def test_a_chosen_person_labels(queue, annotator, as_, django_assert_num_queries):
    me = person(queue, as_(annotator))
    me.items()

    assert me.client.get(f"/p/shop/queues/{queue.pk}/label/").status_code == 200
    assert "/label/" in me.client.get(f"/p/shop/queues/{queue.pk}/").content.decode()


def test_another_one_is_told_why_not(queue, project, as_):
    other = make.member(project, "olga")
    me = person(queue, as_(other))

    refused = me.post(f"queues/{queue.pk}/claim", {"size": 1, "holder": "tab"})

    assert refused.status_code == 403
    assert "you are not among them" in refused.json()["message"]
    assert me.client.get(f"/p/shop/queues/{queue.pk}/label/").status_code == 403
    assert "/label/" not in me.client.get(f"/p/shop/queues/{queue.pk}/").content.decode()


def test_who_was_asked_before_loses_no_answer(queue, annotator, as_):
    me = person(queue, as_(annotator))
    [item] = me.items()
    QueuePerson.objects.all().delete()

    assert me.answer(item, "yes")["state"] == "counted"


def test_a_program_is_asked_by_its_key(queue):
    assert program(queue).items()
