"""What an input asks, whichever service logged it: rows that ask the same are in one split."""

import copy

from annotator.datasets.words import asked_in
from tests.annotator.ways_out.ground import rated
from tests.annotator.ways_out.talks import ANTHROPIC, ORDER, TELEMETRY


def asked(logged) -> str:
    return asked_in(rated(True, "x", input=logged))


def test_instructions_are_no_part_of_what_is_asked():
    for logged in (ORDER, ANTHROPIC, TELEMETRY):
        assert "Where is my order 17?" in asked(logged)
        assert "Be brief." not in asked(logged)


def test_the_same_talk_with_other_ids_of_calls_asks_the_same():
    """They are new with each call: one question would lie in the training and in the test split."""
    for logged in (ORDER, ANTHROPIC, TELEMETRY):
        again = copy.deepcopy(logged)
        messages = again["messages"] if isinstance(again, dict) else again
        _rename(messages)
        assert "c2" in str(again)
        assert asked(again) == asked(logged)


def _rename(value) -> None:
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if isinstance(inner, dict | list):
            _rename(inner)
        elif inner == "c1":
            value[key] = "c2"


def test_other_arguments_ask_something_else():
    again = copy.deepcopy(ANTHROPIC)
    again["messages"][1]["content"][0]["input"] = {"number": 18}

    assert asked(again) != asked(ANTHROPIC)
