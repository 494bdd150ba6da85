"""Every format: what its consumer takes, whatever the texts are. No database."""

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.datasets.content import Row
from annotator.ways_out import lines, options
from annotator.ways_out.model import REASONS, Drop, Format, Refused, TooFew, Written, WrongSplit
from annotator.ways_out.registry import formats, get
from tests.annotator.ways_out.checkers import CHECKERS
from tests.annotator.ways_out.ground import HOSTILE, LINES, demonstration, pair, rated, sent, told, world

STREAMS = [form for form in formats() if form.streams]
by_key = pytest.mark.parametrize("form", LINES, ids=lambda form: form.key)
streamed = pytest.mark.parametrize("form", STREAMS, ids=lambda form: form.key)


def test_each_format_of_lines_has_its_checker_and_no_key_is_there_twice():
    assert set(CHECKERS) == {form.key for form in LINES}
    assert len({form.key for form in formats()}) == len(formats())
    for form in formats():
        assert form.title
        assert form.words.endswith(".")
        assert form.takes
        assert options.read(form, {}) == {option.name: option.default for option in form.options}


def test_each_reason_has_words():
    from annotator.ways_out import model

    assert {one.reason for one in vars(model).values() if isinstance(one, Drop)} == set(REASONS)


@by_key
def test_hostile_texts_pass_the_strict_checker(form):
    found, written = told(form, world(HOSTILE))

    assert CHECKERS[form.key](found) == []
    assert len(found) == written.lines >= len(HOSTILE)
    assert all(list(line) == list(found[0]) for line in found)


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for one in inner for found in texts_in(one)]


CUT = {"hallucination-tokens", "hallucination-sentences", "inspect-choices"}  # hold parts, or a frame around


@by_key
def test_hostile_texts_come_out_as_they_went_in(form):
    if form.key in CUT:
        assert any("👩‍👩‍👧" in text or text == "👩" for text in texts_in(told(form, world(HOSTILE))[0]))
        return
    found = set(texts_in(told(form, world(HOSTILE))[0]))

    asked = [f"train {n}: {text}" for n, text in enumerate(HOSTILE)]
    missing = [
        text for n, text in enumerate(HOSTILE) if not found & {text, asked[n], f"{asked[n]}!", f"{asked[n]}?"}
    ]
    assert missing == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=12, max_size=16
    )
)
def test_any_text_passes_every_checker_or_is_counted_as_dropped(found):
    rows = world(found)
    for form in LINES:
        made = counted(form, rows)
        assert len(made) < form.least or CHECKERS[form.key](made) == [], form.key


def counted(form: Format, rows: list[Row]) -> list[dict]:
    """The lines, also where they are too few to go out; every row is counted either way."""
    plan, written = form.plan(options.read(form, {}), lambda: rows), Written()
    made = [record for _row, record in lines.records(form, plan, lambda: rows, "train", written)]
    assert written.items == written.written + written.dropped.total() == len(rows)
    return made


@streamed
def test_the_same_rows_give_the_same_bytes_in_utf8_with_line_ends(form):
    rows = world(["É 1", "É 2", "É 3", *"abcdefgh"])

    once, _ = sent(form, rows)

    assert sent(form, rows)[0] == once
    assert "É 1".encode() in once or form.key == "hallucination-tokens"
    assert not once.startswith(b"\xef\xbb\xbf")
    assert once.endswith(b"\n")


@streamed
def test_a_megabyte_of_text_is_one_line(form):
    long = "x " * 500_000
    if form.key.startswith("hallucination"):
        long = "x." * 1_000 + " y" * 1_000  # cut in thousands of pieces, not in half a million
    rows = world([long, *"abcdefghijk"])

    data, written = sent(form, rows)

    assert len(data) > len(long)
    if form.encoding == "jsonl":
        assert data.count(b"\n") == written.lines


@streamed
def test_rows_of_another_split_are_refused_in_every_file(form):
    rows = [*world(list("abcdefghijkl")), *world(["x"], "test")]

    with pytest.raises(WrongSplit, match="of the test split"):
        sent(form, rows)


@pytest.mark.parametrize("key", ["few-shot-text", "few-shot-json"])
def test_no_held_out_row_is_ever_an_example(key):
    for split in ("dev", "test"):
        with pytest.raises(WrongSplit, match="never go out"):
            sent(get(key), world(["a"], split), split)


@streamed
def test_an_export_of_nothing_is_refused_before_its_first_byte_with_the_reasons(form):
    rows = [pair("tie"), rated(None, "x", answers={}, question=""), demonstration(" ")]
    rows = [
        row for row in rows if form.key != "trl-prompts" and (row.kind, form.key) != ("rated", "promptfoo")
    ]
    plan = form.plan(options.read(form, {}), lambda: rows)

    with pytest.raises(TooFew) as refused:
        next(lines.stream(form, plan, lambda: rows, "train", Written()))

    assert refused.value.written.dropped.total() == len(rows)
    assert str(refused.value).startswith(f"0 lines came of {len(rows)} rows")


