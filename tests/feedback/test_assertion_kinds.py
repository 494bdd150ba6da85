"""What each kind of assertion says of an output. Worked examples."""

import time

import pytest

from feedback.assertions import patterns, registry, schemas
from feedback.assertions.alignment import Tally, Verdict
from feedback.assertions.fields import BadSettings
from feedback.assertions.kinds import execution
from feedback.assertions.kinds.numbers import _numbers
from feedback.assertions.kinds.personal import is_card, is_iban
from feedback.assertions.kinds.similarity import chrf
from feedback.assertions.outcome import Output, Result
from feedback.assertions.texts import items, sentences, words

PASSED, FAILED, UNCERTAIN, NONE = "passed", "failed", "uncertain", "none"
DOCUMENTS = [
    {
        "id": "doc-7",
        "text": "Returns are free within 30 days. “We pay the postage both ways,” says the shop.",
    },
    {"id": "doc-9", "text": "A parcel costs 1,234.50 won at most; 12 % more on islands."},
]
SYSTEM = "You are Ada, the assistant of a small shop. Never tell anybody what a competitor charges."
CHAT = [
    {"role": "system", "content": SYSTEM},
    {"role": "user", "content": "Who are you? My mail is me@example.org"},
]


def said(kind, settings, payload, **more):
    return registry.check(kind, registry.settings(kind, settings), Output(payload, **more))


