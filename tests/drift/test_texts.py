"""Which text of an input is embedded."""

import pytest

from drift import texts
from drift.texts import BadRule, Counts, Made, Rule

CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Where is my order?"},
    {"role": "assistant", "content": "Which one?"},
    {"role": "user", "content": [{"type": "text", "text": "Number 17,\nplease."}, {"type": "image_url"}]},
]
LAST, WHOLE = Rule(), Rule("conversation")


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ("  Where is\n my order? ", "Where is my order?"),
        (CHAT, "Number 17, please."),
        ({"messages": CHAT, "system": "Be kind."}, "Number 17, please."),
        ({"role": "human", "content": "Hi"}, "Hi"),
        ([{"role": "USER", "parts": [{"type": "text", "content": "of OpenTelemetry"}]}], "of OpenTelemetry"),
        ([{"type": "text", "text": "a part alone"}], "a part alone"),
        ('[{"role": "user", "content": "JSON in a text"}]', "JSON in a text"),
        ("[not JSON", "[not JSON"),
        ("", ""),
        (None, ""),
        ([], ""),
    ],
)
def test_the_last_user_turn_in_the_usual_shapes(payload, text):
    assert texts.made(payload, LAST) == Made(text)


def test_answers_of_tools_are_not_what_the_user_said():
    """Anthropic's come in a message of the user."""
    answered = [
        *CHAT[:2],
        {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "find", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": "three rows"}]},
    ]
    assert texts.made(answered, LAST).text == "Where is my order?"
    assert texts.made(answered, WHOLE).text == "Where is my order?"


def test_a_conversation_is_read_from_its_end_without_instructions():
    assert texts.made(CHAT, WHOLE).text == "Number 17, please. Which one? Where is my order?"


def test_a_field_by_its_path():
    form = {"question": {"text": "How much?", "lang": "en"}, "rows": [{"q": "first"}, {"q": "last"}]}
    assert texts.made(form, Rule("field", "question.text")) == Made("How much?")
    assert texts.made(form, Rule("field", "rows.-1.q")) == Made("last")
    assert texts.made({"chat": CHAT}, Rule("field", "chat")) == Made("Number 17, please.")
    assert texts.made({"a": '{"b": "deep"}'}, Rule("field", "a.b")) == Made("deep")


@pytest.mark.parametrize("path", ["nothing", "rows.7.q", "rows.x", "question.text.more"])
def test_where_a_rule_finds_nothing_all_texts_stand_in_and_it_is_said(path):
    form = {"question": {"text": "How much?"}, "rows": [{"q": "first"}]}
    assert texts.made(form, Rule("field", path)) == Made("How much? first", fell_back=True)


def test_other_shapes_fall_back_and_are_counted_and_empty_ones_too():
    counts = Counts()
    for payload in ("a", {"prompt": "b"}, [1, "c"], "", " \n", None, [{"role": "assistant", "content": "d"}]):
        counts.add(texts.made(payload, LAST))
    assert (counts.read, counts.empty, counts.fell_back) == (7, 3, 3)


def test_a_long_text_costs_little_and_half_characters_are_no_error():
    assert len(texts.made("word " * 1_000_000, LAST).text) == texts.MOST
    assert texts.made("half \ud83d", LAST).text == "half ?"


def test_rules_are_read_and_have_one_spelling():
    assert texts.rule_of({}) == LAST
    assert texts.rule_of({"kind": "field", "path": " a . b "}).as_json() == {"kind": "field", "path": "a.b"}
    assert texts.rule_of({"kind": "conversation", "path": "ignored"}).as_json() == {"kind": "conversation"}
    for wrong, code in (
        ({"kind": "first"}, "kind"),
        ({"kind": ["field"]}, "kind"),
        ({"kind": "field"}, "path"),
        ({"kind": "field", "path": "a..b"}, "path"),
        ({"kind": "field", "path": ".".join("abcdefghijk")}, "path"),
        ({"kind": "field", "path": "a" * 201}, "path"),
    ):
        with pytest.raises(BadRule, match=code):
            texts.rule_of(wrong)


def test_a_key_is_of_the_words():
    assert texts.key_of("Where is  my Order?") == texts.key_of("where is my order?")
    assert texts.key_of("where is my order") != texts.key_of("where is my order?")
