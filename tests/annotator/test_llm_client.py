"""Asking a language model, through the provider's real library and a real HTTP server."""

import logging
import time
import traceback

import anthropic
import pytest

from annotator.llm import client, failures, prices
from annotator.llm.asks import Block, Tokens
from tests import pace
from tests import provider as said
from tests.annotator.talking import SCHEMA, Talk, ask
from tests.provider import KEY

CANARY = "canary-text-7d31"


@pytest.fixture
def talk(provider) -> Talk:
    return Talk(provider)


# --- what is sent --------------------------------------------------------------------------------


def test_an_answer_comes_with_what_it_cost_and_what_gave_it(provider, talk):
    provider.says(said.value({"fruit": "pear"}, model="claude-haiku-5-5-20261007"))

    answer = talk.ask()

    assert answer.value == {"fruit": "pear"}
    assert answer.model == "claude-haiku-5-5-20261007"
    assert answer.tokens == Tokens(input=100, output=20)
    assert answer.cost == 100 * 100 + 20 * 500  # $0.10 and $0.50 a million tokens
    assert answer.stop_reason == "end_turn"
    assert answer.request_id == "req_011"
    assert talk.purse.settled == [("answered", answer.cost, answer.tokens)]


def test_the_request_says_what_the_provider_needs_and_no_more(provider, talk):
    provider.says(said.value({"fruit": "pear"}))
    talk.ask()

    sent = provider.last
    assert sent.path == "/v1/messages"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers["anthropic-version"]
    assert "traceparent" not in sent.headers
    assert sent.body == {
        "model": "claude-haiku-5-5",
        "max_tokens": 50,
        "system": [{"type": "text", "text": "Answer."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "text",
                        "text": "Which fruit is it?",
                        "cache_control": {"type": "ephemeral"},
                    },
                    {"type": "text", "text": "A green one."},
                ],
            }
        ],
        "thinking": {"type": "disabled"},
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
    }


@pytest.mark.parametrize("model", prices.MODELS)
def test_each_model_is_told_not_to_think_long_in_its_own_way(provider, talk, model):
    provider.says(said.value({"fruit": "pear"}))
    talk.ask(ask(model=model))

    sent = provider.last.body
    known = prices.MODELS[model]
    assert sent["model"] == model
    assert sent["output_config"]["effort"] == "low"
    assert sent.get("thinking") == known.options.get("thinking")
    assert sent["max_tokens"] == 50 + known.thinking


def test_text_without_a_schema_comes_back_as_it_is(provider, talk):
    provider.says(said.text("A pear, {{7*7}} %(x)s {0.__class__}."))

    answer = talk.ask(ask(schema=None))

    assert answer.text == "A pear, {{7*7}} %(x)s {0.__class__}."
    assert answer.value is None
    assert "format" not in provider.last.body["output_config"]


def test_what_the_model_thought_first_is_no_part_of_the_answer(provider, talk):
    content = [
        {"type": "thinking", "thinking": "", "signature": "x"},
        {"type": "text", "text": '{"fruit": '},
        {"type": "text", "text": '"apple"}'},
    ]
    provider.says(said.text("", content=content))

    assert talk.ask().value == {"fruit": "apple"}


def test_tokens_read_from_the_cache_and_written_to_it_have_their_own_prices(provider, talk):
    usage = {"cache_read_input_tokens": 4_000, "cache_creation_input_tokens": 1_000}
    provider.says(said.value({"fruit": "pear"}, usage=usage))

    answer = talk.ask()

    assert answer.tokens == Tokens(100, 20, cache_read=4_000, cache_write=1_000)
    assert answer.cost == 100 * 100 + 20 * 500 + 4_000 * 10 + 1_000 * 125


def test_a_long_prompt_has_the_prices_of_long_prompts():
    haiku = prices.MODELS["claude-haiku-5-5"]
    assert haiku.cost(Tokens(input=60_000, cache_read=40_000, output=10)) == 6_000_000 + 400_000 + 5_000
    assert haiku.cost(Tokens(input=60_000, cache_read=40_001, output=10)) == 30_000_000 + 2_000_050 + 25_000


def test_what_is_held_is_more_than_any_answer_to_it_costs():
    one = ask("é" * 1_000)
    haiku = prices.MODELS["claude-haiku-5-5"]
    assert haiku.worst(one) > haiku.cost(Tokens(cache_write=2_000, output=50))