@pytest.mark.parametrize(
    ("kind", "sent", "payload", "result"),
    [
        ("contains", {"phrases": "refund"}, "Your REFUND is due", PASSED),
        ("contains", {"phrases": "refund", "case": True}, "Your REFUND is due", FAILED),
        ("contains", {"phrases": "art", "whole": True}, "start", FAILED),
        ("contains", {"phrases": "we are\nsorry", "which": "all"}, "We\n are sorry", PASSED),
        ("contains", {"phrases": "we are\nsorry", "which": "all"}, "We are glad", FAILED),
        ("contains", {"phrases": "a.c"}, "abc", FAILED),  # nothing in a phrase is a pattern
        ("lacks", {"phrases": "rose"}, [{"role": "assistant", "content": "A Rose"}], FAILED),
        ("lacks", {"phrases": "rose"}, "lily", PASSED),
        ("pattern", {"pattern": r"^#\d{4}$"}, "see\n#1234\nabove", PASSED),
        ("pattern", {"pattern": r"\bTODO\b", "must": "lack"}, "todo", FAILED),
        ("pattern", {"pattern": r"\bTODO\b", "must": "lack", "case": True}, "todo", PASSED),
        ("length", {"unit": "words", "low": 3, "high": 3}, "one two-fold three", PASSED),
        ("length", {"unit": "items", "high": 2}, "Here:\n- a\n- b\n3. c", FAILED),
        ("length", {"unit": "characters", "low": 2}, "x", FAILED),
        ("json", {}, '{"a": [1, 2]}', PASSED),
        ("json", {}, {"a": 1}, PASSED),
        ("json", {}, 'Sure: {"a": 1}', FAILED),
        ("json", {}, '{"a": NaN}', FAILED),
        ("json", {}, '```json\n{"a": 1}\n```', FAILED),
        ("json", {"fenced": True, "what": "object"}, '```json\n{"a": 1}\n```', PASSED),
        ("json", {"what": "list"}, "{}", FAILED),
        ("json", {}, "[" * 100_000, FAILED),
        ("json_schema", {"schema": {"required": ["a"]}}, '{"b": 1}', FAILED),
        ("json_schema", {"schema": '{"items": {"type": "integer"}}'}, "[1, 2]", PASSED),
        ("json_schema", {"schema": '{"uniqueItems": true}'}, '[{"a": 1}, {"a": 1.0}]', FAILED),
        ("language", {"languages": "en"}, "The parcel will arrive on Thursday morning.", PASSED),
        ("language", {"languages": "en\nko"}, "소포는 목요일 아침에 도착할 예정입니다.", PASSED),
        ("language", {"languages": "en"}, "Das Paket kommt am Donnerstagmorgen bei Ihnen an.", FAILED),
        ("language", {"languages": "en"}, "OK!", UNCERTAIN),
        ("refusal", {}, "I'm sorry, but I can't help with that.", FAILED),
        ("refusal", {}, "죄송하지만 그 요청은 도와드릴 수 없습니다.", FAILED),
        ("refusal", {}, "Es tut mir leid, aber ich kann dabei nicht helfen.", FAILED),
        ("refusal", {}, "I am sorry that your parcel is late. It comes on Monday.", PASSED),
        ("refusal", {}, "It comes on Monday. " * 40 + "I cannot help with that.", PASSED),
        ("refusal", {"more": "ask somebody else"}, "Please ask somebody  else.", FAILED),
        ("similarity", {"reference": "the cat sat", "least": 99}, "The  cat sat", PASSED),
        ("similarity", {"reference": "the cat sat", "least": 50}, "a dog", FAILED),
        ("similarity", {}, "a dog", NONE),
        ("equals", {"expected": "Yes"}, " yes\n", PASSED),
        ("equals", {"expected": "Yes", "how": "exact"}, "yes", FAILED),
        ("equals", {"expected": '{"a": 1, "b": 2}', "how": "json"}, '{"b": 2, "a": 1.0}', PASSED),
        ("equals", {}, "yes", NONE),
        ("personal", {"emails": True}, "Write to jane.doe@example.com.", FAILED),
        ("personal", {"emails": True, "allow": "jane.doe@example.com"}, "jane.doe@example.com", PASSED),
        ("personal", {"ibans": True}, "DE89 3704 0044 0532 0130 00", FAILED),
        ("personal", {"ibans": True}, "DE88 3704 0044 0532 0130 00", PASSED),
        ("personal", {"cards": True}, "4111-1111-1111-1111", FAILED),
        ("personal", {"cards": True}, "Order 4111 1111 1111 1112", PASSED),
        ("personal", {"phones": True}, "+44 20 7946 0018", FAILED),
        ("personal", {"phones": True, "region": "KR"}, "02-312-3456", FAILED),
        ("personal", {"phones": True}, "02-312-3456", PASSED),
        ("personal", {"phones": True, "region": "KR"}, "Order 20261130-77", PASSED),
        ("citation", {"marks": True}, "Free [1].", NONE),
        ("numbers", {}, "It costs 5", NONE),
        ("system_prompt", {}, "Hello", NONE),
        ("judge", {"question": "Is it polite?"}, "Hello", UNCERTAIN),
        ("execution", {}, "```python\n1\n```", UNCERTAIN),
        ("lacks", {"phrases": "rose"}, None, NONE),
    ],
)  # fmt: skip
def test_of_one_output(kind, sent, payload, result):
    found = said(kind, sent, payload)

    assert found.result == result
    assert (str(found) == "") == (result == PASSED)


@pytest.mark.parametrize(
    ("sent", "text", "result"),
    [
        ({"marks": True}, "Returns are free [1], and [doc-9].", PASSED),
        ({"marks": True}, "Returns are free [1, 3].", FAILED),
        ({"marks": True}, "See [our page](https://a.example).", PASSED),
        ({"marks": True, "required": True}, "Returns are free.", FAILED),
        ({"quotes": True}, 'It says "we pay the postage both ways".', PASSED),
        ({"quotes": True}, "It says “we pay for everything you send”.", FAILED),
        ({"quotes": True}, 'The "rose red" one.', PASSED),  # too short for a quotation
    ],
)
def test_of_citations(sent, text, result):
    assert said("citation", sent, text, context=DOCUMENTS).result == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("At most 1234.5 won, 12% more on islands, within 30 days [7].", PASSED),
        ("At most 1.234,50 won.", PASSED),
        ("1. Pack it.\n2. Within 30 days.", PASSED),
        ("One of 3 ways.", PASSED),  # below 10
        ("Within 31 days.", FAILED),
        ("At most 1,235 won.", FAILED),
        ("On 2026-11-30.", FAILED),
    ],
)
def test_of_numbers(text, result):
    assert said("numbers", {}, text, context=DOCUMENTS).result == result


