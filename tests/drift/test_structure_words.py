"""Each change has its sentence, in any language's order."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from drift.models import StructuralChange
from drift.structure.feature import Shape
from drift.structure.registry import FEATURES
from drift.web import structure_charts as charts
from drift.web import structure_words as words

SEOUL = ZoneInfo("Asia/Seoul")
FOURTEEN = int(datetime(2026, 6, 16, 14, tzinfo=SEOUL).timestamp()) // 3600  # of a Tuesday


def change(key: str, then: float, now: float, view: str = "middle", **facts) -> StructuralChange:
    side, feature = key.split(".", 1)
    return StructuralChange(side=side, feature=feature, then=then, now=now, facts={"view": view, **facts})


@pytest.mark.parametrize("key", FEATURES)
def test_every_trait_has_a_sentence_for_either_direction(key):
    feature = FEATURES[key]
    views = {Shape.SHARE: ["yes"], Shape.CATEGORY: ["a name"], Shape.AMOUNT: ["middle", "high", "low"]}
    for view in views[feature.shape]:
        for then, now in ((0.1, 0.2), (0.2, 0.1), (0.0, 0.1)):
            said = words.sentence(change(key, then, now, view, edge=20.0), SEOUL)
            assert said.endswith(".")
            assert "%(" not in said
            assert len(said) > 20


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Outputs became 40\u202f% longer."),
        ({"since": {"hour": FOURTEEN, "first": FOURTEEN, "last": FOURTEEN + 1, "exact": True}}, "Outputs became 40\u202f% longer since Tuesday 14:00."),
        ({"since": {"hour": FOURTEEN, "first": FOURTEEN - 4, "last": FOURTEEN + 4, "exact": False}}, "Outputs became 40\u202f% longer since Tuesday."),
        ({"since": {"hour": FOURTEEN, "first": FOURTEEN - 40, "last": FOURTEEN, "exact": False}}, "Outputs became 40\u202f% longer."),
        ({"along": [{"dimension": "prompt_version", "value": "12", "risen": True}]}, "Outputs became 40\u202f% longer, with prompt version 12."),
        ({"along": [{"dimension": "feature", "value": "chat", "risen": False}]}, "Outputs became 40\u202f% longer, in feature chat."),
    ],
)  # fmt: skip
def test_since_when_and_with_what(facts, said):
    assert words.sentence(change("output.length", 100.0, 140.0, **facts), SEOUL) == said


def test_a_model_and_a_prompt_and_an_hour_in_one_sentence():
    facts = {
        "since": {"hour": FOURTEEN, "first": FOURTEEN, "last": FOURTEEN, "exact": True},
        "along": [
            {"dimension": "model", "value": "m", "risen": True},
            {"dimension": "prompt_version", "value": "12", "risen": True},
        ],
    }
    said = words.sentence(change("output.refusal", 0.0, 0.05, "yes", **facts), SEOUL)
    assert said == (
        "5\u202f% of outputs refuse to answer (before: 0\u202f%) since Tuesday 14:00, with model m and prompt version 12."
    )


def test_shapes_of_json_say_what_they_came_in_place_of():
    fallen = {"view": "object: a text", "then": 1.0, "now": 0.0}
    said = words.sentence(change("output.json", 0.0, 1.0, "list of objects: a text", fallen=fallen), SEOUL)
    assert said == (
        "100\u202f% of outputs are “list of objects: a text” (before: 0\u202f%) in place of “object: a text”."
    )


def test_fewer_is_said_as_such():
    assert words.sentence(change("call.latency", 2000.0, 1000.0), SEOUL) == "Calls take 50\u202f% less time."


def test_values_with_their_units():
    assert words.value(change("call.latency", 0, 0), 2340.0) == "2.3 s"
    assert words.value(change("call.cost", 0, 0), 1200.0) == "$ 0.001200"
    assert words.value(change("input.length", 0, 0), 1.0) == "1.0 character"
    assert words.span(change("input.length", 0, 0), 70.0, 81.0) == "70–81 characters"
    assert words.span(change("output.refusal", 0, 0, "yes"), 0.04, 0.1) == "4–10\u202f%"


def test_pictures_have_a_bar_where_something_is():
    bars = charts.histogram(FEATURES["output.length"], [[10.0, 0.5, 0.0], [20.0, 0.5, 1.0]])
    assert (bars.low, bars.high) == ("10 characters", "20 characters")
    assert bars.then.count("Z") == 2
    assert bars.now.count("Z") == 1
    (line,) = charts.lines(["Refusals"], [["yes", 0.0, 0.05]], [[0.0, 0.002], [0.03, 0.1]])
    assert line.then == ""
    assert line.now == "M0 1V9H50.00V1Z"
    assert line.now_span == "M30.00 5H100.00"