def test_the_provider_s_library_understands_our_schemas():
    """What it would change before sending is what the provider does not take."""
    assert anthropic.transform_schema(SCHEMA) == SCHEMA


# --- when there is no answer ---------------------------------------------------------------------

ONCE = {
    "a refusal": (said.refusal(), failures.Refused, 20_000),
    "a truncated answer": (said.truncated(), failures.Truncated, 20_000),
    "no JSON": (said.text("I think it is a pear."), failures.Malformed, 20_000),
    "broken JSON": (said.text('{"fruit": "pea'), failures.Malformed, 20_000),
    "nothing at all": (said.text(""), failures.Malformed, 20_000),
    "another end": (said.text("{}", stop="tool_use"), failures.Malformed, 20_000),
    "a page": (said.raw(b"<html>hello</html>", kind="text/html"), failures.Malformed, None),
    "a body that is no JSON": (said.raw(b'{"id": '), failures.Malformed, None),
    "a body that is no message": (said.raw(b'{"hello": 1}'), failures.Malformed, None),
    "a list": (said.raw(b"[1, 2]"), failures.Malformed, None),
    "counts that are none": (said.text("{}", usage={"input_tokens": "many"}), failures.Malformed, None),
    "400": (said.error(400), failures.Rejected, 0),
    "401": (said.error(401), failures.Unauthorised, 0),
    "403": (said.error(403), failures.Unauthorised, 0),
    "404": (said.error(404), failures.Rejected, 0),
    "413": (said.error(413), failures.Rejected, 0),
    "a redirect": (said.raw(b"", status=307, location="http://127.0.0.1:1/"), failures.Rejected, 0),
}


@pytest.mark.parametrize("case", ONCE)
def test_what_another_try_would_not_change_is_not_tried_again(provider, talk, case):
    line, failure, cost = ONCE[case]
    provider.always = line

    with pytest.raises(failure):
        talk.ask()

    assert len(provider.sent) == 1
    assert talk.waited == []
    assert [(outcome, spent) for outcome, spent, _ in talk.purse.settled] == [(failure.kind, cost)]


AGAIN = {
    "429": (said.error(429), 0),
    "500": (said.error(500), 0),
    "529": (said.error(529), 0),
    "a broken line": (said.hang_up, None),
    "a body cut off": (said.cut_off, None),
}


@pytest.mark.parametrize("case", AGAIN)
def test_what_may_pass_is_tried_again(provider, talk, case):
    line, cost = AGAIN[case]
    provider.says(line, line, said.value({"fruit": "apple"}))

    assert talk.ask().value == {"fruit": "apple"}

    assert len(provider.sent) == 3
    assert 0.125 <= talk.waited[0] <= 0.25
    assert 0.25 <= talk.waited[1] <= 0.5
    assert [spent for _, spent, _ in talk.purse.settled] == [cost, cost, 20_000]


def test_after_four_tries_it_is_given_up(provider, talk):
    provider.always = said.error(529)
    with pytest.raises(failures.Overloaded):
        talk.ask()
    assert len(provider.sent) == client.MOST_TRIES
    assert talk.outcomes == ["overloaded"] * 4


def test_the_wait_that_the_provider_asks_for_is_kept_to(provider, talk):
    provider.says(said.error(429, retry_after="2"), said.value({"fruit": "pear"}))
    talk.ask()
    assert talk.waited == [2.0]


@pytest.mark.parametrize("wait", ["600", "Wed, 21 Oct 2026 07:28:00 GMT", "-3", "9" * 400])
def test_a_wait_beyond_the_deadline_is_not_waited_for_and_nonsense_is_none(provider, talk, wait):
    provider.always = said.error(429, retry_after=wait)
    with pytest.raises(failures.Overloaded):
        talk.ask()
    assert len(provider.sent) == (1 if wait == "600" else client.MOST_TRIES)
    assert all(pause < 10 for pause in talk.waited)


def test_a_provider_that_is_not_there_costs_nothing(talk):
    gone = Talk(said.Provider(url="http://127.0.0.1:9"))
    with pytest.raises(failures.Unreachable):
        gone.ask()
    assert [cost for _, cost, _ in gone.purse.settled] == [0] * client.MOST_TRIES


