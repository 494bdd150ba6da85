"""A day beside the days before: what is said, and what is not."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from statistics import mean

import pytest

from drift.structure import chance, compare
from drift.structure.compare import Level, expected, kinds
from drift.structure.judge import Day, Why, judge
from drift.structure.registry import FEATURES
from drift.structure.tally import CATEGORIES, Tally
from drift.structure.told import told
from tests.drift.rows import MONDAY, day, row, seconds

TEMPLATE = "Answer briefly, in the tone of our brand, and name sources. "


@pytest.fixture(scope="module")
def before():
    """Two weeks without a change."""
    return [day(at, n=300) for at in range(14)]


def changed(found, level=0.01):
    return [one.key for one in found.changed(level)]


# --- chances ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("t", "df", "p"), [(2.1, 13, 0.0558126), (2.178813, 12, 0.05), (8, 11, 6.5322e-6), (0, 5, 1)]
)
def test_students_t_by_its_tables(t, df, p):
    assert chance.two_sided(t, df) == pytest.approx(p, rel=1e-4)


def test_quantile_is_the_other_way_round():
    assert chance.quantile(12) == pytest.approx(2.178813, rel=1e-5)


def test_the_root_of_the_likelihood_ratio():
    """10 of 200 against none of 2,800: 2 * 10 * ln(15) less the small change of the others."""
    assert chance.signed_root(10, 200, 0, 2800) == pytest.approx(7.3916, rel=1e-4)
    assert chance.signed_root(0, 200, 140, 2800) < -4
    assert chance.signed_root(5, 100, 50, 1000) == 0


def test_holm_and_one_p_for_all():
    assert chance.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert chance.smallest_of([0.01, 0.04, 0.03]) == pytest.approx(0.03)
    assert chance.smallest_of([]) == 1


# --- days that differ anyway -----------------------------------------------------------------------


def test_how_far_days_spread_is_found_and_expected_again():
    rng = random.Random(2)
    spreads = []
    for _ in range(200):
        levels = [rng.gauss(0.3, 0.05) for _ in range(14)]
        days = [Level(0, 1000, mean(rng.random() < level for _ in range(1000))) for level in levels]
        spreads.append(expected(days, 0, 0.3 * 0.7).spread)
    assert mean(spreads) == pytest.approx(0.05, abs=0.006)


def test_false_alarms_of_one_share_are_held_whether_days_spread_or_not():
    """At 5 %, of a share of 30 % whose days spread by nothing, a sixth or half of it."""
    rng = random.Random(3)
    for spread in (0, 0.05, 0.15):
        alarms = 0
        for _ in range(400):
            levels = [min(max(rng.gauss(0.3, spread), 0.01), 0.9) for _ in range(15)]
            days = [Level(0, 500, sum(rng.random() < level for _ in range(500)) / 500) for level in levels]
            alarms += expected(days[:14], 0, 0.21).p(days[14], share=True) <= 0.05
        assert alarms <= 0.08 * 400, spread


def test_a_monday_is_compared_with_mondays_where_there_are_enough():
    four_weeks, two_weeks = [n % 7 for n in range(28)], [n % 7 for n in range(14)]
    assert kinds(four_weeks, 0)[1] == 0
    assert len(set(kinds(four_weeks, 0)[0])) == 7
    assert kinds(two_weeks, 6) == ([0, 0, 0, 0, 0, 1, 1] * 2, 1)
    assert kinds(two_weeks[:7], 6) == ([0] * 7, 0)


def test_a_weekend_as_every_weekend_is_no_change():
    days = [Level(int(n % 7 >= 5), 1000, 0.6 if n % 7 >= 5 else 0.2) for n in range(14)]
    assert expected(days, 1, 0.2).p(Level(1, 1000, 0.6), share=True) > 0.5
    assert expected(days, 0, 0.2).p(Level(0, 1000, 0.6), share=True) < 1e-4


def test_days_that_show_no_difference_at_all():
    assert compare.expected([Level(0, 10, 1.0)] * 8, 0, 0.0).p(Level(0, 10, 1.0), share=False) == 1
    assert compare.expected([Level(0, 10, 1.0)] * 8, 0, 0.0).p(Level(0, 10, 2.0), share=False) == 0


# --- whole days ------------------------------------------------------------------------------------


def test_days_as_before_are_no_change(before):
    for at in range(14, 17):
        found = judge(day(at), before, FEATURES)
        assert found.p > 0.01
        assert found.tested > 20
        assert found.weekly == 2


def test_outputs_that_became_longer(before):
    longer = day(14, make=lambda rng, k: {"answered": "Well, " + "as you will know, " * 8 + "yes."})
    found = judge(longer, before, FEATURES)
    assert "output.length" in changed(found)
    assert "input.length" not in changed(found)
    one = told(found.by_key["output.length"], FEATURES["output.length"], longer, before, before[-7:], 0.01)
    assert one.now == pytest.approx(len("Well, " + "as you will know, " * 8 + "yes."))
    assert one.facts["then_range"][0] <= one.then <= one.facts["then_range"][1]
    assert one.facts["now_range"][0] <= one.now <= one.facts["now_range"][1]
    assert len(one.now_rows) >= 1
    assert len(one.then_rows) == 3
    assert all(key.startswith("14-") for key in one.now_rows)


@pytest.mark.parametrize(
    ("key", "view", "make"),
    [
        ("output.refusal", "yes", lambda rng, k: {"answered": "I'm sorry, but I can't help."} if k % 20 == 0 else {}),
        ("input.language", "ko", lambda rng, k: {"asked": "환불은 어떻게 받을 수 있나요?"} if k % 20 == 0 else {}),
        ("input.script", "hangul", lambda rng, k: {"asked": "환불은 어떻게 받을 수 있나요?"} if k % 20 == 0 else {}),
        ("output.failed", "yes", lambda rng, k: {"answered": None, "error": "timeout"} if k % 20 == 0 else {}),
        ("input.empty", "yes", lambda rng, k: {"asked": " "} if k % 20 == 0 else {}),
        ("input.casing", "upper", lambda rng, k: {"asked": "WHERE IS MY SMALL ORDER"} if k % 5 == 0 else {}),
        ("output.links", "yes", lambda rng, k: {"answered": "See https://example.org"} if k % 10 == 0 else {}),
        ("output.tools", "yes", lambda rng, k: {"answered": {"tool_calls": [{}]}} if k % 10 == 0 else {}),
        ("call.latency", "middle", lambda rng, k: {"latency_ms": rng.lognormvariate(6.5, 0.5)}),
    ],
)  # fmt: skip
def test_what_changed_is_named(before, key, view, make):
    found = judge(day(14, make=make), before, FEATURES)
    assert key in changed(found)
    assert found.p <= 0.01
    seen = found.by_key[key].seen
    assert seen.view == view
    assert seen.now > seen.then


def test_a_few_calls_that_take_much_longer_are_a_tail(before):
    def make(rng, k):
        return {"latency_ms": 1_400.0 if k % 5 == 0 else rng.lognormvariate(5.85, 0.4)}

    found = judge(day(14, n=900, make=make), before, {"call.latency": FEATURES["call.latency"]})
    assert changed(found) == ["call.latency"]
    seen = found.by_key["call.latency"].seen
    assert seen.view == "high"
    assert seen.then == pytest.approx(0.05, abs=0.02)
    assert seen.now == pytest.approx(0.2, abs=0.02)


def test_a_template_around_some_inputs(before):
    def make(rng, k):
        return {"asked": f"{TEMPLATE}{k} where can it be found and why"} if k % 10 == 0 else {}

    changed_day = day(14, make=make)
    found = judge(changed_day, before, FEATURES)
    assert "input.prefix" in changed(found)
    one = told(found.by_key["input.prefix"], FEATURES["input.prefix"], changed_day, before, before[-7:], 0.01)
    assert one.now == pytest.approx(0.1)
    assert one.then == 0
    assert set(one.now_rows) <= {f"14-{k}" for k in range(0, 400, 10)}


def test_json_from_object_to_list_says_both():
    def usual(rng, k):
        return {"answered": {"answer": "x" * rng.randint(5, 30), "score": k}}

    def lists(rng, k):
        return {"answered": [usual(rng, k)["answered"]]}

    before = [day(at, make=usual, n=200) for at in range(8)]
    after = day(14, make=lists)
    found = judge(after, before, FEATURES)
    finding = found.by_key["output.json"]
    assert finding.adjusted < 1e-6
    assert finding.seen.view == "list of objects: answer text, score number"
    assert finding.fallen.view == "object: answer text, score number"
    one = told(finding, FEATURES["output.json"], after, before, before[-7:], 0.01)
    assert len(one.then_rows) == 3
    assert len(one.now_rows) == 3


def test_a_change_that_is_certain_and_too_small_to_matter_is_no_alarm():
    def usual(rng, k):
        return {"answered": "It is on its way to you." + "!" * (k % 2)}

    def little(rng, k):
        return {"answered": "It is on its way to you!" + "!" * (k % 2) + "!"}

    before = [day(at, make=usual, n=200) for at in range(8)]
    found = judge(day(14, make=little), before, FEATURES)
    finding = found.by_key["output.length"]
    assert finding.seen.p < 1e-6 or finding.small
    assert finding.small
    assert finding.p == 1
    assert "output.length" not in changed(found)


# --- bad days --------------------------------------------------------------------------------------


def test_no_traffic_and_ten_inputs_are_not_judged(before):
    for n in (0, 10):
        found = judge(day(14, n=n), before, FEATURES)
        assert found.why == Why.FEW_ROWS
        assert found.p == 1
        assert not changed(found)


def test_a_week_is_wanted_before(before):
    found = judge(day(14), before[:6], FEATURES)
    assert found.why == Why.FEW_DAYS
    assert found.days == 6
    assert judge(day(14), before[:7], FEATURES).why is None


def test_half_a_day_by_an_outage_is_compared_with_the_same_halves():
    """At night other things are asked: without its nights a day would seem changed."""

    evening = {"asked": "where is the order that you sent"}

    def usual(rng, k):
        return {"asked": "환불은 어떻게 받을 수 있나요?"} if k < 200 else evening

    before = [day(at, make=usual) for at in range(8)]
    tally, midnight = Tally(), seconds(MONDAY + timedelta(days=14))
    for k in range(200):
        tally.add(row(**evening, key=str(k), at=midnight + 43_200 + k * 216), FEATURES.values())
    found = judge(Day(MONDAY + timedelta(days=14), tally), before, FEATURES)
    assert found.hours == frozenset(range(12, 24))
    assert found.missed == pytest.approx(0.5, abs=0.02)
    assert not [key for key in changed(found) if key.startswith("input.")]


def test_empty_texts_alone_are_one_finding(before):
    found = judge(day(14, make=lambda rng, k: {"asked": ""}), before, FEATURES)
    assert [key for key in changed(found) if key.startswith("input.")] == ["input.empty"]


def test_categories_without_an_end_take_no_more_room(before):
    many = day(14, n=2100, make=lambda rng, k: {"answered": {f"key {k}": 1}, "asked": f"{k} " + "x" * 60})
    kept = many.tally
    assert len(kept.of["output.json"].counts) <= CATEGORIES + 1
    assert len(kept.of["input.prefix"].counts) <= 41
    assert "key 7" not in json.dumps(kept.as_json())  # which one row has alone
    again = Tally.from_json(kept.as_json())
    assert again.as_json() == kept.as_json()


def test_a_day_put_away_in_the_middle_comes_to_the_same():
    features = FEATURES.values()
    whole, half = Tally(), Tally()
    rows = [row(f"where is order number {k} that I made", key=str(k), at=k * 60.0) for k in range(200)]
    for one in rows:
        whole.add(one, features)
    for one in rows[:90]:
        half.add(one, features)
    half = Tally.from_json(json.loads(json.dumps(half.as_json())))
    for one in rows[90:]:
        half.add(one, features)
    assert half.as_json() == whole.as_json()


def test_hours_in_which_the_days_before_had_too_little_are_no_test():
    """60 rows a day before: 15 in the six hours that the day has."""
    few = [day(at, n=60) for at in range(14)]
    found = judge(day(14, n=150, hours=6), few, FEATURES)
    assert (found.why, found.tested, found.days) == (Why.FEW_DAYS, 0, 0)
    assert found.missed == pytest.approx(0.75)


def test_the_clock_change_is_no_outage():
    """Eight hours a day by the clock: in UTC they begin an hour earlier than on the days before."""
    office = [replace(day(at, n=300, hours=8), ahead=1) for at in range(14)]
    later = {str(int(hour) + 1): rows for hour, rows in office[0].tally.hours.items()}
    winter = [replace(one, tally=replace(one.tally, hours=later)) for one in office]
    summer = replace(day(14, n=300, hours=8), ahead=2)
    found = judge(summer, winter, FEATURES)
    assert (found.hours, found.missed) == (None, 0.0)
    assert judge(replace(summer, ahead=1), winter, FEATURES).missed == pytest.approx(0.125, abs=0.01)
