"""POST /api/v1/interactions: what comes in, what is answered, who may."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from annotator.models import ApiKey
from annotator.services import keys
from feedback.models import Interaction
from tests import make
from tests.feedback.sending import TIME, URL, Sender, record

FULL = {
    "id": "call-1",
    "occurred_at": "2026-11-20T18:30:00.123456+09:00",
    "feature": "order-help",
    "input": [{"role": "user", "content": "Where is  my\norder?"}],
    "output": "It ships <b>tomorrow</b>.",
    "context": [{"title": "Shipping", "text": "Ships within a day."}],
    "model": "claude",
    "prompt_version": 7,
    "variant": "b",
    "environment": "shadow",
    "user": "u-1",
    "session": "s-1",
    "latency_ms": 840.5,
    "input_tokens": 412,
    "output_tokens": 9,
    "cost_usd": 0.0021,
    "error": None,
    "finish_reason": "stop",
    "metadata": {"region": "eu"},
}


def test_one_object_with_every_field(send, project):
    answer = send(FULL)

    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1, "duplicates": 0, "rejected": [], "ids": [], "ahead": [], "repaired": 0
    }  # fmt: skip
    row = Interaction.objects.get()
    assert (row.project, row.external_id) == (project, "call-1")
    assert row.occurred_at == datetime(2026, 11, 20, 9, 30, 0, 123456, tzinfo=UTC)
    assert (row.environment, row.feature, row.model, row.prompt_version) == (
        "shadow",
        "order-help",
        "claude",
        "7",
    )
    assert (row.variant, row.end_user, row.session, row.finish_reason) == ("b", "u-1", "s-1", "stop")
    assert (row.latency_ms, row.input_tokens, row.output_tokens, row.cost_usd) == (840.5, 412, 9, 0.0021)
    assert (row.input, row.output) == (FULL["input"], FULL["output"])
    assert (row.context, row.metadata) == (FULL["context"], FULL["metadata"])
    assert (row.input_preview, row.output_preview) == ("Where is my order?", "It ships <b>tomorrow</b>.")
    assert row.error == ""


def test_a_list_a_gzipped_list_and_lines(send):
    assert send([record(1), record(2)]).json()["accepted"] == 2
    packed = gzip.compress(json.dumps([record(3)]).encode()) + gzip.compress(b"  ")
    assert send(packed, **{"Content-Encoding": "gzip"}).json()["accepted"] == 1
    lines = send.lines(record(4), b"", record(5), b"")
    assert lines.json()["accepted"] == 2
    assert Interaction.objects.count() == 5


def test_a_body_that_inflates_a_thousandfold_within_the_limit_is_read_whole(send):
    big = json.dumps(record(1, output="a" * 900_000)).encode()
    assert send(gzip.compress(big), **{"Content-Encoding": "gzip"}).json()["accepted"] == 1
    assert len(Interaction.objects.get().output) == 900_000


def test_good_records_go_in_and_bad_ones_are_named(send):
    batch = [record(n) for n in range(500)]
    batch[137] = record(137, latency_ms="fast")

    answer = send(batch)

    assert answer.status_code == 202
    assert answer.json()["accepted"] == 499
    assert answer.json()["rejected"] == [
        {"index": 137, "field": "latency_ms", "error": "must be a number, 0 or more"}
    ]


def test_a_bad_line_is_named_by_its_number_and_takes_no_other_with_it(send):
    answer = send.lines(record(1), b"{broken", record(2), b'{"input": "\xff"}', b"[]", b"7").json()

    assert answer["accepted"] == 2
    assert [bad["index"] for bad in answer["rejected"]] == [1, 3, 4, 5]
    assert "not JSON" in answer["rejected"][0]["error"]
    assert answer["rejected"][1] == {"index": 3, "field": "input", "error": "is not UTF-8"}


def test_no_output_is_a_record_of_its_own(send):
    assert send([record(1, output=None, error="Timeout"), {"input": "hi"}]).json()["accepted"] == 2
    failed, silent = Interaction.objects.order_by("occurred_at")
    assert (failed.output, failed.error, failed.output_preview) == (None, "Timeout", "")
    assert (silent.output, silent.error) == (None, "")


def test_the_same_batch_again_changes_nothing(send):
    batch = [record(n) for n in range(20)]
    first = send(batch)
    rows = list(Interaction.objects.order_by("id").values())

    again = send(batch)
    as_lines = send.lines(*[dict(reversed(sent.items())) for sent in batch])

    assert (first.json()["accepted"], first.json()["duplicates"]) == (20, 0)
    for repeat in (again, as_lines):
        assert repeat.status_code == 202
        assert (repeat.json()["accepted"], repeat.json()["duplicates"]) == (0, 20)
        assert repeat.json()["rejected"] == []
    assert list(Interaction.objects.order_by("id").values()) == rows


def test_the_same_id_twice_in_a_batch(send):
    answer = send([record(1), record(1), record(1, output="Something else")]).json()

    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [(bad["index"], bad["field"]) for bad in answer["rejected"]] == [(2, "id")]
    assert Interaction.objects.get().output == "Answer 1"


def test_the_same_id_with_other_content_keeps_the_first(send):
    send(record(1))
    answer = send([record(1, output="Changed"), record(2)]).json()

    assert answer["accepted"] == 1
    assert answer["rejected"][0]["field"] == "id"
    assert "the first record is kept" in answer["rejected"][0]["error"]
    assert Interaction.objects.get(external_id="call-1").output == "Answer 1"


def test_a_record_without_an_id_gets_one_and_the_answer_tells_it(send):
    answer = send([record(1), {"input": "hi"}, {"input": "ho", "occurred_at": TIME}]).json()

    told = {entry["index"]: entry["id"] for entry in answer["ids"]}
    assert answer["accepted"] == 3
    assert set(told) == {1, 2}
    assert Interaction.objects.get(external_id=told[2]).occurred_at.isoformat() == "2026-11-20T09:30:00+00:00"


def test_an_id_without_a_time_is_one_row_however_often_it_comes(send):
    timeless = {"id": "call-9", "input": "hi", "output": "ho"}
    before = timezone.now()

    first, second = send(timeless).json(), send([timeless, timeless, {**timeless, "output": "hu"}]).json()

    assert (first["accepted"], first["ids"]) == (1, [])
    assert (second["accepted"], second["duplicates"], len(second["rejected"])) == (0, 2, 1)
    assert Interaction.objects.get().occurred_at >= before


def test_an_id_without_a_time_finds_the_record_that_had_one(send):
    send(record(1))
    timeless = {k: v for k, v in record(1).items() if k != "occurred_at"}
    assert send(timeless).json()["duplicates"] == 1
    both = send([record(2), {**timeless, "id": "call-2"}]).json()
    assert (both["accepted"], len(both["rejected"])) == (1, 1)  # other texts than record 2


def test_a_time_far_ahead_is_shown_under_its_receipt_and_flagged(send):
    sent = record(1, occurred_at="9999-12-31T00:00:00Z", metadata={"a": 1})
    soon = record(2, occurred_at=(timezone.now() + timedelta(hours=3)).isoformat())

    answers = [send([sent, soon]).json() for _ in range(2)]

    assert [(a["accepted"], a["duplicates"], a["ahead"]) for a in answers] == [(2, 0, [0]), (0, 2, [0])]
    row = Interaction.objects.get(external_id="call-1")
    assert row.occurred_at == row.received_at
    assert row.metadata == {"a": 1, "sent_occurred_at": "9999-12-31T00:00:00Z"}


def test_a_time_that_was_ahead_is_a_repeat_also_when_it_has_come(send):
    sent = record(1, occurred_at=(timezone.now() + timedelta(hours=25)).isoformat())
    assert send(sent).json()["ahead"] == [0]

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        again = send([sent, sent]).json()
        other = send({**sent, "output": "Another answer."}).json()
        assert (again["accepted"], again["duplicates"], again["ahead"]) == (0, 2, [])
        assert "other content" in other["rejected"][0]["error"]
        # The same id at another time is another call, as for any record.
        assert send({**sent, "occurred_at": timezone.now().isoformat()}).json()["accepted"] == 1
    assert Interaction.objects.count() == 2


def test_unknown_fields_are_kept_as_metadata_and_never_applied(send, project):
    other = make.project(slug="other", name="Other")
    odd = {"project": other.pk, "is_staff": True, "__proto__": {"x": 1}, "region": "asia"}

    assert send(record(1, metadata={"region": "eu"}, **odd)).json()["accepted"] == 1

    row = Interaction.objects.get()
    assert row.project == project
    assert row.metadata == {
        "region": "eu", "project": other.pk, "is_staff": True, "__proto__": {"x": 1}, "record.region": "asia"
    }  # fmt: skip


def test_two_projects_may_use_the_same_ids(send):
    elsewhere = Sender(make.api_key(make.project(slug="b", name="B")))
    assert send(record(1)).json()["accepted"] == 1
    assert elsewhere(record(1, output="Other")).json()["accepted"] == 1
    assert len(set(Interaction.objects.values_list("id", flat=True))) == 2


@pytest.mark.parametrize("count", [1, 300])
def test_the_number_of_queries_does_not_grow(send, django_assert_num_queries, count):
    send(record(0))  # the key's use is noted
    with django_assert_num_queries(7):  # key, transaction (2), what is there, COPY in a savepoint (3)
        send([record(n) for n in range(1, count + 1)])


def test_without_a_good_key_nothing_is_stored(client, project):
    dead, expired = make.api_key(project, name="dead"), make.api_key(project, name="old")
    keys.revoke_key(ApiKey.objects.get(name="dead"))
    ApiKey.objects.filter(name="old").update(expires_at=timezone.now() - timedelta(seconds=1))
    answers = [
        client.post(URL, record(1), content_type="application/json", headers=headers)
        for headers in (
            {},
            make.bearer("gnb_00000000_nobody"),
            make.bearer("' OR 1=1 --"),
            make.bearer(dead),
            make.bearer(expired),
            {"Authorization": "Basic Zm9vOmJhcg=="},
        )
    ]
    assert {a.status_code for a in answers} == {401}
    assert len({a.content for a in answers}) == 1
    assert answers[0].json()["code"] == "unauthenticated"
    assert Interaction.objects.count() == 0


def test_a_key_needs_the_ingest_scope(project):
    answer = Sender(make.api_key(project, scopes=["label", "export"]))(record(1))
    assert answer.status_code == 403
    assert "ingest" in answer.json()["message"]


def test_a_key_in_the_address_is_refused_with_a_reason(send, project):
    token = make.api_key(project)
    for query in (f"?key={token}", f"?access_token={token}"):
        answer = send.client.post(
            URL + query, record(1), content_type="application/json", headers=send.headers
        )
        assert answer.status_code == 400
        assert "Authorization" in answer.json()["message"]
        assert token not in answer.content.decode()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", "//["])
def test_a_key_from_a_page_of_another_site_is_refused(send, origin):
    assert send(record(1), Origin=origin).status_code == 403
    assert Interaction.objects.count() == 0


def test_our_own_page_may_try_the_api(send):
    assert send(record(1), Origin="http://testserver").status_code == 202


def test_signing_in_is_no_key(as_, owner):
    answer = as_(owner).post(URL, record(1), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post(send, method):
    answer = getattr(send.client, method)(URL, headers=send.headers)
    assert answer.status_code == 405
