"""Bodies that break other doors: an answer in words each time, never a 500."""

import gzip
import json
import tracemalloc

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DiskFull

from feedback.models import Interaction
from feedback.services import interactions
from tests.feedback.sending import TIME, URL, record

pytestmark = pytest.mark.django_db

DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b" \n ", "empty"),
        (b"[]", "empty"),
        (b"null", "one JSON object or a list"),
        (b'"x"', "one JSON object or a list"),
        (b"0", "one JSON object or a list"),
        (b"{", "not JSON"),
        (b'[{"input": "a"},{"input": NaN}]', "byte 26"),
        (b'{"input": Infinity}', "byte 10"),
        (DEEP, "nested deeper than 100"),
        (b'{"a":' * 100_000, "nested deeper than 100"),
        ('{"input": "é"}'.encode("utf-16"), "UTF-16"),
        ('{"input": "é"}'.encode("utf-16-le"), "UTF-16"),
        (b'{"input": "a"}\n{"input": "b"}', "application/x-ndjson"),
        (gzip.compress(b"{}", mtime=0), "Content-Encoding: gzip"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_whole(send, body, words):
    answer = send(body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "bad_request"
    assert words in answer.json()["message"]
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize("type", ["", "text/plain", "text/html", "application/x-www-form-urlencoded"])
def test_another_content_type_is_named(send, type):
    answer = send(record(1), type=type)
    assert answer.status_code == 415
    assert "application/x-ndjson" in answer.json()["message"]


def test_parameters_of_the_content_type_are_ignored(send):
    assert send(record(1), type="application/json; charset=nope").status_code == 202


def test_a_byte_order_mark_is_skipped(send):
    assert send(b"\xef\xbb\xbf" + json.dumps(record(1)).encode()).json()["accepted"] == 1
    assert send.lines(b"\xef\xbb\xbf" + json.dumps(record(2)).encode()).json()["accepted"] == 1


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("br", b"{}", 415),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), 415),
        ("gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), 400),
        ("gzip", b"{}", 400),
        ("gzip", gzip.compress(b'{"input": "hi"}', mtime=0)[:-9], 400),
        ("gzip", gzip.compress(b'{"input": "hi"}', mtime=0) + b"junk", 400),
    ],
)
def test_compression_once_and_unbroken(send, encoding, body, status):
    answer = send(body, **{"Content-Encoding": encoding})
    assert answer.status_code == status, answer.content
    assert Interaction.objects.count() == 0


def test_the_limit_is_said_and_holds_at_the_byte(send, settings):
    body = json.dumps(record(1)).encode()
    settings.INGEST_MAX_BYTES = len(body) - 1
    for packed, headers in ((body, {}), (gzip.compress(body), {"Content-Encoding": "gzip"})):
        answer = send(packed, **headers)
        assert answer.status_code == 413
        assert str(len(body) - 1) in answer.json()["message"]
    settings.INGEST_MAX_BYTES = len(body)
    assert send(body).status_code == 202


