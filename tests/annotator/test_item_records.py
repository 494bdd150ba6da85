"""Items and labels out of files: what is understood, what is refused, whatever the bytes."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.chain_rules import ANSWERS
from annotator.items.given import GivenPrelabel
from annotator.items.labels import LabelReader
from annotator.items.records import ItemReader
from annotator.models import Answer, QueueKind
from annotator.reading import files
from annotator.reading.errors import BadRecord
from annotator.reading.files import Row
from annotator.reading.records import Limits
from tests.pace import at_most

LIMITS = Limits(zone=ZoneInfo("Asia/Seoul"))
ONE = {"good": "binary"}
TWO = {"good": "binary", "is-Polite": "binary"}
BETTER = {"better": "pairwise"}


def single(questions=None, **more) -> ItemReader:
    return ItemReader("binary", ONE if questions is None else questions, more.pop("limits", LIMITS), **more)


def pairs(questions=None, **more) -> ItemReader:
    return ItemReader("pairwise", BETTER if questions is None else questions, LIMITS, **more)


def of_file(reader, path, content):
    """What a file holds: items or labels, and what is refused, by line."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    shape = files.look(path)
    chosen = reader.vocabulary.guess(shape.columns)
    good, bad = [], {}
    for row, _ in files.rows(path, shape, record_bytes=reader.limits.record_bytes):
        try:
            good.append(reader.of_row(row, chosen, shape.columns))
        except BadRecord as refused:
            bad[row.line] = (refused.field, str(refused))
    return good, bad


def lines(*records) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in records)


def sent(reader, record, index=0):
    return reader.of_json(index, record if isinstance(record, bytes) else json.dumps(record).encode())


def refused(reader, record) -> tuple[str | None, str]:
    with pytest.raises(BadRecord) as caught:
        sent(reader, record)
    return caught.value.field, str(caught.value)


# --- items out of files --------------------------------------------------------------------------


def test_answers_of_a_summariser_to_be_judged(tmp_path):
    good, bad = of_file(
        single(),
        tmp_path / "day.jsonl",
        lines(
            {"id": 7, "article": "Long.", "summary": "Short.", "source_name": "wire", "n": 1.5},
            "{oops",
            {"article": [{"role": "user", "content": "hi"}], "summary": None, "error": "timeout"},
            {"n": 3},
        ),
    )
    first, second = good
    assert (first.index, first.external_id) == (1, "7")
    assert (first.input, first.output, first.metadata) == (
        "Long.",
        "Short.",
        {"source_name": "wire", "n": 1.5},
    )
    assert (second.input, second.output, second.error) == (
        [{"role": "user", "content": "hi"}],
        None,
        "timeout",
    )
    assert (first.left, first.right, first.gold, first.prelabels) == (None, None, {}, ())
    assert bad.keys() == {2, 4}
    assert bad[2][1].startswith("is not JSON")
    assert bad[4] == (None, "has neither an input nor an output")


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_line_without_an_id_gets_the_same_one_whenever_it_is_read(tmp_path, name):
    def ids(*records) -> list[str]:
        content = lines(*records).encode()
        packed = gzip.compress(content) if name.endswith("gz") else content
        return [one.external_id for one in of_file(single(), tmp_path / name, packed)[0]]

    same = {"input": "same"}
    first = ids(same, same)
    assert len(set(first)) == 2
    assert ids(same, same, {"input": "more"})[:2] == first


def test_preference_pairs_as_they_are_published(tmp_path):
    good, bad = of_file(
        pairs(),
        tmp_path / "pairs.jsonl",
        lines(
            {"prompt": "Hi", "chosen": "A", "rejected": "B", "model_a": "m1", "model_b": 2},
            {"prompt": "Hi", "chosen": "A"},
            {"chosen": None, "rejected": "B"},
        ),
    )
    (one,) = good
    assert (one.input, one.left, one.right, one.output) == ("Hi", "A", "B", None)
    assert (one.left_variant, one.right_variant) == ("m1", "2")
    assert bad == {2: ("right", "is missing"), 3: ("left", "is missing")}


