"""What the features say of rows: worked examples."""

import json

import pytest

from drift.structure.feature import OTHER
from drift.structure.features.languages import language, script
from drift.structure.features.typos import unknown
from drift.structure.registry import FEATURES
from drift.structure.rows import Row, Text, asked
from tests.drift.rows import measured, row


def test_every_feature_has_its_key_its_side_and_a_least_change():
    for key, feature in FEATURES.items():
        assert key == feature.key
        assert key.split(".")[0] == feature.side
        assert len(key.split(".", 1)[1]) <= 40
        assert feature.least > 0
    assert len(FEATURES) >= 35


@pytest.mark.parametrize(
    "nasty",
    [
        None,
        "",
        " \n\t ",
        "\ufffd" * 50,
        "a" * 300_000,
        "[" * 100_000,
        "{" * 50 + "}" * 50,
        "🙂" * 100,
        {"messages": "no list"},
        {"messages": [{"role": None, "content": None}, 3, None]},
        [[[]]],
        [1, "x", {"role": "user", "content": [{"type": "tool_result"}, 7]}],
        {"tool_calls": 5},
        12,
        True,
    ],
)
def test_nothing_that_is_logged_breaks_a_feature(nasty):
    one = Row("a", 0.0, Text(asked(nasty, {})), nasty, nasty, came_with={})
    for feature in FEATURES.values():
        value = feature.measure(one)
        assert value is None or isinstance(value, (bool, int, float, str))


@pytest.mark.parametrize(
    ("sent", "rule", "text"),
    [
        ("hello\n\nthere", {}, "hello\n\nthere"),
        ([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], {}, "a"),
        ({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]}, {}, "a"),
        (
            [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
            {"kind": "conversation"},
            "a\nb",
        ),
        ({"question": {"text": "q"}, "id": 7}, {"kind": "field", "path": "question.text"}, "q"),
        ({"turns": ["a", "b"]}, {"kind": "field", "path": "turns.-1"}, "b"),
        ("plain", {"kind": "field", "path": "no.where"}, "plain"),
    ],
)
def test_the_text_that_is_looked_at_follows_the_rule(sent, rule, text):
    assert asked(sent, rule) == text


def test_length_in_characters_tokens_and_turns():
    assert measured("input.length", asked="four") == 4
    assert measured("input.tokens", input_tokens=7) == 7
    assert measured("input.tokens_estimated", asked="x" * 40) == 10  # a quarter of what is ASCII
    assert measured("input.tokens_estimated", asked="환불") == 2
    assert measured("input.tokens_estimated", input_tokens=7) is None  # logged ones are not estimated
    assert measured("input.turns", sent=[{"role": "user"}, {"role": "assistant"}, {"role": "user"}]) == 3
    assert measured("input.turns", sent="no chat") is None


def test_empty_failed_and_cut_off():
    assert measured("input.empty", asked=" \n") is True
    assert measured("output.empty", answered="") is True
    assert measured("output.empty", answered=None) is None  # that is a failure, and counted once
    assert measured("output.failed", answered=None) is True
    assert measured("output.failed", error="timeout") is True
    assert measured("output.failed") is False
    assert measured("output.cut_off", finish_reason="length") is True
    assert measured("output.cut_off", finish_reason="stop") is False
    assert measured("output.cut_off") is None


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("죄송하지만 그 요청은 도와드릴 수 없습니다.", True),
        ("It is on its way.", False),
        ("주문은 내일 도착합니다.", False),
    ],
)
def test_refusals_in_english_and_korean(text, refuses):
    assert measured("output.refusal", answered=text) is refuses


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"b": 1, "a": "x"}', "object: a text, b number"),
        ('```json\n{"a": [1]}\n```', "object: a list"),
        ('[{"a": true}, {"a": false}]', "list of objects: a yes/no"),
        ("[1, 2]", "list of numbers"),
        ('[1, "a"]', "list"),
        ("{}", "object"),
        ('{"a": 1,', "broken"),
        ("[see above] yes", "text"),
        ("plain", "text"),
    ],
)
def test_json_by_its_shape(text, shape):
    assert measured("output.json", answered=text) == shape