def test_a_gzip_bomb_stops_at_the_limit(send):
    bomb = gzip.compress(bytes(200_000_000), 9)
    assert len(bomb) < 200_000
    tracemalloc.start()
    answer = send(bomb, **{"Content-Encoding": "gzip"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 50_000_000


def test_one_record_too_many_stores_nothing(send, settings):
    settings.INGEST_MAX_RECORDS = 3
    batch = [record(n) for n in range(4)]
    for answer in (send(batch), send.lines(*batch)):
        assert answer.status_code == 413
        assert "at most 3" in answer.json()["message"]
    assert Interaction.objects.count() == 0
    assert send(batch[:3]).json()["accepted"] == 3


def test_a_list_of_millions_of_nothings_is_refused_before_it_fills_the_memory(send):
    answer = send(b"[" + b"0," * 3_000_000 + b"0]")
    assert answer.status_code == 413


BAD = {
    "input missing": ({"input": None}, "input"),
    "input a number": ({"input": 7}, "input"),
    "output a boolean": ({"output": True}, "output"),
    "metadata a list": ({"metadata": [1]}, "metadata"),
    "id empty": ({"id": ""}, "id"),
    "id too long": ({"id": "x" * 257}, "id"),
    "id a list": ({"id": ["x"]}, "id"),
    "id a very long number": ({"id": 10**300}, "id"),
    "model of 1 MB": ({"model": "m" * 1_000_000}, "model"),
    "environment unknown": ({"environment": "prod"}, "environment"),
    "tokens negative": ({"input_tokens": -1}, "input_tokens"),
    "tokens broken": ({"output_tokens": 1.5}, "output_tokens"),
    "tokens enormous": ({"output_tokens": 10**30}, "output_tokens"),
    "error an object": ({"error": {"type": "x"}}, "error"),
    "time without zone": ({"occurred_at": "2026-11-20T09:30:00"}, "occurred_at"),
    "time in year 0": ({"occurred_at": "0000-01-01T00:00:00Z"}, "occurred_at"),
    "time in year 1": ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
    "time before 1970": ({"occurred_at": "1969-12-31T23:59:59.999Z"}, "occurred_at"),
    "time negative": ({"occurred_at": -1}, "occurred_at"),
    "time beyond 48 bits": ({"occurred_at": 2**48 * 1000}, "occurred_at"),
    "time at the end of 9999": ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "occurred_at"),
    "time not a time": ({"occurred_at": "yesterday"}, "occurred_at"),
    "time a leap second": ({"occurred_at": "2016-12-31T23:59:60Z"}, "occurred_at"),
    "10,000 keys": ({"metadata": {str(n): 1 for n in range(10_000)}}, "metadata"),
    "10,000 fields": ({f"f{n}": 1 for n in range(10_000)}, None),
    "a key of 1 MB": ({"k" * 1_000_000: 1}, None),
    "a record of 10 MB": ({"output": "x" * 10_000_000}, None),
}


@pytest.mark.parametrize("name", BAD)
def test_that_record_alone_is_refused(send, name):
    change, field = BAD[name]
    for answer in (
        send([record(1), record(2, **change), record(3)]),
        send.lines(record(1), record(2, **change), record(3)),
    ):
        assert answer.status_code == 202, answer.content[:300]
        assert answer.json()["accepted"] + answer.json()["duplicates"] == 2
        assert [(bad["index"], bad["field"]) for bad in answer.json()["rejected"]] == [(1, field)]
        assert 5 < len(answer.json()["rejected"][0]["error"]) < 200
    assert set(Interaction.objects.values_list("external_id", flat=True)) == {"call-1", "call-3"}


RAW = {
    "1e999": (b'{"input": "a", "output": {"score": 1e999}}', "output"),
    "5,000 digits": (b'{"input": {"n": %s}}' % (b"1" * 5000), "input"),
    "5,000 digits in an unknown field": (b'{"input": "a", "n": %s}' % (b"1" * 5000), "n"),
    "101 deep": (b'{"input": %s}' % (b"[" * 101 + b"]" * 101), None),
    "500 deep": (b'{"input": %s}' % (b"[" * 500 + b"]" * 500), None),
    "one of our fields twice": (b'{"input": "a", "model": "x", "model": "y"}', "model"),
    "the same, spelled with escapes": (b'{"input": "a", "id": "x", "\\u0069d": "y"}', "id"),
}


@pytest.mark.parametrize("name", RAW)
def test_what_json_allows_and_nobody_can_hold(send, name):
    body, field = RAW[name]
    answer = send(b"[" + json.dumps(record(1)).encode() + b"," + body + b"]").json()
    assert answer["accepted"] == 1
    assert [(bad["index"], bad["field"]) for bad in answer["rejected"]] == [(1, field)]


def test_what_is_deep_or_long_and_still_fits_comes_out_as_it_went_in(send):
    deep = json.loads("[" * 100 + '"end"' + "]" * 100)
    long = 123456789012345678901234567890
    assert send(record(1, input=deep, metadata={"n": long})).json()["accepted"] == 1
    row = Interaction.objects.get()
    assert (row.input, row.metadata["n"]) == (deep, long)


def test_payloads_are_kept_byte_for_byte(send):
    text = b'{ "b" : 1.50,\t"a":"\\u00e9 \\/ \\ud83d\\ude00 \\\\u0000 back\\\\slash\\n", "a":2E+3 }'
    send(b'{"id":"x","occurred_at":"%s","input":%s,"output":"\\u0041"}' % (TIME.encode(), text))
    with connection.cursor() as cursor:
        cursor.execute("SELECT input::text, output::text, repaired FROM feedback_interaction")
        assert cursor.fetchone() == (text.decode(), '"\\u0041"', 0)
    assert Interaction.objects.get().input == {"b": 1.5, "a": 2000.0}  # of a key given twice the last


def test_nul_and_half_surrogates_are_replaced_and_counted(send):
    body = (
        b'{"id":"a\\u0000b","occurred_at":"%s","user":"\\ud800","input":{"k\\u0000":"\\udc00x\\ud83d"},'
        b'"output":"\\ud83d\\ude00"}' % TIME.encode()
    )
    answer = send(body).json()
    assert (answer["accepted"], answer["repaired"]) == (1, 5)
    row = Interaction.objects.get()
    assert (row.external_id, row.end_user, row.repaired) == ("a\ufffdb", "\ufffd", 5)
    assert (row.input, row.output) == ({"k\ufffd": "\ufffdx\ufffd"}, "😀")


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE feedback_interaction; --",
        "\\N\t\\.\n\\",
        "{{7*7}} {% debug %} %(x)s {0.__class__} $(id) `id`",
        "<script>alert(1)</script>",
        "*)(uid=*))(|(uid=*",
        "\u202e\u200b\U000e0041 🏳️‍🌈 한국어",
    ],
)
def test_text_of_every_trade_is_stored_as_typed(send, text):
    fields = (
        "id",
        "feature",
        "model",
        "user",
        "session",
        "error",
        "finish_reason",
        "variant",
        "input",
        "output",
    )
    sent = record(1, **dict.fromkeys(fields, text), metadata={text: text})
    assert send(sent).json()["accepted"] == 1
    row = Interaction.objects.get()
    assert {row.external_id, row.feature, row.model, row.end_user, row.error, row.input, row.output} == {text}
    assert row.metadata == {text: text}


