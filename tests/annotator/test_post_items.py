"""Items sent by programs: each judged by itself, twice is once, and nothing is skipped in silence."""

import gzip
import json

import pytest

from annotator.models import Item, Place, Prelabel, Rater
from annotator.services import queues
from annotator.services.queue_settings import close
from tests import make

PAIR = {"external_id": "p", "input": "How?", "left": "In the app, within 30 days.", "right": "By post only."}


@pytest.fixture
def queue(project):
    return make.queue(project, items=0, overlap=2, questions=("good", "polite"))


@pytest.fixture
def pairs(project):
    better = queues.set_question(project=project, key="better", text="Better?", kind="pairwise").question
    return queues.make_queue(
        project=project, name="Pairs", kind="pairwise", questions=[better], mirror_share=1
    )


@pytest.fixture
def send(client, project):
    headers = make.bearer(make.api_key(project, scopes=["queues"], name="loader"))

    def post(queue, body, *, kind="application/json", **more):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = f"/api/v1/queues/{queue.pk}/items"
        return client.generic("POST", path, data, content_type=kind, headers=headers | more)

    return post


def counts(answer) -> dict:
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return {name: found[name] for name in ("accepted", "duplicates", "held", "rejected")}


def test_items_go_in_once_however_often_they_are_sent(send, queue):
    items = [
        {"external_id": f"i{n}", "input": f"Q{n}", "output": {"a": n}, "metadata": {"m": 1}, "context": ["d"]}
        for n in range(3)
    ]
    first, again = send(queue, items), send(queue, {"items": [*items, {"external_id": "new", "input": "?"}]})

    assert counts(first) == {"accepted": 3, "duplicates": 0, "held": 0, "rejected": 0}
    assert counts(again) == {"accepted": 1, "duplicates": 3, "held": 0, "rejected": 0}
    assert again.json()["conflicts"] == []
    item = Item.objects.get(external_id="i1")
    assert (item.input, item.output, item.metadata, item.context) == ("Q1", {"a": 1}, {"m": 1}, ["d"])
    assert (item.origin, item.gold, item.held) == ("api", None, False)
    assert Place.objects.count() == 8


def test_one_object_lines_and_gzip(send, queue):
    lines = b'{"external_id": "a", "input": "x"}\n\n{"external_id": "b", "input": "y"}\n'
    assert counts(send(queue, {"external_id": "one", "input": "x"}))["accepted"] == 1
    assert counts(send(queue, lines, kind="application/x-ndjson"))["accepted"] == 2
    packed = send(queue, gzip.compress(lines), kind="application/x-ndjson", **{"Content-Encoding": "gzip"})
    assert counts(packed)["duplicates"] == 2


def test_each_item_is_judged_by_itself(send, queue):
    answer = send(
        queue,
        [
            {"external_id": "good", "input": "x"},
            {"external_id": "empty"},
            {"input": "no id"},
            {"external_id": "gold", "input": "x", "gold": {"good": "maybe"}},
            {"external_id": "other", "input": "x", "gold": {"nosuch": "yes"}},
            {
                "external_id": "sure",
                "input": "x",
                "prelabels": [{"question": "good", "answer": "yes", "confidence": 2}],
            },
            "text",
            {"external_id": "a~mirror", "input": "x"},
        ],
    )

    assert counts(answer) == {"accepted": 1, "duplicates": 0, "held": 0, "rejected": 7}
    errors = [(one["index"], one["external_id"], one["field"]) for one in answer.json()["errors"]]
    assert errors == [
        (1, "empty", None),
        (2, None, "external_id"),
        (3, "gold", "gold:good"),
        (4, "other", "gold"),
        (5, "sure", "prelabels"),
        (6, None, None),
        (7, "a~mirror", "external_id"),
    ]
    assert answer.json()["errors"][2]["error"] == "must be yes or no"
    assert Item.objects.get().external_id == "good"


def test_the_same_id_with_other_texts_is_named_and_the_first_stays(send, queue):
    send(queue, [{"external_id": "a", "input": "first"}, {"external_id": "b", "input": "same"}])

    answer = send(queue, [{"external_id": "a", "input": "second"}, {"external_id": "b", "input": "same"}])

    assert counts(answer)["duplicates"] == 2
    assert answer.json()["conflicts"] == ["a"]
    assert Item.objects.get(external_id="a").input == "first"


def test_gold_and_prelabels(send, queue):
    prelabels = [
        {"question": "good", "answer": "yes", "confidence": 0.9, "rater": "small-1"},
        {"question": "polite", "answer": "no"},
    ]
    send(
        queue,
        [
            {"external_id": "g", "input": "x", "gold": {"good": "no"}},
            {"external_id": "p", "input": "x", "prelabels": prelabels},
        ],
    )

    gold = Item.objects.get(external_id="g")
    assert (gold.gold, gold.places.count()) == ({"good": "no"}, 0)
    found = {row.question.key: (row.answer, row.confidence, row.rater.name) for row in Prelabel.objects.all()}
    assert found == {"good": ("yes", 0.9, "small-1"), "polite": ("no", None, "loader")}