@pytest.mark.parametrize("line", [said.silence, said.dripping, said.dripping_headers])
def test_an_answer_that_does_not_come_is_late_and_may_have_cost_all(provider, talk, line):
    provider.always = line
    began = time.monotonic()
    with pytest.raises(failures.Late):
        talk.ask(seconds=0.3)
    assert time.monotonic() - began < pace.allowed(2)
    assert [(outcome, cost) for outcome, cost, _ in talk.purse.settled] == [("late", None)]
    assert len(provider.sent) == 1


def test_an_error_of_our_own_is_raised_where_the_answer_is_waited_for(talk, capfd, monkeypatch):
    """Not printed by the thread that it happened in: it may hold texts."""

    def broken(*_) -> None:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr("annotator.llm.sdk.send", broken)
    with pytest.raises(ZeroDivisionError):
        talk.ask()
    assert CANARY not in capfd.readouterr().err


def test_an_answer_without_end_is_not_read_to_its_end(provider, talk):
    provider.always = said.raw(b" " * (5 * 1024 * 1024))
    with pytest.raises(failures.Failure):
        talk.ask()


def test_without_time_nobody_is_asked(provider, talk):
    with pytest.raises(failures.Late):
        talk.ask(seconds=0)
    assert provider.sent == []
    assert talk.purse.held == []


def test_without_money_nobody_is_asked(provider, talk):
    provider.always = said.error(529)
    talk.purse.full = 2
    with pytest.raises(failures.OverBudget):
        talk.ask()
    assert len(provider.sent) == 2


def test_each_try_holds_what_it_may_cost_at_most(provider, talk):
    provider.says(said.error(529), said.value({"fruit": "pear"}))
    talk.ask()
    assert talk.purse.held == [prices.MODELS["claude-haiku-5-5"].worst(ask())] * 2


@pytest.mark.parametrize("failure", failures.KINDS)
def test_each_failure_is_a_sentence(failure):
    assert failure.text.endswith(".")
    assert len({other.kind for other in failures.KINDS}) == len(failures.KINDS)
    assert str(failure(status=503, request_id="req_1")) == f"{failure.text} (HTTP 503, req_1)"
    assert str(failure(request_id="<b>\n")) == failure.text


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        said.error(400, KEY),
        said.error(401, KEY),
        said.error(529, KEY),
        said.cut_off,
        said.refusal(),
        said.raw(KEY.encode(), kind="text/plain"),
        said.text(f"{KEY} {CANARY}"),
    ],
)
def test_neither_the_key_nor_the_texts_are_in_logs_or_errors(provider, talk, line, caplog, monkeypatch):
    """Also where the log asks for everything, and the provider repeats what it was sent."""
    monkeypatch.setenv("ANTHROPIC_LOG", "debug")
    provider.always = line
    with caplog.at_level(logging.DEBUG), pytest.raises(failures.Failure) as caught:
        talk.ask(ask(CANARY))

    assert provider.last.headers["authorization"].endswith(KEY)
    told = [
        caplog.text,
        *(str(vars(record)) for record in caplog.records),
        "".join(traceback.format_exception(caught.value)),
        repr(caught.value),
        repr(vars(caught.value)),
        repr(talk.client),
        repr(vars(talk.client)),
        repr(ask(CANARY)),
        repr(Block(CANARY)),
    ]
    assert caplog.records
    assert [text for text in told if KEY in text or CANARY in text] == []
    assert caught.value.__context__ is None


def test_an_answer_s_text_is_not_in_its_repr(provider, talk):
    provider.says(said.value({"fruit": CANARY}))
    assert CANARY not in repr(talk.ask())


# --- the instance's own client -------------------------------------------------------------------


def test_without_a_key_there_is_no_client(settings):
    settings.ANTHROPIC_API_KEY = ""
    with pytest.raises(failures.NoKey):
        client.connected()


def test_the_client_is_kept_until_the_key_or_the_address_changes(provider, settings):
    first = client.connected()
    assert client.connected() is first
    settings.ANTHROPIC_API_KEY = "another"
    assert client.connected() is not first


def test_a_question_that_nobody_waits_for_has_the_instance_s_patience(settings):
    settings.LLM_SECONDS = 7
    assert 6 < client.unhurried().left <= 7


def test_nothing_of_the_environment_reaches_the_provider(provider, monkeypatch):
    """Proxies, further keys and the library's own address."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "ANTHROPIC_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "other-token")
    provider.says(said.value({"fruit": "pear"}))

    assert Talk(provider).ask().value == {"fruit": "pear"}
    assert provider.last.headers["authorization"] == f"Bearer {KEY}"