def test_an_object_that_was_logged_as_such_has_its_shape():
    assert (
        measured("output.json", answered={"answer": "x", "score": 2}) == "object: answer text, score number"
    )
    assert measured("output.json", answered={"role": "assistant", "content": "hi"}) == "text"


@pytest.mark.parametrize(
    ("text", "casing"),
    [
        ("where is it", "lower"),
        ("Where is it", "sentence"),
        ("WHERE IS IT", "upper"),
        ("is It", "other"),
        ("환불", None),
    ],
)
def test_capitals(text, casing):
    assert measured("input.casing", asked=text) == casing


def test_punctuation_and_how_a_text_ends():
    assert measured("input.punctuation", asked="ab, cd.") == pytest.approx(2 / 6)
    assert measured("input.end_mark", asked='He said "no!" ') is True
    assert measured("input.end_mark", asked="where is it") is False
    assert measured("input.end_mark", asked="어디에 있나요。") is True


@pytest.mark.parametrize(
    ("text", "code", "written_in"),
    [
        ("where is the order that I made", "en", "latin"),
        ("Wie kann ich mein Passwort ändern?", "de", "latin"),
        ("¿Dónde está mi pedido?", "es", "latin"),
        ("Où est ma commande", "fr", "latin"),
        ("환불은 어떻게 받을 수 있나요?", "ko", "hangul"),
        ("カードをなくしました", "ja", "kana"),
        ("ok", "unsure", "latin"),
        ("12345 !!", "none", "none"),
        ("refund 환불 부탁드립니다", "ko", "mixed"),
    ],
)
def test_language_and_script(text, code, written_in):
    assert language(Text(text)) == code
    assert script(Text(text)) == written_in


def test_a_language_is_told_alike_every_time():
    text = "Kan du fortelle meg hvor pakken min er blitt av i dag"
    assert len({language(Text(text)) for _ in range(5)}) == 1


def test_words_in_no_dictionary():
    assert unknown(Text("where is the order that you sent")) == 0
    assert unknown(Text("where is the ordre that you snet yesterday")) == pytest.approx(2 / 5)
    assert unknown(Text("Wo ist die Bestellung, die ich gestern gemacht habe?")) == 0
    assert unknown(Text("환불은 어떻게 받을 수 있나요?")) is None  # there is no list


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("```\nx\n```", True),
        ("def f(x):\n    return x", True),
        ("for (;;) {\n}", True),
        ("Please return it; I wait.", False),
        (json.dumps({"a": 1}, indent=1), False),
    ],
)
def test_code(text, has):
    assert measured("input.code", asked=text) is has


def test_links():
    assert measured("output.links", answered="See https://example.org/a") is True
    assert measured("output.links", answered="See http and www") is False


def test_texts_with_one_beginning_share_a_prefix_and_its_text_is_not_kept():
    template = "Answer briefly, in the tone of our brand. Question: "
    one, two = (measured("input.prefix", asked=template + end) for end in ("where is it", "what is it"))
    assert one == two
    assert one != measured("input.prefix", asked="Where is the order that I made yesterday evening at home?")
    assert "answer" not in one
    assert measured("input.prefix", asked="too short for one") == OTHER


@pytest.mark.parametrize(
    ("answered", "calls"),
    [
        ({"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": {}}, {"id": "2"}]}, 2),
        ([{"type": "text", "text": "a"}, {"type": "tool_use", "name": "f", "input": {}}], 1),
        ({"candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}}]}, 1),
        ("none", 0),
    ],
)
def test_calls_of_tools(answered, calls):
    assert measured("output.tools", answered=answered) is (calls > 0)
    assert measured("output.tool_calls", answered=answered) == (calls or None)


def test_results_of_tools_in_what_was_asked():
    assert FEATURES["input.tool_results"].measure(row(sent=[{"role": "tool", "content": "x"}])) is True
    assert FEATURES["input.tool_results"].measure(row(sent="text")) is None