def test_pairs_are_checked_held_and_mirrored(send, pairs):
    answer = send(
        pairs,
        [
            {**PAIR, "left_variant": "m1", "right_variant": "m2"},
            {**PAIR, "external_id": "leak", "left": "As an AI language model trained by OpenAI, I cannot."},
            {**PAIR, "external_id": "half", "right": None},
            {**PAIR, "external_id": "same", "right": PAIR["left"]},
        ],
    )

    assert counts(answer) == {"accepted": 3, "duplicates": 0, "held": 2, "rejected": 1}
    assert [one["field"] for one in answer.json()["errors"]] == ["right"]
    found = {item.external_id: item for item in Item.objects.all()}
    assert (found["p"].left_variant, found["p"].right_variant) == ("m1", "m2")
    assert found["p~mirror"].copy_of == found["p"]
    assert found["leak"].findings[0]["kind"] == "identity_leak"
    assert [place.item.external_id for place in Place.objects.all()] == ["p"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "says"),
    [
        (b" ", "application/json", 400, "empty"),
        (b"[]", "application/json", 400, "The list is empty"),
        (b'{"items": []}', "application/json", 400, "The list is empty"),
        (b"[{", "application/json", 400, "not JSON"),
        (b'"text"', "application/json", 400, "one JSON object or a list"),
        (b"[]", "text/plain", 415, "Content-Type"),
        (b"\x1f\x8b", "application/json", 400, "Content-Encoding"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_whole(send, queue, body, kind, status, says):
    answer = send(queue, body, kind=kind)
    assert (answer.status_code, says in answer.json()["message"]) == (status, True), answer.content


def test_too_much_is_refused_with_the_limit(send, queue, settings):
    settings.INGEST_MAX_RECORDS = 2
    many = send(queue, [{"external_id": str(n), "input": "x"} for n in range(3)])
    settings.INGEST_MAX_BYTES = 100
    large = send(queue, {"external_id": "a", "input": "x" * 200})
    settings.INGEST_MAX_RECORD_BYTES = 50
    one = send(queue, {"external_id": "a", "input": "x" * 50})

    assert (many.status_code, "at most 2" in many.json()["message"]) == (413, True)
    assert (large.status_code, large.json()["limit"]) == (413, 100)
    assert counts(one)["rejected"] == 1
    assert not Item.objects.exists()


def test_unstorable_characters_are_replaced_and_counted(send, queue):
    answer = send(
        queue,
        b'{"items": [{"external_id": "a", "input": "x\\u0000y"}, {"external_id": "b", "input": "\\ud83d"}]}',
    )

    assert counts(answer)["accepted"] == 2
    assert answer.json()["repaired"] == 2
    assert Item.objects.get(external_id="a").input == "x\ufffdy"


def test_some_queues_take_nothing(send, project, queue):
    close(queue)
    drawn = make.queue(project, items=1, origin="vibecheck")
    item = {"external_id": "x", "input": "x"}

    assert "closed" in send(queue, item).json()["message"]
    answer = send(drawn, item)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Item.objects.count() == 1


def test_a_request_names_a_hundred_raters_at_most(send, queue):
    items = [
        {
            "external_id": f"i{n}",
            "input": "x",
            "prelabels": [{"question": "good", "answer": "no", "rater": f"r{n}"}],
        }
        for n in range(101)
    ]
    assert send(queue, items).status_code == 422
    assert not Rater.objects.exists()


def test_only_a_key_of_this_project_for_queues_fills_it(client, queue, project, owner, stranger, as_):
    path = f"/api/v1/queues/{queue.pk}/items"
    item = {"external_id": "x", "input": "x"}

    def post(**more):
        return client.post(path, item, content_type="application/json", **more).status_code

    theirs = make.api_key(stranger.projects.get(), scopes=["queues"])
    assert post(headers=make.bearer(make.api_key(project, scopes=["label"]))) == 403
    assert post(headers=make.bearer(theirs)) == 404
    assert post() == 401
    assert as_(owner).post(path, item, content_type="application/json").status_code == 401
    assert not Item.objects.exists()


def test_a_thousand_items_cost_as_many_statements_as_ten(send, queue, django_assert_num_queries):
    def batch(start, size):
        return [{"external_id": f"i{n}", "input": "x"} for n in range(start, start + size)]

    send(queue, batch(0, 1))
    for start, size in ((10, 10), (1000, 1000)):
        # key, queue with its questions; begin, queue, known ids, position, items, places, commit
        with django_assert_num_queries(9):
            send(queue, batch(start, size))