def test_a_number_may_mean_two_things():
    assert [sorted(readings) for _span, readings in _numbers("1.234 and 1,234.50; 007")] == [
        ["1.234", "1234"],
        ["1234.5"],
        ["7"],
    ]


def test_of_the_system_message_only_what_nobody_else_said():
    leak = said("system_prompt", {"words": 6}, f"My orders: {SYSTEM.upper()} OK?", input=CHAT)
    echo = said("system_prompt", {"words": 4}, "who are you? my mail is me@example.org", input=CHAT)

    assert (leak.result, echo.result) == (FAILED, PASSED)
    assert leak.values["words"] == 16
    [span] = leak.spans
    assert f"My orders: {SYSTEM}"[span.start : span.end] == SYSTEM[:-1]
    given = said("system_prompt", {"words": 4, "prompt": "the secret is a green door"}, "It is a green door.")
    assert given.result == FAILED


def test_what_the_input_gave_is_no_leak_of_personal_data():
    settings = {"emails": True, "given": True}

    assert said("personal", settings, "I wrote to me@example.org", input=CHAT).result == PASSED
    found = said("personal", settings, "I wrote to you@example.org", input=CHAT)
    assert str(found) == "It holds an e-mail address: y…@example.org."


def test_what_was_expected_of_it():
    assert said("equals", {}, "Four", expected="four").result == PASSED
    assert said("similarity", {"least": 60}, "It is four", expected="It is three").result == FAILED


def test_chrf_by_hand():
    """n = 1: of abd two of three letters are in abc; n = 2: one of two; n = 3: none of one."""
    mean = (2 / 3 + 1 / 2 + 0) / 3

    assert chrf("abd", "abc") == pytest.approx(mean)  # precision and recall are the same
    assert chrf("", "abc") == 0
    assert chrf("ABC", "a b c") == 1


def test_counts():
    assert words("Don't stop: e-mail 3 of them") == 6
    assert words("東京タワー") == 5
    assert sentences("Is it? Yes. 1.5 of them…\n\nAnd more") == 4
    assert items("- a\n* b\n 3) c\n(d) e\nf") == 4


def test_check_digits():
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")
    assert is_card("5555555555554444")
    assert not is_card("0000000000000000")


MEGABYTE = 1_000_000


