"""Whatever a conversation holds, each file that has a line of it is read back as that conversation.

The readers are strict: JSON with a key twice or a number that is none, or a CSV with a loose quote, is no file. Each
consumer's own reader sees the same in `tests/consumers`.
"""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.datasets.content import Row
from annotator.ways_out import lines, options
from annotator.ways_out.formats.classification import FORMULA
from annotator.ways_out.lines import encoder_for
from annotator.ways_out.model import Written
from annotator.ways_out.registry import get
from tests.annotator.ways_out.ground import rated, sent
from tests.annotator.ways_out.talks import TOOL, answered, called

AWKWARD = [
    "",
    " ",
    "\u2028",
    "\u2029\x85\x0b\x0c\x1c",
    "\r\n",
    "\r",
    "\n\n",
    "=1+1",
    "@SUM(A1)",
    '"',
    '""",',
    "\\ud800",
    "\\u0000",
    "\x7f\x01",
    "</tool_call>",
    "\ufeff",
    "한 👩‍👩‍👧",
    "long " * 40_000,
]
# A lone surrogate and NUL are no text that the database holds; within the JSON text of arguments they may be written.
said = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
arguments = st.dictionaries(
    said, st.one_of(said, st.integers(), st.booleans(), st.none(), st.lists(said)), max_size=3
)


@st.composite
def talks(draw) -> list[dict[str, Any]]:
    """From a system's text, if any, to the assistant's last word, which may be a call."""
    made: list[dict[str, Any]] = []
    if draw(st.booleans()):
        made.append({"role": "system", "content": draw(said)})
    for turn in range(draw(st.integers(1, 3))):
        made.append({"role": "user", "content": draw(said)})
        for call in range(draw(st.integers(0, 2))):
            made.append(called("find", json.dumps(draw(arguments)), f"c{turn}.{call}", draw(said)))
            made.append(answered(draw(said), f"c{turn}.{call}", name="find"))
        made.append({"role": "assistant", "content": draw(said)})
    if draw(st.booleans()):
        made[-1] = called("find", json.dumps(draw(arguments)), "last", draw(said))
    return made


def strict(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), "a key twice"
        return dict(pairs)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=refuse)


def lines_of(key: str, row: Row, **given: Any) -> list[dict[str, Any]]:
    """What a strict reader has of the file's bytes; few lines are fine, and each row is counted."""
    form = get(key)
    plan, written = form.plan(options.read(form, given), lambda: [row]), Written()
    encoder, data = encoder_for(form.encoding, plan), bytearray()
    for _row, record in lines.records(form, plan, lambda: [row], "train", written):
        encoder.add(record, data)
    assert written.items == written.written + written.dropped.total() == 1
    return [strict(line) for line in data.decode("utf-8", "strict").split("\n")[:-1]]


def as_written(message: dict[str, Any]) -> dict[str, Any]:
    """In the shape of `talks`, whichever a format has it in; arguments as objects."""
    if "from" in message:  # LLaMA-Factory
        role = {"human": "user", "gpt": "assistant", "observation": "tool"}.get(
            message["from"], message["from"]
        )
        if role != "function_call":
            return {"role": role, "content": message["value"]}
        before, tag, inside = message["value"].partition("<tool_call>")
        one = json.loads(inside.removesuffix("</tool_call>") if tag else before)
        return {
            "role": "assistant",
            "content": before if tag else "",
            "calls": [(one["name"], one["arguments"])],
        }
    found = {"role": message["role"], "content": message["content"]}
    calls = [call.get("function", call) for call in message.get("tool_calls", ())]
    if not calls:
        return found
    if isinstance(calls[0], str):  # Inspect
        return {**found, "calls": [(call["function"], call["arguments"]) for call in message["tool_calls"]]}
    read = [(call["name"], call["arguments"]) for call in calls]
    return {**found, "calls": [(name, strict(one) if isinstance(one, str) else one) for name, one in read]}


def whole(line: dict[str, Any]) -> list[dict[str, Any]]:
    """All messages of a line, the answer last."""
    if "target" in line:
        return [*line["input"], {"role": "assistant", "content": line["target"]}]
    if "prompt" in line:
        return [*line["prompt"], *line.get("completion", ())]
    return list(line.get("messages", line.get("conversations")))