def test_nine_lines_are_too_few_for_chat_files():
    rows = [rated(True, input=f"q{n}") for n in range(10)]
    form = get("chat-jsonl")

    assert len(told(form, rows)[0]) == 10
    with pytest.raises(TooFew, match="9 lines came of 9 rows; 10 are needed"):
        told(form, rows[:9])


def test_the_first_chunk_comes_after_a_few_lines():
    form = get("trl-sft")
    taken = []

    def rows():
        for n in range(100_000):
            taken.append(n)
            yield rated(True, "An answer of some forty characters or so", input=f"q{n}")

    next(lines.stream(form, form.plan(options.read(form, {}), rows), rows, "train", Written()))

    assert len(taken) < 60


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"nope": 1}, "no option “nope”. Options: margin, voted, context, plain"),
        ({"margin": "9"}, "“9” is not one of: log_odds, share, none"),
        ({"context": "maybe"}, "context: say true or false"),
    ],
)
def test_options_that_make_no_sense_are_named(given, words):
    with pytest.raises(Refused, match=words):
        options.read(get("trl-reward"), given)


@pytest.mark.parametrize("given", ["", "x", "0", "1001", None])
def test_numbers_have_their_bounds(given):
    with pytest.raises(Refused, match="most: write a whole number from 1 to 1000"):
        options.read(get("few-shot-json"), {"most": given})
    assert options.read(get("few-shot-json"), {"most": " 7 ", "most_per_class": 2}) == {
        "most": 7,
        "most_per_class": 2,
    }


def test_refusals_are_said_in_other_languages():
    with pytest.raises(TooFew) as refused:
        told(get("trl-preference"), [pair("tie")])
    other = {
        "%(lines)s lines came of %(rows)s rows; %(least)s are needed.": "%(rows)s → %(lines)s < %(least)s"
    }
    other["A tie has no form in any trainer."] = "="
    assert refused.value.said(other.__getitem__) == "1 → 0 < 1 1: ="
    with pytest.raises(Refused) as refused:
        options.read(get("few-shot-json"), {"most": "x"})
    translated = {"%(name)s: write a whole number from %(low)s to %(high)s.": "%(name)s: %(low)s–%(high)s"}
    assert refused.value.said(translated.__getitem__) == "most: 1–1000"


# --- CSV and few-shot --------------------------------------------------------------------------


def test_csv_reads_back_cell_by_cell():
    data, written = sent(get("classification-csv"), [rated(True, text) for text in HOSTILE])

    read = list(csv.reader(io.StringIO(data.decode(), newline="")))

    assert read == [["text", "label"], *([text, "yes"] for text in HOSTILE)]
    assert data.startswith(b"text,label\r\n")
    assert written.classes == {"yes": len(HOSTILE)}


def test_formulas_are_defused_only_when_asked():
    rows = [rated(True, text) for text in ("=1+1", "@x", "-1", "fine")]

    asked, _ = sent(get("classification-csv"), rows, spreadsheet=True)

    assert asked.decode().split() == ["text,label", "'=1+1,yes", "'@x,yes", "'-1,yes", "fine,yes"]


def test_a_column_for_each_question_of_a_chain():
    rows = [
        rated(True, "a", answers={"resolved": "yes", "polite": "no"}),
        rated(False, "b", answers={"resolved": "no"}),
    ]

    found, _ = told(get("classification-jsonl"), rows, labels="all")

    assert found == [
        {"text": "a", "label_polite": "no", "label_resolved": "yes"},
        {"text": "b", "label_polite": "", "label_resolved": "no"},
    ]


def test_few_shot_takes_right_answers_up_to_the_limits():
    rows = [
        demonstration("x", input="where is my card", value="card"),
        demonstration("x", input="card lost", value="card"),
        rated(False, "wrong", input="q"),
        rated(True, "right", input="q"),
        demonstration("</output> breaks out", input="q"),
    ]

    found, written = sent(get("few-shot-json"), rows, most_per_class=1)

    assert json.loads(found) == [
        {"input": "where is my card", "output": "card"},
        {"input": "q", "output": "right"},
        {"input": "q", "output": "</output> breaks out"},
    ]
    assert written.dropped == {"over_most": 1, "not_desirable": 1}
    text, written = sent(get("few-shot-text"), rows, most=2)
    assert text.decode() == (
        "<example>\n<input>\nwhere is my card\n</input>\n<output>\ncard\n</output>\n</example>\n\n"
        "<example>\n<input>\ncard lost\n</input>\n<output>\ncard\n</output>\n</example>\n"
    )
    assert written.dropped == {"delimiter": 1, "not_desirable": 1, "over_most": 1}
