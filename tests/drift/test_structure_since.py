"""Since when something is other than it was, and what it came with."""

import random
from datetime import timedelta

import pytest

from drift.structure.along import Values, along
from drift.structure.hours import Cell
from drift.structure.judge import judge
from drift.structure.registry import FEATURES
from drift.structure.since import since
from drift.structure.told import told
from tests.drift.rows import MONDAY, day, seconds

LONG = "Well, " + "as you will certainly know by now, " * 12 + "yes."
KEYS = ("output.length", "output.refusal", "input.language")
SOME = {key: FEATURES[key] for key in KEYS}


def hours(changed_from, *, share=0.02, after=0.2, n=60, count=72, seed=1):
    rng = random.Random(seed)
    rates = [share if hour < changed_from else after for hour in range(count)]
    return {hour: Cell(n, sum(rng.random() < rate for _ in range(n)) / n) for hour, rate in enumerate(rates)}


def test_the_hour_is_found_where_the_step_is_sharp():
    found = since(hours(50), 0.02, 0.16)
    assert found.first <= 50 <= found.last
    assert abs(found.hour - 50) <= 1
    assert found.exact


def test_where_hours_differ_anyway_only_the_day_is_told():
    rng, wild = random.Random(4), {}
    for hour in range(72):
        rate = min(max(rng.gauss(0.08 if hour < 50 else 0.2, 0.08), 0), 1)
        wild[hour] = Cell(60, rate)
    found = since(wild, 0.08, 0.16)
    assert found is None or not found.exact or abs(found.hour - 50) <= 3


def test_nothing_is_said_where_there_is_no_step_or_all_hours_are_changed():
    assert since(hours(72), 0.02, 0.02) is None
    assert since(hours(0), 0.02, 0.16) is None
    assert since({1: Cell(10, 0.5)}, 0.02, 0.16) is None


def version_12(from_hour):
    """Answers are long with prompt version 12, which has half of the rows from that hour on."""

    def make(rng, k):
        new = k / 400 * 24 >= from_hour and k % 2
        return {"answered": LONG, "came_with": {"prompt_version": "12", "model": "m"}} if new else {}

    return make


@pytest.fixture(scope="module")
def before():
    return [day(at, features=SOME) for at in range(14)]


def facts(today, before, key="output.length"):
    found = judge(today, before, SOME)
    return told(found.by_key[key], FEATURES[key], today, before, before[-7:], 0.01).facts


def test_since_fourteen_with_prompt_version_12(before):
    today = day(14, make=version_12(14), features=SOME)
    said = facts(today, before)
    fourteen = int(seconds(MONDAY + timedelta(days=14), 14) // 3600)
    assert said["since"]["exact"]
    assert said["since"]["first"] <= fourteen <= said["since"]["last"]
    (with_it,) = said["along"]
    assert (with_it["dimension"], with_it["value"], with_it["risen"]) == ("prompt_version", "12", True)
    assert with_it["before"] == 0
    assert with_it["now"] == pytest.approx(5 / 24, abs=0.02)


def test_a_version_that_has_all_rows_came_at_the_hour_of_the_change(before):
    def make(rng, k):
        new = k >= 200
        return {"answered": LONG, "came_with": {"prompt_version": "12"}} if new else {}

    half = day(14, make=make, features=SOME)
    whole = day(
        15, make=lambda rng, k: {"answered": LONG, "came_with": {"prompt_version": "12"}}, features=SOME
    )
    found = judge(whole, before, SOME)
    said = told(
        found.by_key["output.length"], FEATURES["output.length"], whole, before, [*before[-6:], half], 0.01
    )
    (with_it,) = said.facts["along"]
    assert with_it["value"] == "12"
    assert said.facts["since"]["exact"]


def test_nothing_explains_what_is_everywhere(before):
    def make(rng, k):
        return {
            "answered": LONG,
            "came_with": {"prompt_version": rng.choice("ab"), "model": rng.choice("mn")},
        }

    assert facts(day(14, make=make, features=SOME), before)["along"] == []


def test_a_feature_of_the_product_in_which_alone_it_happens(before):
    def usual(rng, k):
        return {"came_with": {"feature": "chat" if k % 2 else "mail"}}

    def make(rng, k):
        sorry = {"answered": "I'm sorry, but I can't help with that."} if k % 2 and k % 3 == 0 else {}
        return {**usual(rng, k), **sorry}

    days = [day(at, make=usual, features=SOME) for at in range(14)]
    said = facts(day(14, make=make, features=SOME), days, "output.refusal")
    (with_it,) = said["along"]
    assert (with_it["dimension"], with_it["value"], with_it["risen"]) == ("feature", "chat", False)


def test_a_model_and_a_prompt_that_came_together_are_both_said():
    now = {"": Cell(500, 0.01), "x": Cell(300, 0.3)}
    then = {"": Cell(5000, 0.01)}
    both = [Values("model", now, then, {}), Values("prompt_version", now, then, {})]
    assert [one.dimension for one in along(both, 0.01, 0.1, None)] == ["model", "prompt_version"]


def test_chance_explains_nothing():
    """Two hundred days whose change is spread over all versions alike."""
    rng, said = random.Random(5), 0
    for _ in range(200):
        now = {v: Cell(200, sum(rng.random() < 0.2 for _ in range(200)) / 200) for v in "abcd"}
        then = {v: Cell(2000, 0.1) for v in "abcd"}
        said += bool(along([Values("variant", now, then, {})], 0.1, 0.16, None))
    assert said == 0
