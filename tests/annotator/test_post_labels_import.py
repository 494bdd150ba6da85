"""Labels that were given elsewhere, over the API: each judged by itself, nothing twice."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotator.models import Label, Place, Project
from annotator.services.items import NewItem, add_items
from annotator.services.queues import make_queue, set_question
from tests import make


@pytest.fixture
def queue(project):
    return make.queue(project, items=3)


class Sender:
    def __init__(self, queue, *scopes: str) -> None:
        self.url = f"/api/v1/queues/{queue.pk}/labels"
        self.headers = make.bearer(make.api_key(queue.project, scopes=scopes or ["queues"]))

    def __call__(self, body, *, type: str = "application/json", **headers):
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        sent = {**self.headers, **headers}
        return Client().generic("POST", self.url, text, content_type=type, headers=sent)


@pytest.fixture
def send(queue) -> Sender:
    return Sender(queue)


def label(**more) -> dict:
    return {"external_id": "item-0", "answer": "yes", "rater": "Rosa", **more}


def test_each_label_is_judged_by_itself(send):
    then = "2026-11-10T09:00:00+09:00"
    answer = send(
        [
            label(question="good", created_at=then, ms=900, note="odd"),
            label(rater="Ravi", rater_kind="model"),
            label(external_id="item-9"),
            label(external_id="item-1", answer="maybe"),
            label(external_id="item-1", rater=""),
            label(external_id="item-1", question="polite"),
            "hello",
            label(),
            label(answer="no"),
        ]
    )
    told = answer.json()
    assert answer.status_code == 200
    assert (told["accepted"], told["surplus"], told["duplicates"], told["repaired"]) == (2, 1, 1, 0)
    assert [(one["index"], one["field"]) for one in told["errors"]] == [
        (3, "answer"),
        (4, "rater"),
        (5, "question"),
        (6, None),
    ]
    assert [(one["index"], one["external_id"], one["error"]) for one in told["unknown"]] == [
        (2, "item-9", "names no item of this queue"),
        (8, "item-0", "differs from what this rater answered already: that one stays"),
    ]
    first = Label.objects.get(rater__name="Rosa")
    assert (first.created_at.isoformat(), first.ms, first.note) == ("2026-11-10T00:00:00+00:00", 900, "odd")
    assert (first.imported, first.rater.kind) == (True, "human")
    assert Label.objects.get(rater__name="Ravi").rater.kind == "model"


def test_the_same_batch_again_changes_nothing(send):
    batch = [label(), label(external_id="item-1", answer="skip")]
    assert send(batch).json()["accepted"] == 2
    before = list(Place.objects.order_by("pk").values())
    again = send("\n".join(map(json.dumps, batch)), type="application/x-ndjson").json()
    assert (again["accepted"], again["duplicates"], again["unknown"]) == (0, 2, [])
    assert list(Place.objects.order_by("pk").values()) == before


def test_an_answer_is_of_the_past(send):
    now = timezone.now()
    told = send(
        [
            label(created_at=(now + timedelta(hours=1)).isoformat()),
            label(rater="fast clock", created_at=(now + timedelta(minutes=1)).isoformat()),
            label(rater="no zone", created_at="2026-11-10 09:00"),
        ]
    ).json()
    assert [(one["field"], one["error"][:19]) for one in told["errors"]] == [
        ("created_at", "lies in the future"),
        ("created_at", "has no time zone: w"),
    ]
    assert Label.objects.get().created_at <= timezone.now()


def test_pairs_keep_which_side_was_shown_as_a(project):
    asked = set_question(project=project, key="better", kind="pairwise", text="Which?")
    queue = make_queue(project=project, name="Pairs", kind="pairwise", questions=[asked.question])
    add_items(queue, [NewItem(external_id="p", left="One.", right="Two.")])
    told = Sender(queue)(
        [label(external_id="p", answer="both_bad", swapped=True), label(external_id="p")]
    ).json()
    assert (told["accepted"], told["errors"][0]["error"]) == (1, "must be left, right, tie or both_bad")
    assert Label.objects.get().swapped is True


def test_of_a_single_output_nothing_is_swapped(send):
    assert send([label(swapped=True)]).json()["errors"][0]["field"] == "swapped"


def test_an_earlier_answer_rules_a_question_out(project):
    queue = make.queue(project, items=1, questions=("good", "why"), name="Chain")
    good = queue.chain.get(position=0).question
    queue.chain.filter(position=1).update(after=good, after_answer="no")
    told = Sender(queue)([label(question="why"), label(question="good"), label(rater="Ravi")]).json()
    assert told["accepted"] == 1
    assert "rules it out" in told["unknown"][0]["error"]
    assert "does not say which question" in told["errors"][0]["error"]


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        (" ", "application/json", 400),
        ("[", "application/json", 400),
        ("[]", "application/json", 400),
        ("{}", "text/plain", 415),
    ],
)
def test_a_body_that_is_no_batch_is_refused_whole(send, body, type, status):
    answer = send(body, type=type)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_too_many(send, settings):
    settings.INGEST_MAX_RECORDS = 2
    assert send([label()] * 3).status_code == 413


@pytest.mark.parametrize("hostile", ["\x00", "\\ud800", "'; DROP TABLE annotator_label; --", "é" * 150])
def test_names_are_text(send, hostile):
    text = json.dumps([label(rater="X")]).replace(
        "X", hostile if "\\" in hostile else json.dumps(hostile)[1:-1]
    )
    assert send(text).json()["accepted"] == 1
    assert Label.objects.count() == 1


def test_who_may(queue, as_, owner, annotator, viewer, stranger):
    for scope in ("ingest", "label", "export"):
        assert Sender(queue, scope)([label()]).status_code == 403
    for person, status in ((owner, 400), (annotator, 403), (viewer, 403), (stranger, 404)):
        answer = as_(person).post(Sender(queue).url, "[]", content_type="application/json")
        assert answer.status_code == status
    foreign = Sender(queue)
    foreign.headers = make.bearer(make.api_key(Project.objects.get(slug="elsewhere"), scopes=["queues"]))
    assert foreign([label()]).status_code == 404
    assert Client().get(Sender(queue).url).status_code == 405
    assert Label.objects.count() == 0


def test_many_labels_take_few_queries(project, django_assert_max_num_queries):
    queue = make.queue(project, items=400, overlap=2, name="Many")
    send = Sender(queue)
    rows = [label(external_id=f"item-{n}", rater=f"rater {n % 4}") for n in range(400)]
    send(rows[:4])
    with django_assert_max_num_queries(20):
        assert send(rows).json()["accepted"] == 396