def test_an_empty_body(send):
    for headers in ({}, {"Content-Encoding": "gzip"}):
        answer = send.client.generic(
            "POST", URL, b"", headers={**send.headers, **headers}, CONTENT_TYPE="application/json"
        )
        assert answer.status_code == 400
        assert "empty" in answer.json()["message"] or "breaks off" in answer.json()["message"]


def test_a_full_disk_is_503_and_says_so(send, monkeypatch):
    def full(*_args, **_more):
        try:
            raise DiskFull("could not extend file: No space left on device")
        except DiskFull as cause:
            raise OperationalError(str(cause)) from cause

    monkeypatch.setattr(interactions, "_copied", full)
    answer = send(record(1))
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
    assert answer["Retry-After"]


def test_a_compressed_body_counts_before_it_is_inflated_too(send, settings):
    settings.INGEST_MAX_BYTES = 1000
    empty = gzip.compress(b"", mtime=0) * 100  # inflates to nothing, and takes its time
    answer = send(empty + gzip.compress(b'{"input": "a"}'), **{"Content-Encoding": "gzip"})
    assert answer.status_code == 413
    assert "1000" in answer.json()["message"]


def test_a_database_that_goes_away_is_503_with_a_time_to_try_again(send, monkeypatch):
    def gone(*_args: object, **_more: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("feedback.services.interactions._copied", gone)
    answer = send(record(1))
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["code"] == "unavailable"
    monkeypatch.undo()
    assert send(record(1)).json()["accepted"] == 1
