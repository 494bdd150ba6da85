"""Conversations with calls of tools: carried where a format has a place for them, else left out and counted."""

import json
from pathlib import Path

import pytest

from annotator.ways_out import folder, lines, messages, options, provenance, tools
from annotator.ways_out.model import EMPTY, NOT_TEXT, TOOL_CALLS, TOOL_SHAPE, Written
from annotator.ways_out.registry import get
from tests.annotator.ways_out.ground import ABOUT, demonstration, pair, rated, told
from tests.annotator.ways_out.talks import (
    ANTHROPIC,
    CALL,
    NUMBER,
    ORDER,
    TELEMETRY,
    TOOL,
    answered,
    called,
)

ASKED = {"role": "user", "content": "Where is my order 17?"}
SAID = "It was sent on Monday."


def line(key: str, row, **given) -> dict:
    """The one line that a row gives; formats that want ten get it ten times."""
    rows = [row] * get(key).least
    found, written = told(get(key), rows, **given)
    assert written.dropped == {}
    return found[0]


def why(key: str, row, **given) -> dict[str, int]:
    """What the row is left out for."""
    form = get(key)
    plan, written = form.plan(options.read(form, given), lambda: [row]), Written()
    list(lines.records(form, plan, lambda: [row], "train", written))
    return dict(written.dropped)


@pytest.mark.parametrize("logged", [ORDER, ANTHROPIC, TELEMETRY])
def test_three_services_log_the_same_talk(logged):
    system, user, call, result = messages.prompt(logged, calls=True)

    assert (system["content"], user["content"]) == ("Be brief.", "Where is my order 17?")
    assert call["tool_calls"][0]["id"] == "c1"
    assert tools.arguments_of(call["tool_calls"][0]) == {"number": 17}
    assert result == answered("sent\u2028<b>Monday</b>", name="order")
    assert messages.prompt(logged) == TOOL_CALLS


def test_text_of_telemetry_is_text_without_any_tools_too():
    """Its parts have their text under `content`; before, all of its conversations were left out."""
    assert messages.prompt(TELEMETRY[:2]) == [{"role": "system", "content": "Be brief."}, ASKED]
    assert messages.as_text([TELEMETRY[1]]) == "Where is my order 17?"


def test_parts_without_a_message_around_them_are_one():
    parts = [{"type": "text", "text": "Sent"}, {"type": "text", "text": "on Monday."}]

    assert messages.answer(parts) == [{"role": "assistant", "content": "Sent\non Monday."}]
    assert messages.prompt(parts) == [{"role": "user", "content": "Sent\non Monday."}]
    assert messages.prompt([*parts, {"type": "image", "source": {"data": "AAAA"}}]) == NOT_TEXT
    for data in ([{"type": "row", "text": "x"}], [{"type": "text", "size": 7}]):
        assert messages.answer(data)[0]["content"] == json.dumps(data, separators=(",", ":"))


def test_tools_are_read_in_the_shapes_of_two_services():
    assert tools.offered(ORDER) == tools.offered(ANTHROPIC) == ([TOOL], 0)
    assert tools.offered({"messages": [], "tools": [{"type": "web_search", "name": "web"}, TOOL]}) == (
        [TOOL],
        1,
    )
    assert tools.offered("text") == tools.offered({"tools": [TOOL]}) == ([], 0)


def test_calls_without_ids_get_their_number_and_answers_follow():
    talk = [
        ASKED,
        {"role": "assistant", "content": "", "function_call": {"name": "order", "arguments": NUMBER}},
        {"role": "function", "name": "order", "content": "sent"},
    ]

    found = messages.prompt(talk, calls=True)

    assert found[1]["tool_calls"][0]["id"] == found[2]["tool_call_id"] == "call_1"
    again = messages.answer([called("refund", "", call="")], calls=True, before=1)
    assert again[0]["tool_calls"][0] == {
        "id": "call_2",
        "type": "function",
        "function": {"name": "refund", "arguments": "{}"},
    }