def talk_of(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [as_written(message) for message in whole(line)]


TALKS = {
    "trl-sft": {"tools": True},
    "trl-prompt-completion": {"tools": True},
    "trl-kto": {"tools": True},
    "axolotl-sft": {"tools": True},
    "chat-jsonl": {},
    "llama-factory-sft": {},
    "llama-factory-kto": {},
    "inspect": {},
}
some = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@some
@given(talks(), st.booleans())
def test_a_conversation_comes_back_whole_or_is_counted_as_left_out(talk, offered):
    row = rated(True, talk[-1:], input={"messages": talk[:-1], **({"tools": [TOOL]} if offered else {})})
    expected = [as_written(message) for message in talk]
    blank = not talk[-2]["content"].strip() or not (talk[-1]["content"].strip() or "tool_calls" in talk[-1])

    for key, chosen in TALKS.items():
        found = lines_of(key, row, **chosen)
        if blank:
            assert found == [], key
        elif "llama" in key:  # words that are blank before a call have no place there, and tags in them none
            assert found == [] or [_trimmed(one) for one in talk_of(found[0])] == list(
                map(_trimmed, expected)
            ), key
        elif key == "inspect" and "tool_calls" in talk[-1]:
            assert found == []
        else:
            assert talk_of(found[0]) == expected, key
        if found and key not in ("inspect",) and offered:
            [tool] = (
                found[0]["tools"] if isinstance(found[0]["tools"], list) else json.loads(found[0]["tools"])
            )
            assert tool.get("function", tool) == TOOL["function"]


def _trimmed(message: dict[str, Any]) -> dict[str, Any]:
    return {
        **message,
        "content": message["content"] if message["content"].strip() or "calls" not in message else "",
    }


@pytest.mark.parametrize(
    "text", ['{"x": "\\ud800"}', '{"x": NaN}', '{"x": 1e999}', '{"x": 1} {}', "\ufeff{}"]
)
def test_arguments_that_no_strict_reader_takes_are_left_out(text):
    """The model wrote them; a line with them would break the file of all others."""
    row = rated(True, "Sent.", input=[{"role": "user", "content": "?"}, called("find", text), answered("x")])

    for key, chosen in TALKS.items():
        assert lines_of(key, row, **chosen) == [], key


def test_numbers_in_arguments_stay_to_the_last_digit():
    text = '{"n": 123456789012345678901234567890, "d": 0.1, "none": null}'
    row = rated(True, "Sent.", input=[{"role": "user", "content": "?"}, called("find", text), answered("x")])

    for key, chosen in TALKS.items():
        assert talk_of(lines_of(key, row, **chosen)[0])[1]["calls"] == [("find", json.loads(text))], key


def table_of(data: bytes) -> list[list[str]]:
    """As Python's own reader has it, with the limit raised that the README tells of."""
    before = csv.field_size_limit(10**9)
    try:
        return list(csv.reader(io.StringIO(data.decode("utf-8", "strict"), newline=""), strict=True))
    finally:
        csv.field_size_limit(before)


def test_a_long_cell_wants_the_limit_raised_that_the_readme_tells_of():
    data, _ = sent(get("classification-csv"), [rated(None, "long " * 40_000)])

    before = csv.field_size_limit(131_072)  # as Python comes: reading uploads raises it for the whole process
    try:
        with pytest.raises(csv.Error, match="field limit"):
            list(csv.reader(io.StringIO(data.decode())))
    finally:
        csv.field_size_limit(before)
    assert len(table_of(data)[1][0]) == 200_000
    assert "csv.field_size_limit" in get("classification-csv").how_to_load


@some
@given(st.lists(st.tuples(said, said), min_size=1, max_size=4))
def test_a_table_has_the_cells_of_the_lines(cells):
    rows = [rated(None, text, answers={"resolved": label}) for text, label in cells]
    if not any(text.strip() and label for text, label in cells):
        return

    data, _ = sent(get("classification-csv"), rows)
    again, _ = sent(get("classification-jsonl"), rows)

    head, *table = table_of(data)
    assert head == ["text", "label"]
    assert table == [[line["text"], line["label"]] for line in map(strict, again.decode().split("\n")[:-1])]


@some
@given(st.lists(said, min_size=1, max_size=4))
def test_a_guarded_table_has_no_cell_that_a_spreadsheet_runs(found):
    rows = [rated(None, text, answers={"resolved": "=yes"}) for text in ["fine", *found]]

    data, _ = sent(get("classification-csv"), rows, spreadsheet=True)

    for cells in table_of(data)[1:]:
        assert not any(cell.startswith(FORMULA) for cell in cells)
        assert cells[1] == "'=yes"
