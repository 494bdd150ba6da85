"""Spreading draws over features, and drawing."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.stats.intervals import Stratum as Counts
from annotator.stats.intervals import stratified
from feedback.sampling import LEAST, REST, Urn, allocate

populations = st.dictionaries(st.text(max_size=5), st.integers(0, 3000), max_size=40)


@given(populations, st.integers(1, 60))
def test_every_feature_is_in_one_stratum_and_draws_add_up(sizes, n):
    strata = allocate(sizes, n)

    features = [feature for stratum in strata for feature in stratum.features]
    assert sorted(features) == sorted(name for name, size in sizes.items() if size)
    assert sum(stratum.drawn for stratum in strata) == min(n, sum(sizes.values()))
    assert len({stratum.name for stratum in strata}) == len(strata)
    for stratum in strata:
        assert stratum.population == sum(sizes[name] for name in stratum.features)
        assert 0 < stratum.probability <= 1
        if len(strata) > 1:
            assert stratum.drawn >= min(LEAST, stratum.population)


@given(populations, st.integers(1, 60))
def test_the_sample_is_worth_at_least_half_a_plain_one(sizes, n):
    strata = allocate(sizes, n)
    if strata:
        total = sum(stratum.population for stratum in strata)
        worth = total**2 / sum(stratum.population**2 / stratum.drawn for stratum in strata)

        assert worth >= 0.5 * min(n, total) - 1e-9


def test_an_ordinary_day():
    strata = allocate({"email": 130, "call": 90, "news": 60, "chat": 20}, 20)

    assert [(one.name, one.drawn) for one in strata] == [("email", 8), ("call", 6), ("news", 4), ("chat", 2)]


def test_fewer_than_the_sample_are_all_taken():
    strata = allocate({"email": 5, "chat": 3, "call": 1}, 20)

    assert [(one.drawn, one.probability) for one in strata] == [(5, 1), (3, 1), (1, 1)]


def test_small_features_beside_a_giant_share_a_stratum():
    strata = allocate({"chat": 100_000} | {f"small {n}": 10 for n in range(9)}, 20)

    assert strata[0].drawn >= 10
    assert strata[-1].name == REST
    assert strata[-1].drawn == 2


def test_more_features_than_draws():
    strata = allocate({f"feature {n}": 100 + n for n in range(500)}, 20)

    assert sum(one.drawn for one in strata) == 20
    assert strata[-1].name == REST


def test_the_rest_takes_no_feature_s_name():
    sizes = {"big": 1000, REST: 3, "other": 3, "third": 3}

    names = [one.name for one in allocate(sizes, 4)]

    assert len(set(names)) == len(names)


def test_a_sample_of_one():
    assert [(one.drawn, one.population) for one in allocate({"a": 130, "b": 7}, 1)] == [(1, 137)]
    assert [one.drawn for one in allocate({"a": 130}, 1)] == [1]
    assert allocate({}, 20) == []
    assert allocate({"a": 0}, 20) == []


def rows(sizes: dict[str, int]) -> list[tuple[str, bytes]]:
    return [(name, f"{name}-{n}".encode()) for name, size in sizes.items() for n in range(size)]


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_log_changes_nothing(chance):
    log = rows({"email": 90, "chat": 60, "news": 7})
    shuffled = list(log)
    chance.shuffle(shuffled)
    one, other = Urn("1:2026-11-23", 20), Urn("1:2026-11-23", 20)
    one.add(log)
    other.add(shuffled)

    assert one.draw() == other.draw()


def test_another_day_draws_others():
    one, other = Urn("1:2026-11-23", 20), Urn("1:2026-11-24", 20)
    for urn in (one, other):
        urn.add(rows({"email": 900}))

    assert one.draw() != other.draw()


def test_everything_is_equally_likely_within_a_stratum():
    seen: Counter[bytes] = Counter()
    log = rows({"email": 30, "chat": 10})
    for day in range(1500):
        urn = Urn(f"day {day}", 8)
        urn.add(log)
        for stratum, keys in urn.draw():
            assert len(set(keys)) == stratum.drawn
            seen.update(keys)

    for count in seen.values():
        assert count / 1500 == pytest.approx(0.2, abs=0.045)  # 4 standard errors
    assert len(seen) == 40


def test_the_interval_of_five_hundred_days_holds_the_truth():
    """Each day another failure rate by feature, and what was drawn answered as it is."""
    chance, held, days = random.Random(7), 0, 500
    for day in range(days):
        rates = {name: chance.uniform(0.05, 0.4) for name in ("email", "chat", "call", "news")}
        sizes = {"email": 140, "chat": 270, "call": 110, "news": chance.randint(3, 80)}
        log = rows(sizes)
        bad = {key: chance.random() < rates[name] for name, key in log}
        urn = Urn(f"1:{day}", 20)
        urn.add(log)
        found = stratified(
            Counts(stratum.name, stratum.population, stratum.drawn, sum(bad[key] for key in keys))
            for stratum, keys in urn.draw()
        )
        held += found.low <= sum(bad.values()) / len(bad) <= found.high

    assert 0.93 <= held / days <= 0.97