def test_two_calls_side_by_side_are_told_apart_by_name():
    both = {
        **called("order", {}, call=""),
        "tool_calls": [
            {"function": {"name": "order", "arguments": {}}},
            {"function": {"name": "stock", "arguments": {}}},
        ],
    }
    talk = [
        ASKED,
        both,
        {"role": "tool", "name": "stock", "content": "3"},
        {"role": "tool", "content": "sent"},
    ]

    found = messages.prompt(talk, calls=True)

    assert [(one["name"], one["tool_call_id"]) for one in found[2:]] == [
        ("stock", "call_2"),
        ("order", "call_1"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        [ASKED, answered("sent")],  # nobody called
        [ASKED, called("order", {}), answered("sent", call="c2")],
        [ASKED, called("order", {}), ASKED],  # never answered
        [ASKED, called("order", "{broken"), answered("sent")],
        [ASKED, called("order", "[17]"), answered("sent")],
        [ASKED, called(" ", {}), answered("sent")],
        [ASKED, called("order", {}), answered("a"), called("order", {}), answered("b")],  # one id twice
        [ASKED, {**called("order", {}), "role": "user"}, answered("a")],
        [ASKED, {"role": "assistant", "content": "", "tool_calls": "order"}, answered("a")],
    ],
)
def test_what_services_would_refuse_is_left_out(broken):
    assert messages.prompt(broken, calls=True) == TOOL_SHAPE


def test_a_tool_that_answers_with_a_picture_is_no_text():
    talk = [
        ASKED,
        called("order", {}),
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "image", "source": {}}]}
            ],
        },
    ]

    assert messages.prompt(talk, calls=True) == messages.prompt(talk) == NOT_TEXT


def test_an_answer_may_go_through_tools_and_ends_with_the_assistant():
    run = [called("order", NUMBER), answered("sent"), {"role": "assistant", "content": SAID}]

    assert [one["role"] for one in messages.answer(run, calls=True)] == ["assistant", "tool", "assistant"]
    assert messages.answer(run[:2], calls=True) == NOT_TEXT
    assert messages.answer([CALL], calls=True) == [CALL]
    assert messages.answer([called("order", {}), {"role": "assistant", "content": " "}], calls=True) == EMPTY


# --- the formats -----------------------------------------------------------------------------


def test_trl_has_arguments_as_objects_and_tools_as_json():
    made = line("trl-sft", rated(True, SAID, input=ORDER), tools=True)

    assert list(made) == ["messages", "tools"]
    assert made["messages"][2]["tool_calls"][0]["function"] == {"name": "order", "arguments": {"number": 17}}
    assert made["messages"][3] == answered("sent\u2028<b>Monday</b>", name="order")
    assert json.loads(made["tools"]) == [TOOL]
    without = line("trl-sft", rated(True, SAID), tools=True)
    assert without == {**line("trl-sft", rated(True, SAID)), "tools": "null"}


@pytest.mark.parametrize("key", ["trl-sft", "trl-prompt-completion", "trl-kto", "trl-prompts", "axolotl-sft"])
def test_where_tools_were_not_asked_for_the_option_is_named(key):
    assert why(key, rated(True, SAID, input=ORDER)) == {"tools_off": 1}
    assert why(key, rated(True, SAID, input=ORDER), tools=True) == {}


def test_answers_that_are_calls_are_compared():
    pairs = pair("left", input=ORDER, left=[CALL], right=SAID)

    made = line("trl-preference", pairs, tools=True)

    assert made["chosen"][0]["tool_calls"][0]["function"]["arguments"] == {"sum": {"eur": 5}}
    assert made["rejected"] == [{"role": "assistant", "content": SAID}]
    assert why("trl-preference", pairs, plain=True, tools=True) == {"tool_calls": 1}
    assert why("axolotl-dpo", pairs) == {"tool_calls": 1}
    kto = line("trl-kto", rated(False, [CALL], input=ORDER), tools=True)
    assert (kto["label"], kto["completion"][0]["content"]) == (False, "Let me look.")


def test_the_same_answer_to_other_tools_is_no_conflict():
    other = {**ORDER, "tools": []}
    rows = [rated(True, SAID, input=ORDER), rated(False, SAID, input=other), rated(False, SAID, input=other)]

    assert len(told(get("trl-kto"), rows, tools=True)[0]) == 3


def test_rows_with_calls_come_first_and_what_says_where_they_are_from_beside_them(tmp_path):
    """`datasets` guesses types from the first lines, and breaks off at a call ten megabytes later."""
    rows = [rated(True, "one"), rated(True, SAID, input=ORDER), rated(True, "two"), rated(True, [CALL])]
    form = get("axolotl-sft")
    chosen = options.read(form, {"tools": True})

    told = folder.write(form, {"train": lambda: rows}, tmp_path, chosen, ABOUT)

    found = read(tmp_path / "train.jsonl")
    assert [one["messages"][-1]["content"] for one in found] == [SAID, "Let me look.", "one", "two"]
    assert told["counts"]["items"] == 4
    beside = read(tmp_path / "provenance.train.jsonl")
    assert [one["row"] for one in beside] == [rows[n].key for n in (1, 3, 0, 2)]
    names, plan = provenance.Pseudonyms(), form.plan(chosen, lambda: rows)
    streamed = b"".join(provenance.stream(form, plan, lambda: rows, "train", names))
    assert [json.loads(one)["row"] for one in streamed.split(b"\n")[:-1]] == [one["row"] for one in beside]