def test_a_spreadsheet_with_gold_and_a_models_opinion(tmp_path):
    good, bad = of_file(
        single(TWO),
        tmp_path / "sheet.csv",
        "Prompt,Response,Gold:good,prelabel:is-polite,confidence:is-polite,Stratum,inclusion_probability\n"
        "a,b,TRUE,1.0,0.25,long,0.5\n"
        "c,d,,,,,\n"
        "e,f,maybe,,,,\n"
        "g,h,no,,0.9,,\n"
        "i,j,no,yes,1.5,,\n"
        "k,l,,,,,nan\n"
        "m,n,,,,,0\n",
    )
    first, second = good
    assert (first.gold, first.stratum, first.inclusion_probability) == ({"good": "yes"}, "long", 0.5)
    assert first.prelabels == (GivenPrelabel("is-Polite", "yes", 0.25),)
    assert (second.gold, second.prelabels, second.metadata) == ({}, (), None)
    assert bad == {
        4: ("gold:good", "must be yes or no"),
        5: ("confidence:is-Polite", "belongs to no pre-label"),
        6: ("confidence:is-Polite", "must be a number from 0 to 1"),
        7: ("inclusion_probability", "must be a number above 0, at most 1"),
        8: ("inclusion_probability", "must be a number above 0, at most 1"),
    }


def test_cells_that_are_json(tmp_path):
    rows = [
        "input;gold;prelabels;metadata",
        '"[{""role"": ""user""}]";"{""good"": ""no""}";"[{""answer"": true, ""rater"": ""m""}]";"{""a"": 1}"',
        "x;0;;",
        "x;;yes;",
        "x;;;[1]",
        "x;{oops;;",
    ]
    good, bad = of_file(single(), tmp_path / "a.csv", "\n".join(rows))
    first, second = good
    assert (first.input, first.gold, first.metadata) == ([{"role": "user"}], {"good": "no"}, {"a": 1})
    assert first.prelabels == (GivenPrelabel("good", "yes", None, "m"),)
    assert second.gold == {"good": "no"}
    assert {line: field for line, (field, _) in bad.items()} == {
        4: "prelabels",
        5: "metadata",
        6: "gold:good",
    }


def test_keys_of_a_file_with_a_questions_name(tmp_path):
    record = {"left": "a", "right": "b", "gold:better": "A", "prelabel:better": "both bad"}
    good, bad = of_file(pairs(), tmp_path / "a.jsonl", lines({**record, "confidence:better": None}))
    assert bad == {}
    assert good[0].gold == {"better": "left"}
    assert good[0].prelabels == (GivenPrelabel("better", "both_bad"),)
    assert good[0].metadata is None


def test_what_is_not_of_this_kind_of_queue_becomes_metadata(tmp_path):
    good, _ = of_file(single(), tmp_path / "a.jsonl", lines({"input": "x", "left": "a", "gold:other": "no"}))
    assert good[0].metadata == {"left": "a", "gold:other": "no"}


def test_questions_that_differ_in_case_only_keep_their_own_columns(tmp_path):
    reader = single({"good": "binary", "Good": "binary"})
    good, _ = of_file(reader, tmp_path / "a.csv", "input,gold:Good,gold:good\nx,no,yes\n")
    assert good[0].gold == {"good": "yes", "Good": "no"}


# --- items that a program sends ------------------------------------------------------------------

ITEM = {"external_id": "a", "input": "x"}