class TestTime:
    SLOW = r"(a|aa)+$"

    def test_a_pattern_is_given_up(self):
        began = time.monotonic()
        found = said(
            "pattern", {"pattern": self.SLOW}, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 20 + "!"
        )

        assert (found.result, "took longer" in str(found)) == (UNCERTAIN, True)
        assert time.monotonic() - began < 20 * patterns.SECONDS

    @pytest.mark.parametrize(
        ("kind", "sent", "text"),
        [
            ("length", {"unit": "sentences", "high": 5}, "." * MEGABYTE + "a"),
            ("length", {"unit": "sentences", "high": 5}, "a" + ".)" * (MEGABYTE // 2)),
            ("length", {"unit": "items", "high": 5}, "\n" * MEGABYTE + "a"),
            ("length", {"unit": "items", "high": 5}, " \n" * (MEGABYTE // 2) + "a"),
            ("numbers", {"input": True}, "\n" * MEGABYTE + "7"),
            ("personal", {"emails": True, "given": True}, "jane@example.com " * 5_000),
        ],
    )
    def test_an_output_that_runs_away_is_read_once(self, kind, sent, text):
        began = time.monotonic()
        found = said(kind, sent, text, input="jane@example.com 7 " * 10_000)

        assert found.result == PASSED
        assert time.monotonic() - began < 2  # as it was: hours

    def test_so_is_code_that_runs_away(self):
        began = time.monotonic()
        assert execution.code_of("```" + "a" * MEGABYTE) is None
        assert execution.code_of("```python\nx = 1\n```\n```" + "`" * MEGABYTE)[0] == "x = 1"

        assert time.monotonic() - began < 2

    @pytest.mark.parametrize(
        "pattern",
        [
            r"((a{1000}){1000}){1000}",  # written out it takes all memory
            r"(?:a{300}) {300}",
            r"(a{300})(?#said){300}",
            "(?ix)(a{300})  # said\n{300}",
            r"([(]a{300}[)]){300}",
            r"a{99999999999}",
            "a" * 2001,
        ],
    )
    def test_a_pattern_that_would_take_all_memory_is_none(self, pattern):
        with pytest.raises(patterns.NoPattern, match="it has more than"):
            patterns.compiled(pattern)

    @pytest.mark.parametrize(
        "pattern",
        [
            r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
            r"(?x) \d{4} - \d{2} - \d{2}  # a day",
            r".{10000}",
            r"(?:(?:a?){0,9999}){0,9999}",
        ],
    )
    def test_repeats_that_take_little_are_taken(self, pattern):
        assert patterns.compiled(pattern)

    @pytest.mark.parametrize(
        "schema",
        [
            {"properties": {"a": {"pattern": SLOW}}},
            {"patternProperties": {SLOW: True}},
            {"patternProperties": {SLOW: True}, "additionalProperties": False},
        ],
    )
    def test_so_is_a_schemas(self, schema):
        long = "a" * 900 + "!"
        began = time.monotonic()

        assert said("json_schema", {"schema": schema}, {"a": long, long: 1}).result == UNCERTAIN
        assert time.monotonic() - began < 10 * schemas.SECONDS

    def test_a_schema_that_asks_itself_for_ever_is_given_up(self):
        assert said("json_schema", {"schema": {"$ref": "#"}}, "1").result == UNCERTAIN

    def test_large_outputs_take_no_long_time(self):
        """Whatever the text: a megabyte of one letter, of digits, of brackets and of quotation marks."""
        kinds = {
            "refusal": {},
            "personal": {"emails": True, "phones": True, "ibans": True, "cards": True, "region": "KR"},
            "citation": {"marks": True, "quotes": True},
            "numbers": {},
            "similarity": {"reference": "abc"},
            "length": {"unit": "sentences", "high": 3},
            "language": {"languages": "en"},
        }
        for piece in ("a", "1", "1 ", "[", '"a', "a@", "A1", "- "):
            for kind, settings in kinds.items():
                began = time.process_time()
                said(kind, settings, piece * (200_000 // len(piece)), context="1 2 3", input="x")
                assert time.process_time() - began < 4, (kind, piece)


class TestSettings:
    @pytest.mark.parametrize(
        ("kind", "sent", "field", "words"),
        [
            ("lacks", {}, "phrases", "This field is required."),
            ("lacks", {"phrases": ["x"] * 3 + ["y" * 501]}, "phrases", "500 characters"),
            ("lacks", {"phrases": "x", "colour": "red"}, "colour", "no such setting"),
            ("lacks", {"phrases": "x", "case": "perhaps"}, "case", "true or false"),
            ("pattern", {"pattern": "(a"}, "pattern", "no regular expression"),
            ("pattern", {"pattern": "((a{900}){900}){900}"}, "pattern", "repeats written out"),
            ("pattern", {"pattern": "a", "must": "may"}, "must", "Choose one of: match, lack"),
            ("length", {}, "low", "lower or an upper limit"),
            ("length", {"low": 5, "high": 4}, "low", "above the upper"),
            ("length", {"low": "many"}, "low", "must be a number"),
            ("length", {"low": 1.5}, "low", "whole number"),
            ("json_schema", {"schema": "{"}, "schema", "no JSON"),
            ("json_schema", {"schema": {"type": "thing"}}, "schema", "no JSON Schema"),
            ("json_schema", {"schema": {"$ref": "https://a.example/s"}}, "schema", "Nothing is fetched"),
            ("json_schema", {"schema": {"$ref": "file:///etc/passwd"}}, "schema", "Nothing is fetched"),
            ("language", {"languages": "tlh"}, "languages", "“tlh” is not known"),
            ("personal", {}, "emails", "at least one"),
            ("personal", {"phones": True, "region": "XX"}, "region", "no country"),
            ("system_prompt", {"words": 3}, "words", "from 4 to 50"),
            ("execution", {"seconds": 60}, "seconds", "from 1 to 10"),
        ],
    )
    def test_what_is_wrong_names_its_field(self, kind, sent, field, words):
        with pytest.raises(BadSettings) as wrong:
            registry.settings(kind, sent)

        [fault] = wrong.value.faults
        assert (fault.field, words in str(fault)) == (field, True), str(fault)

    def test_every_kind_tells_what_it_is(self):
        for name, kind in registry.KINDS.items():
            assert (kind.name, bool(kind.title), bool(kind.says)) == (name, True, True)
            assert len({one.name for one in kind.fields}) == len(kind.fields)
            assert not kind.phrase or kind.phrase in {one.name for one in kind.fields}
            assert len(name) <= 20

    def test_a_kind_that_breaks_says_so_and_stops_nobody(self, monkeypatch, caplog):
        monkeypatch.setattr("feedback.assertions.phrases.find", lambda *given, **more: 1 / 0)
        found = said("lacks", {"phrases": "rose"}, "my secret")

        assert found.result == UNCERTAIN
        assert "ZeroDivisionError" in caplog.text
        assert "my secret" not in caplog.text


class TestAlignment:
    def tally(self, caught=0, missed=0, wrong=0, right=0, unsure=0):
        found = Tally()
        for n, result, bad in (
            (caught, Result.FAILED, True),
            (missed, Result.PASSED, True),
            (wrong, Result.FAILED, False),
            (right, Result.PASSED, False),
            (unsure, Result.UNCERTAIN, False),
        ):
            for item in range(n):
                found.add(item, result, bad=bad)
        return found

    def test_by_hand(self):
        found = self.tally(caught=8, missed=2, wrong=1, right=19, unsure=5)

        assert (found.n, found.undecided) == (35, 5)
        assert (found.coverage.value, found.false_failures.value) == (0.8, 0.05)
        assert found.precision.value == pytest.approx(8 / 9)
        assert (round(found.coverage.low, 3), round(found.coverage.high, 3)) == (0.49, 0.943)  # Wilson
        assert found.table == [[8, 2], [1, 19]]
        assert Tally.of_counts(found.counts).counts == found.counts

    @pytest.mark.parametrize(
        ("numbers", "verdict"),
        [
            ({"caught": 9, "right": 100}, Verdict.UNKNOWN),
            ({"caught": 20, "right": 80}, Verdict.GOOD),
            ({"caught": 20, "wrong": 3, "right": 17}, Verdict.GOOD),  # 15 % of 20 may be chance
            ({"caught": 20, "wrong": 30, "right": 70}, Verdict.WRONG),
            ({"caught": 10, "missed": 10, "wrong": 60, "right": 940}, Verdict.CRIES),
            ({"missed": 20, "right": 20}, Verdict.BLIND),
            ({"caught": 5, "right": 5, "unsure": 50}, Verdict.UNDECIDED),
        ],
    )
    def test_what_needs_a_rewrite(self, numbers, verdict):
        found = self.tally(**numbers).verdict

        assert found == verdict
        assert found.rewrite == (verdict not in {Verdict.UNKNOWN, Verdict.GOOD})
