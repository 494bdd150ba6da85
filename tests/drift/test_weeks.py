"""A week beside the weeks before it: what is told, what is not, and how often chance alone is told."""

from datetime import date, timedelta

import numpy as np
import pytest

from drift.topics.weeks import Counted, Judged, Why, judge, neighbours

FIRST = date(2026, 11, 2)  # a Monday
TOPICS, ROWS = 40, 400


def days(n=28, *, seed=1, wobble=0.0, weekend=False, change=None, rows=ROWS) -> list[Counted]:
    """`change`: {topic: times} in the last seven days."""
    chance = np.random.default_rng(seed)
    usual = chance.dirichlet(np.full(TOPICS, 8.0))
    other = chance.dirichlet(usual * 60)
    found = []
    for day in range(n):
        shares = other if weekend and day % 7 >= 5 else usual
        if wobble:
            shares = chance.dirichlet(shares / (wobble**2 * shares.mean()))
        shares = shares.copy()
        if day >= n - 7:
            for topic, times in (change or {}).items():
                shares[topic] *= times
        counts = chance.multinomial(rows, shares / shares.sum())
        found.append(Counted(FIRST + timedelta(days=day), {k + 1: int(c) for k, c in enumerate(counts) if c}))
    return found


def judged(found: list[Counted], **more) -> Judged:
    answer = judge(found[-7:], found[:-7], **{"seed": 3, "level": 0.005, **more})
    assert isinstance(answer, Judged)
    return answer


def test_a_topic_that_doubles_and_one_that_goes_are_told_with_their_numbers():
    found = days(wobble=0.2, change={4: 2.0, 9: 0.0})
    answer = judged(found)
    assert answer.p == pytest.approx(1 / 2000)
    told = {one.topics[0]: one for one in answer.shifts}
    assert set(told) == {5, 10}
    assert told[5].kind == "grown"
    assert told[5].rows == sum(day.counts.get(5, 0) for day in found[-7:])
    assert told[10].kind == "shrunk"
    assert told[10].rows == 0
    assert told[10].then_rows == sum(day.counts.get(10, 0) for day in found[:-7])
    assert all(one.p <= 0.005 for one in answer.shifts)


def test_what_was_hardly_there_before_is_new():
    found = days(change={4: 0.0})
    swapped = [
        Counted(day.day, then.counts) for day, then in zip(found, [*found[-7:] * 3, *found[:7]], strict=True)
    ]
    assert [one.kind for one in judged(swapped).shifts if one.topics == (5,)] == ["new"]


def test_all_others_being_smaller_for_one_that_grew_is_told_once():
    found = days(change={int(np.argmax(np.random.default_rng(1).dirichlet(np.full(TOPICS, 8.0)))): 6.0})
    assert [one.kind for one in judged(found).shifts] == ["grown"]


def test_the_rhythm_of_the_week_is_no_change():
    """Weekends with other topics; without weekdays these would be told."""
    told = [judged(days(seed=seed, weekend=True)).p for seed in range(40)]
    assert sum(p <= 0.05 for p in told) <= 6
    # A week of five working days against whole weeks: weekends before have no day of the week beside them.
    found = days(weekend=True)
    assert judge(found[-7:-2], found[:-7], seed=1, level=0.005).p > 0.05


@pytest.mark.parametrize("wobble", [0.0, 0.2, 0.45])
def test_weeks_without_a_change_are_told_as_often_as_they_may(wobble):
    p = np.array([judged(days(seed=100 + seed, wobble=wobble), seed=seed).p for seed in range(200)])
    assert (p <= 0.05).mean() <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5
    assert (p <= 0.005).sum() <= 5
    assert p.mean() == pytest.approx(0.5, abs=0.08)


def test_what_is_expected_is_not_tested_and_takes_no_part_in_the_others_shares():
    found = days(change={4: 8.0})
    assert [one.topics for one in judged(found).shifts] == [(5,)]
    rest = judged(found, expected={5})
    assert rest.p > 0.05
    assert not rest.shifts


def test_a_week_is_refused_where_it_cannot_be_told_from_chance():
    found = days()
    assert judge(found[-4:], found[:-7], seed=1, level=0.005) == Why.FEW_DAYS
    assert judge(found[-7:], found[-14:-7], seed=1, level=0.005) == Why.FEW_WEEKS
    assert judge(found[-7:], [], seed=1, level=0.005) == Why.FEW_DAYS
    few = [Counted(one.day, {1: 1}) for one in found]
    assert judge(few[-7:], [], seed=1, level=0.005) == Why.FEW_DAYS
    empty = [Counted(one.day, {}) for one in found]
    assert judge(found[-7:], empty[:-7], seed=1, level=0.005) == Why.FEW_DAYS


def test_a_day_that_was_nearly_empty_is_left_out():
    """Its shares are of few inputs: as one of the week's it would look like a change."""
    found = days()
    found[-3] = Counted(found[-3].day, {7: 5})
    with_it, without = judged(found), judged([*found[:-3], Counted(found[-3].day, {}), *found[-2:]])
    assert with_it == without


def test_the_same_days_and_seed_give_the_same_answer():
    found = days(wobble=0.2, change={4: 1.6})
    assert judged(found) == judged(found)


def test_what_is_split_into_several_topics_is_told_as_one():
    """Each part alone is lost in chance; and beside a set that does not move its topics are tested as ever."""
    parts = dict.fromkeys((3, 12, 21, 30), 1.45)
    found = days(seed=5, wobble=0.2, change=parts, rows=300)
    together = [{k + 1 for k in parts}, {1, 2}]
    assert len(judged(found).shifts) < 4
    (told,) = judged(found, together=together).shifts
    assert set(told.topics) == {k + 1 for k in parts}
    assert told.rows == sum(day.counts.get(k + 1, 0) for day in found[-7:] for k in parts)


def test_sets_of_neighbours_cost_quiet_weeks_nothing():
    sets = [set(range(k, k + size)) for size in (2, 4, 8) for k in range(1, TOPICS, size)]
    p = np.array(
        [judged(days(seed=5000 + seed, wobble=0.2), seed=seed, together=sets).p for seed in range(200)]
    )
    assert (p <= 0.05).sum() <= 10 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_neighbours_are_nodes_of_a_tree():
    middles = np.eye(4, dtype=np.float32)
    middles[1] = [0.8, 0.6, 0, 0]
    middles[3] = [0, 0, 0.8, 0.6]
    assert neighbours([7, 8, 9, 10], middles) == [
        frozenset({7, 8}),
        frozenset({9, 10}),
        frozenset({7, 8, 9, 10}),
    ]
    assert neighbours([7], middles[:1]) == []
