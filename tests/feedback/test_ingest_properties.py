"""Whatever the bytes: an answer, in bounded time, and the good records kept."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.reading.errors import BadBody
from annotator.reading.records import Limits
from feedback.ingest import batch, preview
from tests.pace import at_most

LIMITS = Limits()
QUICK = settings(max_examples=100)

text = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["\0", "\ud800", "\udfff", "\\u0000"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=20,
)
GOOD = [{"id": f"good-{n}", "input": "hi", "output": {"n": n}} for n in range(3)]


def split(body: bytes, *, lines: bool) -> batch.Batch | None:
    try:
        return (batch.of_lines if lines else batch.of_json)(body, cap=100, limits=LIMITS)
    except BadBody:
        return None


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(body):
    split(body, lines=True)
    split(body, lines=False)


@QUICK
@given(st.lists(json_values, max_size=5))
def test_bad_records_of_a_list_take_no_good_one_with_them(odd):
    sent = [GOOD[0], *odd, GOOD[1], *odd, GOOD[2]]
    try:
        body = json.dumps(sent, allow_nan=False).encode()
    except ValueError:  # NaN is no JSON at all: of a list nothing can be read
        return
    found = split(body, lines=False)
    assert found is not None
    assert len(found.records) + len(found.rejected) == len(sent)
    kept = {record.external_id: json.loads(record.output or "") for record in found.records}
    assert all(kept[good["id"]] == good["output"] for good in GOOD)


@QUICK
@given(st.lists(st.binary(max_size=60) | json_values.map(lambda v: json.dumps(v).encode()), max_size=6))
def test_bad_lines_take_no_good_one_with_them(odd):
    odd = [line.replace(b"\n", b" ") for line in odd]
    lines = [b"{}", *odd, *[json.dumps(good).encode() for good in GOOD]]
    found = split(b"\n".join(lines), lines=True)
    assert found is not None
    kept = {record.index for record in found.records}
    assert set(range(len(odd) + 1, len(odd) + 4)) <= kept
    assert 0 not in kept


@QUICK
@given(json_values, json_values)
def test_payloads_come_out_as_they_went_in(one, other):
    sent = {"input": {"value": one}, "output": [other]}
    try:
        body = json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return
    found = split(body, lines=False)
    if found is None or not found.records:
        return  # a number beyond what can be held
    record = found.records[0]
    if not record.repaired:
        assert json.loads(record.input) == sent["input"]
        assert json.loads(record.output or "") == sent["output"]
    assert "\0" not in record.input + (record.output or "") + (record.metadata or "")


@QUICK
@given(json_values)
def test_a_preview_is_short_text_of_anything(value):
    for shown in (preview.of_input(value), preview.of_output(value)):
        assert len(shown) <= preview.LENGTH


def test_hostile_shapes_take_no_long_time():
    shapes = [
        b'{"input":"' + b"\\" * 999_999 + b'"}',
        b'{"input":"' + b"\\ud800" * 170_000 + b'"}',
        b'{"input":"' + b"\\ud83d\\ud83d" * 80_000 + b'"}',
        b'{"input":' + b"[" * 500_000 + b"}",
        b'{"input":[' + b'"[",' * 250_000 + b'""]}',
        b'{"input":"' + b" " * 1_000_000 + b'"}',
        b"{" + b'"a":1,' * 170_000 + b'"input":""}',
        b'"' * 1_000_000,
        b"\n" * 1_000_000,
    ]
    for body in shapes:
        with at_most(2.0, what=body[:40]):
            split(body, lines=True)
            split(body, lines=False)