def read(path: Path) -> list[dict]:
    return [json.loads(one) for one in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_chat_lines_are_as_the_service_has_them():
    made = line("chat-jsonl", rated(True, [CALL], input=ORDER))

    assert list(made) == ["messages", "tools", "parallel_tool_calls"]
    assert made["messages"][2]["tool_calls"][0]["function"]["arguments"] == NUMBER
    assert made["messages"][3] == answered("sent\u2028<b>Monday</b>")
    assert made["messages"][4] == CALL
    weighed = line("chat-jsonl", rated(True, SAID, input=ORDER), last_only=True)["messages"]
    assert [one.get("weight") for one in weighed] == [None, None, 0, None, 1]
    preferred = line("preference-jsonl", pair("left", input=ORDER, left=[CALL], right=SAID))
    assert (list(preferred["input"]), preferred["preferred_output"]) == (list(made), [CALL])
    run = [
        called("refund", "{}", call="c2"),
        answered("ok", call="c2"),
        {"role": "assistant", "content": SAID},
    ]
    assert why("preference-jsonl", pair("left", input=ORDER, left=run, right=SAID)) == {"several": 1}


def test_llama_factory_has_calls_and_observations():
    made = line("llama-factory-sft", rated(True, SAID, input=ORDER))

    assert [turn["from"] for turn in made["conversations"]] == [
        "system",
        "human",
        "function_call",
        "observation",
        "gpt",
    ]
    assert json.loads(made["conversations"][2]["value"]) == {"name": "order", "arguments": {"number": 17}}
    assert json.loads(made["tools"]) == [TOOL["function"]]
    preferred = line("llama-factory-preference", pair("left", input=ORDER, left=[CALL], right=SAID))
    assert preferred["chosen"] == {
        "from": "function_call",
        "value": 'Let me look.<tool_call>{"name":"refund","arguments":{"sum":{"eur":5}}}</tool_call>',
    }
    tagged = {**CALL, "content": "I write <tool_call> now."}
    assert why("llama-factory-sft", rated(True, [tagged], input=ORDER)) == {"tagged": 1}
    inside = line("llama-factory-sft", rated(True, [called("say", {"x": "</tool_call>"})], input="Say it"))
    assert "<" not in inside["conversations"][1]["value"]
    assert json.loads(inside["conversations"][1]["value"])["arguments"] == {"x": "</tool_call>"}


def test_inspect_has_calls_in_the_input_and_text_for_a_target():
    made = line("inspect", rated(True, SAID, input=ORDER))

    assert made["input"][2]["tool_calls"] == [
        {"id": "c1", "function": "order", "arguments": {"number": 17}, "type": "function"}
    ]
    assert made["input"][3]["function"] == "order"
    assert why("inspect", rated(True, [CALL], input=ORDER)) == {"tool_answer": 1}


@pytest.mark.parametrize("key", ["axolotl-dpo", "axolotl-reward", "axolotl-kto"])
def test_a_format_without_a_place_for_calls_leaves_them_out(key):
    assert why(key, demonstration(SAID, "No idea.", input=ORDER)) == {"tool_calls": 1}


def test_tools_that_nobody_called_are_told_of_where_lines_do_not_name_them():
    """A model that is shown no tools learns to do without; it was offered some."""
    idle = {"messages": [ASKED], "tools": [TOOL]}
    search = {"messages": [ASKED], "tools": [{"type": "web_search"}]}
    rows = [rated(True, SAID, input=idle), rated(True, SAID, input=search), rated(True, SAID)]

    assert told(get("trl-sft"), rows)[1].tools_unsaid == 2
    assert told(get("trl-sft"), rows, tools=True)[1].tools_unsaid == 1
    assert told(get("axolotl-kto"), [rated(True, SAID, input=idle)])[1].tools_unsaid == 1


@pytest.mark.parametrize("kind", [{"is": "text"}, ["text"], 7])
def test_a_part_or_tool_of_no_kind_leaves_one_row_out_and_stops_no_export(kind):
    odd = [{"role": "user", "content": [{"type": kind, "text": "Hello"}]}]
    offers = {"messages": [ASKED], "tools": [{"type": kind, "name": "order"}]}
    rows = [rated(True, SAID, input=odd), rated(True, SAID, input=offers), rated(True, SAID)]

    written = told(get("trl-sft"), rows)[1]

    assert (dict(written.dropped), written.lines, written.tools_unsaid) == ({"not_text": 1}, 2, 1)
