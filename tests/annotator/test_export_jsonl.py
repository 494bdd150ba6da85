"""The dataset out: one exact line for each label that stands, and a manifest that fits its bytes."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from annotator.exports import manifest, rows
from annotator.exports.filters import Filters
from annotator.models import Label
from annotator.services import queues
from tests import make
from tests.annotator.labeling import lapse, person, program

LEAST = {
    "external_id", "question", "question_version", "answer", "rater", "rater_kind", "ms", "created_at",
    "inclusion_probability", "input", "output",
}  # fmt: skip


@pytest.fixture
def queue(project):
    return make.queue(project, items=4)


@pytest.fixture
def labelled(queue, annotator, as_):
    """Yes, no and undone, skipped, and one that a robot answered."""
    tab = person(queue, as_(annotator))
    one, two, three = tab.items(3)
    tab.answer(one, "yes", ms=1200, note="fine")
    tab.answer(two, "yes")
    tab.answer(two, "undo")
    tab.answer(three, "skip")
    robot = program(queue, "robot")
    for item in robot.items(2):
        robot.answer(item, "no")
    return queue


def get(queue, who, what="export.jsonl", **query):
    return who.get(f"/api/v1/queues/{queue.pk}/{what}", query)


def body(answer) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in body(answer).splitlines()]


def test_one_line_for_each_label_that_stands(labelled, owner, as_):
    exported = lines(get(labelled, as_(owner)))

    assert [(row["external_id"], row["answer"], row["rater"]) for row in exported] == [
        ("item-0", "yes", "amir"),
        ("item-2", "no", "robot"),
        ("item-3", "no", "robot"),
    ]
    first = exported[0]
    assert set(first) >= LEAST
    assert first["ms"] == 1200
    assert first["note"] == "fine"
    assert (first["question"], first["question_version"], first["rater_kind"]) == ("good", 1, "human")
    assert first["created_at"].endswith("Z")
    assert first["input"] == "Question 0"
    assert first["output"] == {"answer": 0}
    assert first["origin"] == "test"
    assert first["queue"] == str(labelled.pk)


def test_skipped_and_surplus_are_there_when_asked_for(labelled, annotator, owner, as_):
    browser = as_(owner)
    assert len(lines(get(labelled, browser, include="skipped"))) == 4

    queue = make.queue(labelled.project, items=1, name="late")
    late, theirs = person(queue, as_(annotator)), person(queue, browser)
    item = late.items()[0]
    lapse(queue)
    theirs.answer(theirs.items()[0])
    late.answer(item, "no")

    assert [row["surplus"] for row in lines(get(queue, browser))] == [False]
    assert [row["surplus"] for row in lines(get(queue, browser, include="skipped,surplus"))] == [False, True]


def test_filters_narrow(labelled, owner, as_):
    browser = as_(owner)
    Label.objects.filter(rater__name="amir").update(created_at=timezone.now() - timedelta(days=2))

    assert len(lines(get(labelled, browser, rater_kind="model"))) == 2
    assert len(lines(get(labelled, browser, rater="amir"))) == 1
    assert len(lines(get(labelled, browser, question="good"))) == 3
    yesterday = timezone.now() - timedelta(days=1)
    assert len(lines(get(labelled, browser, since=yesterday.isoformat()))) == 2
    assert len(lines(get(labelled, browser, since="2020-01-01"))) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "x"}, {"rater__user__password": "x"}, {"include": "all"}, {"question": "other"},
        {"rater_kind": "alien"}, {"since": "yesterday"}, {"since": "2026-13-45"}, {"rater": "\0"},
        {"since": "9999-12-31T23:59:59-23:00"},
    ],
)  # fmt: skip
def test_what_cannot_be_filtered_is_told(labelled, owner, as_, query):
    answer = get(labelled, as_(owner), **query)

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_texts_are_exact_to_the_byte(project, owner, as_):
    queue = make.queue(project, items=0)
    source = '=1+1 , "q" \\ \u2028 한국어 🙂 \u202e <b>\x7f\r\n\ttab'
    item = queues.NewItem("=cmd()", input=source, output={"z": 1, "a": [1.10, 10**30, None]}, metadata={})
    queues.add_items(queue, [item])
    with connection.cursor() as cursor:  # as a bulk load may store it: spaces and line ends between tokens
        cursor.execute("""UPDATE annotator_item SET context = '{"b" :\r\n 1.50,  "b": 2}'""")
    tab = person(queue, as_(owner))
    tab.answer(tab.items()[0], note="-1\n=2")

    raw = body(get(queue, as_(owner)))

    assert raw.count(b"\n") == 1
    assert b"\r" not in raw
    row = json.loads(raw)
    assert row["input"] == source
    assert row["external_id"] == "=cmd()"
    assert row["note"] == "-1\n=2"
    assert list(row["output"]) == ["z", "a"]
    assert row["output"]["a"][1] == 10**30
    assert b'{"b" :   1.50,  "b": 2}' in raw


def test_the_manifest_fits_the_bytes(labelled, owner, as_):
    raw = body(get(labelled, as_(owner), include="skipped"))

    told = get(labelled, as_(owner), "export.manifest.json", include="skipped").json()

    assert told["sha256"] == hashlib.sha256(raw).hexdigest()
    assert told["bytes"] == len(raw)
    assert told["rows"] == 4
    assert told["answers"] == {"no": 2, "skip": 1, "yes": 1}
    assert told["filters"] == {"include": "skipped"}
    assert told["left_out"] == ["surplus", "taken back"]
    assert told["questions"][0] == {
        "key": "good", "version": 1, "text": "Is it good?", "guideline": "", "desirable": "", "rows": 4,
    }  # fmt: skip
    assert [rater["name"] for rater in told["raters"]["model"]] == ["robot"]
    assert set(told["columns"]) == set(json.loads(raw.splitlines()[0]))
    assert told["product_version"]


def test_the_same_labels_give_the_same_bytes(labelled, owner, as_):
    assert body(get(labelled, as_(owner))) == body(get(labelled, as_(owner)))


def test_an_empty_queue_gives_no_line(project, owner, as_):
    queue = make.queue(project, items=1)

    assert body(get(queue, as_(owner))) == b""
    assert get(queue, as_(owner), "export.manifest.json").json()["rows"] == 0


def test_each_label_pins_its_wording(queue, owner, project, as_):
    tab = person(queue, as_(owner))
    tab.answer(tab.items()[0])
    queues.set_question(project=project, key="good", text="Is it truly good?")
    tab.answer(tab.items()[0])

    assert [row["question_version"] for row in lines(get(queue, as_(owner)))] == [1, 2]
    told = get(queue, as_(owner), "export.manifest.json").json()
    assert [(q["text"], q["rows"]) for q in told["questions"]] == [
        ("Is it good?", 1),
        ("Is it truly good?", 1),
    ]


def test_who_may_export(labelled, owner, annotator, viewer, stranger, as_):
    ingest = make.bearer(make.api_key(labelled.project, scopes=["ingest", "label"]))
    export = make.bearer(make.api_key(labelled.project, scopes=["export"]))
    elsewhere = make.bearer(make.api_key(make.project(slug="third")))
    for what in ("export.jsonl", "export.manifest.json"):
        path = f"/api/v1/queues/{labelled.pk}/{what}"
        assert [as_(who).get(path).status_code for who in (owner, annotator, viewer, stranger)] == [
            200, 200, 403, 404,
        ]  # fmt: skip
        assert [Client().get(path, headers=h).status_code for h in (export, ingest, elsewhere, {})] == [
            200, 403, 404, 401,
        ]  # fmt: skip
        assert as_(owner).post(path).status_code == 405


def test_annotators_see_no_answers_before_they_gave_theirs(project, owner, annotator, as_):
    queue = make.queue(project, items=1, overlap=2)
    theirs = person(queue, as_(owner))
    theirs.answer(theirs.items()[0])

    assert get(queue, as_(annotator)).status_code == 403
    assert get(queue, as_(owner)).status_code == 200
    mine = person(queue, as_(annotator))
    mine.answer(mine.items()[0])
    assert get(queue, as_(annotator)).status_code == 200


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Check", 'attachment; filename="Check.jsonl"'),
        ('a"b\r\nX-Evil: 1', 'attachment; filename="a b X-Evil 1.jsonl"'),
        ("확인 🙂", "attachment; filename*=utf-8''%ED%99%95%EC%9D%B8%20%F0%9F%99%82.jsonl"),
        ("../../etc/passwd", 'attachment; filename=".. .. etc passwd.jsonl"'),
    ],
)
def test_the_file_has_a_safe_name(project, owner, as_, name, said):
    queue = make.queue(project, items=1, name=name)

    answer = get(queue, as_(owner))

    assert answer["Content-Disposition"] == said
    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_page_downloads_the_same(labelled, owner, viewer, stranger, as_):
    path = f"/p/shop/queues/{labelled.pk}/export.jsonl"

    assert body(as_(owner).get(path, {"include": "skipped"})).count(b"\n") == 4
    assert as_(owner).get(path, {"sort": "x"}).status_code == 400
    assert [as_(who).get(path).status_code for who in (viewer, stranger)] == [403, 404]
    assert Client().get(path).status_code == 302
    assert as_(owner).post(path).status_code == 405
    assert as_(owner).head(path).status_code == 200


def test_reading_takes_little_memory_and_few_queries(project, django_assert_num_queries):
    queue = make.queue(project, items=1200)
    worker = program(queue, "fast")
    while items := worker.items(50):
        worker.submit(*({"lease": item["lease"]} for item in items))

    with rows.shared() as using, django_assert_num_queries(2):  # the patience, the cursor
        sizes = [len(chunk) for chunk in rows.chunks(queue, Filters(), using)]

    assert sum(sizes) == 1200
    assert sizes[0] == rows.FIRST_ROWS
    assert max(sizes) <= rows.MOST_ROWS
    assert manifest.of_now(queue, Filters())["rows"] == 1200


def test_big_rows_come_in_small_chunks(project):
    queue = make.queue(project, items=0)
    queues.add_items(queue, (queues.NewItem(f"big-{n}", input="x" * 300_000) for n in range(70)))
    worker = program(queue, "fast")
    while items := worker.items(20):
        worker.submit(*({"lease": item["lease"]} for item in items))

    with rows.shared() as using:
        sizes = [len(chunk) for chunk in rows.chunks(queue, Filters(), using)]

    assert sizes[0] == rows.FIRST_ROWS
    assert max(sizes[1:]) == 3


def test_a_database_that_leaves_breaks_the_last_line(labelled, owner, as_, monkeypatch):
    """The server would end the answer as if it were whole; a reader of JSON lines must stumble."""
    chunks = rows.chunks

    def leaving(*args):
        yield next(chunks(*args))
        raise OperationalError("gone")

    monkeypatch.setattr(rows, "chunks", leaving)
    answer = get(labelled, as_(owner))

    got = b""
    with pytest.raises(OperationalError):
        for part in answer.streaming_content:
            got += part

    assert got.count(b"\n") == 3
    with pytest.raises(ValueError, match="Unterminated"):
        [json.loads(line) for line in got.splitlines()]


def test_a_reader_who_leaves_takes_nothing_back(labelled, owner, as_):
    parts = rows.stream(labelled, Filters())
    next(parts)
    labelled.name = "Renamed meanwhile"
    labelled.save()

    parts.close()

    labelled.refresh_from_db()
    assert labelled.name == "Renamed meanwhile"
