"""What speaks against showing a pair: plain cases of each kind, and what must not be held.

Measured by eye on public pairs (LLMFAO and PandaLM, 1,038 different answers): 41 found as cut
off, of which 38 are and 3 may only lack their full stop; no leak, 4 empty ones. In HaluEval's
4,507 answers of ChatGPT: 2 leaks, both real, none missed among the answers that name OpenAI.
"""

import pytest

from annotator.pairs import checks
from annotator.pairs.words import words_of

WHOLE = "The parcel left our warehouse this morning and will be with you tomorrow."
PROSE = "The first sentence of an answer is here. " * 10


def kinds(payload):
    return [found["kind"] for found in checks.of_payload("output", payload)]


@pytest.mark.parametrize(
    "text",
    [
        "As an AI language model trained by OpenAI, I cannot do that.",
        "I'm ChatGPT, so ask me anything.",
        "Hello! I am Claude, made by Anthropic.",
        "Hi. I'm Claude, an AI assistant who likes to help.",
        "I am Claude.",
        "My name is Vicuna, and I'm a language model.",
        "I was created by researchers at LMSYS to help you.",
        "I'm a large language model, trained by Google.",
        "I am Gemini, a large language model built by Google.",
        "As GPT-4, I have no access to that.",
        "I am an AI assistant called Bard.",
        "저는 OpenAI에서 개발한 ChatGPT입니다.",
        "안녕하세요, 저는 클로드입니다.",
        "我是ChatGPT，由OpenAI训练。",
        "私はClaudeです。",
        [{"role": "user", "content": "Who are you?"}, {"role": "assistant", "content": "I am ChatGPT."}],
    ],
)
def test_who_says_which_model_it_is_gives_itself_away(text):
    assert kinds(text) == ["identity_leak"]


@pytest.mark.parametrize(
    "text",
    [
        "Claude Monet painted water lilies near Giverny.",
        '"I am Claude," said the painter, and sat down.',
        "I am Claude Monet, and I paint water lilies.",
        "ChatGPT is a chatbot made by OpenAI. It came out in November 2022.",
        "As an AI language model, I cannot have an opinion about this.",
        "I'm a Gemini, and my sister is a Leo.",
        "I was trained by my mother, who cooked for a living.",
        "As a user of GPT-4, I like short answers.",
        "I use Microsoft Word. I was hired by Google as an assistant.",
        "My developer is on holiday.",
        "저는 ChatGPT를 매일 씁니다.",
        [
            {"role": "user", "content": "Are you ChatGPT? I am Claude."},
            {"role": "assistant", "content": "No."},
        ],
    ],
)
def test_who_only_speaks_of_models_does_not(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    "payload",
    [
        {"error": "overloaded"},
        {"error": {"type": "rate_limit_error", "message": "slow down"}, "status": 429},
        '{"error": {"message": "Overloaded"}}',
        "Internal Server Error",
        "503 Service Unavailable",
        "Error: the model is overloaded",
        "Rate limit exceeded, try again in 20 s",
        "TimeoutError: timed out",
        "Request timed out.",
        "An unexpected error occurred.",
        "Something went wrong. Please try again.",
        "[object Object]",
        'Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1\n' + "x" * 1000,
        "TypeError: x is undefined\n    at go (a.js:1:1)\n" + "    at b (c.js:1:1)\n" * 60,
    ],
)
def test_an_error_in_place_of_an_answer_is_seen(payload):
    assert kinds(payload) == ["error"]


@pytest.mark.parametrize(
    "payload",
    [
        "A 500 Internal Server Error means that the server failed.",
        'You get "Traceback (most recent call last):" when nothing catches the exception.',
        "Errors happen to everybody.",
        {"error": None, "answer": "Tomorrow"},
        {"error": "which of the two?", "answer": "Tomorrow"},
        {"status": "shipped", "code": 3},
        "None",
        "404",
        "The rate limit is 20 calls a minute.",
    ],
)
def test_an_answer_about_errors_is_an_answer(payload):
    assert kinds(payload) == []


@pytest.mark.parametrize("payload", [None, "", " \n\t", [], {}])
def test_nothing_is_empty(payload):
    assert kinds(payload) == ["empty"]


@pytest.mark.parametrize(
    "text",
    [
        PROSE + "And then it goes on to say that",
        PROSE + "It is easy to explain. This is a great way to introduce the",
        "We looked at the parcel and at the warehouse, and then we went back to the office with our",
        "Here is the code that you asked for:\n```python\ndef ship(parcel):\n    return parcel.s",
        "We have parcels in many towns, as you can see: in London, in Paris, in Rome, in Lisbon,",
    ],
)
def test_what_breaks_off_is_seen(text):
    assert kinds(text) == ["truncated"]


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        "Tomorrow",
        PROSE + "\n\n1. First thing\n2. Second thing",
        PROSE + "\n\n- one\n- two of them. And a bit more of it",
        "```python\nship()\n```",
        "ship()\n```",
        "It is late, and I never liked how they packed it, none of us did, and that is why we left :(",
        "No, i'm not really into sports. Soccer is pretty interesting i just never really got into it",
        PROSE + "Let us make the world a better place! We do it together #Collaboration",
        "| a | b |\n|---|---|\n| the | and |" * 4,
        PROSE + "Here it ends. The model itself said that with </s>",
        "Roses are red,\nViolets are blue,\nand this is a verse that ends as it likes\nwith nothing behind it",
    ],
)
def test_what_ends_as_it_likes_is_whole(text):
    assert kinds(text) == []


def test_two_that_differ_in_spaces_alone_are_the_same():
    found = checks.of_pair(WHOLE, f"  {WHOLE}\n")
    assert found == [{"side": "left", "kind": "same", "text": WHOLE}]
    assert checks.of_pair(WHOLE, WHOLE.upper()) == []
    assert [one["kind"] for one in checks.of_pair({"a": [1]}, {"a": [1]})] == ["same"]


def test_each_side_is_told_apart_and_two_empty_ones_are_not_the_same():
    found = checks.of_pair("I am ChatGPT. " + WHOLE, "")
    assert [(one["side"], one["kind"]) for one in found] == [("left", "identity_leak"), ("right", "empty")]
    assert found[0]["text"].startswith("I am ChatGPT. The parcel")
    assert [one["side"] for one in checks.of_pair("", None)] == ["left", "right"]


def test_the_words_of_chat_messages_are_what_the_assistant_says():
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert words_of(turns) == "Hello"
    assert words_of({"a": "é"}) == '{"a": "é"}'


@pytest.mark.parametrize(
    "text", ["I am " * 100_000, "as an AI " * 60_000, "A. " * 100_000, "(" * 300_000, "```\n" * 90_000]
)
def test_a_hostile_text_takes_no_time(text):
    checks.of_pair(text, "저는 " * 100_000 + " OpenAI ")