def test_a_program_says_everything():
    found = sent(
        single(TWO, from_file=False),
        {
            **ITEM,
            "output": {"text": "y"},
            "context": ["doc"],
            "gold": {"good": "yes", "is-Polite": None},
            "prelabels": [
                {"question": "good", "answer": "no", "confidence": 0.5, "rater": " rule-1 "},
                {"question": "is-Polite", "answer": "yes"},
            ],
            "reason": "often wrong",
            "inclusion_probability": 1,
        },
        index=4,
    )
    assert (found.index, found.output, found.context) == (4, {"text": "y"}, ["doc"])
    assert found.gold == {"good": "yes"}
    assert found.prelabels == (
        GivenPrelabel("good", "no", 0.5, "rule-1"),
        GivenPrelabel("is-Polite", "yes"),
    )
    assert (found.reason, found.inclusion_probability) == ("often wrong", 1)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"external_id": None}, "external_id", "is missing"),
        ({"external_id": ""}, "external_id", "1 to 256"),
        ({"input": 3}, "input", "must be text, a list"),
        ({"metadata": []}, "metadata", "must be an object"),
        ({"reason": "x" * 201}, "reason", "at most 200"),
        ({"stratum": ["x"]}, "stratum", "at most 200"),
        ({"error": 1}, "error", "must be text"),
        ({"inclusion_probability": 0}, "inclusion_probability", "above 0"),
        ({"inclusion_probability": 1.01}, "inclusion_probability", "above 0"),
        ({"gold": "yes"}, "gold", "must be an object"),
        ({"gold": {"good": True}}, "gold:good", "must be yes or no"),
        ({"gold": {"good": "skip"}}, "gold:good", "must be yes or no"),
        ({"gold": {"better": "yes"}}, "gold", "names no question of this queue: better"),
        ({"prelabels": {"good": "yes"}}, "prelabels", "must be a list"),
        ({"prelabels": [{"question": "good"}]}, "prelabels", "must be a list"),
        ({"prelabels": [{"answer": "yes"}]}, "prelabels", "several"),
        ({"prelabels": [{"question": "good", "answer": "yes", "confidence": 2}]}, "prelabels", "0 to 1"),
        ({"prelabels": [{"question": "good", "answer": "yes"}] * 2}, "prelabel:good", "twice"),
        ({"prelabels": [{"question": "x", "answer": "yes"}]}, "prelabels", "no question"),
        ({"input": [[[]]] * 3, "output": "x" * 3000}, None, "larger than 2000 bytes"),
        ({"input": [[[[[[]]]]]]}, None, "deeper than 5"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(change, field, words):
    reader = single(TWO, from_file=False, limits=Limits(2000, 5))
    found = refused(reader, {**ITEM, **change})
    assert found[0] == field
    assert words in found[1]


def test_a_field_twice_is_refused_also_in_disguise():
    for twice in (b'{"input": "a", "input": "b"}', b'{"left": "a", "left": "b"}'):
        reader = single() if b"input" in twice else pairs()
        assert refused(reader, twice)[1] == "is given twice"
    disguised = b'{"external_id": "a", "input": "x", "gold:good": "yes", "gold\\u003agood": "no"}'
    assert refused(single(), disguised) == ("gold:good", "is given twice")
    both = {**ITEM, "gold": {"good": "yes"}, "gold:good": "no"}
    assert refused(single(), both) == ("gold:good", "is given twice")


def test_what_cannot_be_stored_is_repaired_and_counted():
    found = sent(
        single(), b'{"external_id": "\\u0000", "input": "\\ud800x", "reason": "\\udfff", "\\u0000": 1}'
    )
    assert (found.external_id, found.input, found.reason) == ("\ufffd", "\ufffdx", "\ufffd")
    assert (found.metadata, found.repaired) == ({"\ufffd": 1}, 4)


@pytest.mark.parametrize(
    "line",
    [
        b'{"prompt": "hi \\ud800"}',
        b'{"prompt": "hi", "\\udfff": 1}',
        b'{"prompt": "hi", "a": {"\\u0000": 1}}',
    ],
)
def test_a_line_in_the_words_of_another_tool_is_repaired_as_well(tmp_path, line):
    good, bad = of_file(single(), tmp_path / "a.jsonl", line)
    assert bad == {}
    assert good[0].input.startswith("hi")
    assert good[0].repaired == 1


def test_half_a_pair_in_a_csv_is_repaired_too(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("input,n\ud800\nhi \ud800,\0\n".encode("utf-7", "surrogatepass"))
    shape = files.look(path, kind="csv", encoding="utf-7")
    (row,) = [row for row, _ in files.rows(path, shape, record_bytes=1000)]
    found = single().of_row(row, {"input": "input"}, shape.columns)
    assert (found.input, found.metadata, found.repaired) == ("hi \ufffd", {"n\ufffd": "\ufffd"}, 2)


def test_the_answers_are_those_of_the_database():
    assert ANSWERS.keys() == set(QueueKind.values)
    assert {answer for some in ANSWERS.values() for answer in some} == {*Answer.values} - {"skip", "undo"}


def test_the_schema_of_an_item_names_its_fields():
    for reader, field in ((single(from_file=False), "output"), (pairs(from_file=False), "left")):
        schema = reader.json_schema()
        assert field in schema["properties"]
        assert "external_id" in schema["required"]
        json.dumps(schema)


# --- labels --------------------------------------------------------------------------------------


def test_labels_of_a_crowd(tmp_path):
    good, bad = of_file(
        LabelReader(ONE, LIMITS),
        tmp_path / "labels.csv",
        "item_id,label,annotator,created_at,duration_ms,comment\n"
        "a,Yes,Rosa,2026-11-20 18:30,900,odd\n"
        "b,0, Ravi ,1795858200,,\n"
        "c,skip,Rosa,,,\n"
        "d,left,Rosa,,,\n"
        "e,yes,,,,\n"
        ",yes,Rosa,,,\n"
        "f,yes,Rosa,yesterday,,\n"
        "g,yes,Rosa,,1.5,\n",
    )
    assert [(one.external_id, one.question, one.answer, one.rater, one.rater_kind) for one in good] == [
        ("a", "good", "yes", "Rosa", "human"),
        ("b", "good", "no", "Ravi", "human"),
        ("c", "good", "skip", "Rosa", "human"),
    ]
    assert (good[0].created_at, good[0].ms, good[0].note) == (
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        900,
        "odd",
    )
    assert (good[1].created_at, good[2].created_at) == (datetime.fromtimestamp(1795858200, UTC), None)
    assert {line: field for line, (field, _) in bad.items()} == {
        5: "answer",
        6: "rater",
        7: "external_id",
        8: "created_at",
        9: "ms",
    }


def test_labels_of_several_questions_and_of_models(tmp_path):
    label = {"external_id": "a", "answer": "b", "rater": "m-1", "rater_kind": "llm"}
    good, bad = of_file(
        LabelReader({"better": "pairwise", "good": "binary"}, LIMITS),
        tmp_path / "labels.jsonl",
        lines(
            {**label, "question": "better"},
            label,
            {**label, "question": "worse"},
            {**label, "question": "good"},
            {**label, "question": "better", "rater_kind": "robot"},
        ),
    )
    assert [(one.question, one.answer, one.rater_kind) for one in good] == [("better", "right", "llm")]
    assert bad == {
        2: ("question", "does not say which question: the queue has several"),
        3: ("question", "names no question of this queue: worse"),
        4: ("answer", "must be yes or no"),
        5: ("rater_kind", "must be human, llm, model or rule"),
    }


def test_a_time_without_a_zone_needs_one_to_be_known():
    label = {"external_id": "a", "answer": "yes", "rater": "R", "created_at": "2026-11-20T09:30:00"}
    assert "no time zone" in refused(LabelReader(ONE, Limits()), label)[1]


# --- whatever the bytes --------------------------------------------------------------------------

QUICK = settings(max_examples=100)
FIELDS = [
    *pairs().vocabulary.fields,
    *single(TWO).vocabulary.fields,
    *LabelReader(ONE, LIMITS).vocabulary.fields,
]
READERS: list[Any] = [single(), single(TWO), single(TWO, from_file=False), pairs(), pairs(from_file=False)]
READERS += [single({}), LabelReader(ONE, LIMITS), LabelReader({**TWO, **BETTER}, Limits(), from_file=False)]

texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    [
        "\0",
        "\ud800",
        "\udfff",
        "\\u0000",
        "yes",
        "left",
        "good",
        "better",
        "1" * 5000,
        "nan",
        "1e999",
        "[",
        "{",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
prelabel = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("question", "answer", "confidence", "rater"), values)
)
records = st.dictionaries(
    st.sampled_from(FIELDS) | texts, values | st.lists(prelabel, max_size=3), max_size=8
)


def outcome(read) -> None:
    """Something that PostgreSQL can hold, or BadRecord; nothing else."""
    try:
        found = read()
    except BadRecord as bad:
        json.dumps(bad.values)
        return
    for field in found.__slots__:
        value = getattr(found, field)
        if isinstance(value, (str, list, dict)):
            written = json.dumps(value, ensure_ascii=False, allow_nan=False)
            written.encode()
            assert "\\u0000" not in written.replace("\\\\", "")


@QUICK
@given(st.sampled_from(READERS), st.binary(max_size=300))
def test_any_bytes_get_an_answer(reader, line):
    outcome(lambda: reader.of_json(1, line))
    outcome(lambda: reader.of_row(Row(1, line, None), {}, ()))


@QUICK
@given(st.sampled_from(READERS), records, st.dictionaries(st.sampled_from(FIELDS), texts, max_size=3))
def test_any_object_gets_an_answer(reader, record, mapping):
    line = json.dumps(record).encode()
    outcome(lambda: reader.of_json(1, line))
    outcome(lambda: reader.of_row(Row(1, line, None), mapping, list(record)[:2]))


csv_texts = texts.map(lambda text: files.SURROGATE.sub("\0", text))


@QUICK
@given(st.sampled_from(READERS), st.dictionaries(st.sampled_from(FIELDS) | csv_texts, csv_texts, max_size=8))
def test_any_cells_get_an_answer(reader, cells):
    row = Row(1, b"[]", cells)
    outcome(lambda: reader.of_row(row, reader.vocabulary.guess(cells), tuple(cells)))


@QUICK
@given(st.sampled_from(READERS), st.lists(texts, max_size=8))
def test_a_guess_names_each_column_once(reader, columns):
    found = reader.vocabulary.guess(columns)
    assert set(found) <= set(reader.vocabulary.fields)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(columns)


@QUICK
@given(values)
def test_payloads_come_out_as_they_went_in(value):
    try:
        line = json.dumps({"external_id": "a", "input": {"value": value}}, allow_nan=False).encode()
    except ValueError:
        return
    try:
        found = sent(single(), line)
    except BadRecord:
        return  # a number beyond what can be held
    if not found.repaired:
        assert found.input == {"value": value}


def test_hostile_shapes_take_no_long_time():
    many = b",".join(b'{"question":"good","answer":"yes"}' for _ in range(25_000))
    shapes = [
        b'{"input":"' + b"\\ud800" * 170_000 + b'"}',
        b'{"input":' + b"[" * 500_000 + b"}",
        b'{"prelabels":' + b"[" * 500_000 + b"}",
        b'{"gold":' + b'{"good":' * 100_000 + b"}",
        b"{" + b'"a":1,' * 170_000 + b'"input":""}',
        b'{"input":"x","prelabels":[' + many + b"]}",
        b'{"input":"x","gold":{' + b",".join(b'"q%d":"yes"' % n for n in range(60_000)) + b"}}",
        b'{"input":"x","gold":{"good":"' + b"a" * 900_000 + b'"}}',
        b'{"external_id":' + b"9" * 900_000 + b"}",
        b'{"inclusion_probability":' + b"9" * 900_000 + b"}",
    ]
    for line in shapes:
        for reader in READERS:
            with at_most(2.0, what=line[:40]):
                outcome(lambda reader=reader, line=line: reader.of_json(1, line))
