"""Whether a day is told from the days before, and whether the rows behind it are the right ones."""

import tracemalloc

import numpy as np
import pytest

from drift.scan import wobble
from drift.scan.groups import Kind
from drift.scan.judge import Judgement, judge, seed_of
from drift.scan.known import Known
from drift.scan.measure import class_of, root_deviance
from drift.scan.refused import Reason, Refused
from drift.scan.tree import cosines, grow
from drift.scan.usual import usual_change
from tests.drift.clouds import Clouds, days_of, even

B, N, TOPICS = 900, 300, 40


def judged(before, day, *, days=None, seed=1, permutations=199, level=0.05, **more):
    days = days_of(len(before)) if days is None else days
    return judge(before, days, day, seed=seed, level=level, permutations=permutations, **more)


@pytest.fixture(scope="module")
def planted():
    """A day of which 15 rows are of a topic that the baseline does not have."""
    clouds = Clouds(3)
    before, _ = clouds.window(B, even(TOPICS, without=[0]))
    counts = clouds.chance.multinomial(N - 15, even(TOPICS, without=[0]))
    counts[0] = 15
    day, which = clouds.rows(counts)
    order = clouds.chance.permutation(N)
    return before, day[order], np.flatnonzero(which[order] == 0)


def test_a_planted_topic_is_found_with_its_rows(planted):
    before, day, truth = planted
    found = judged(before, day)
    assert found.p == 1 / 200  # as small as 199 shuffles can say
    group = found.groups[0]
    assert group.kind is Kind.NEW
    assert set(group.day) <= set(truth)
    assert len(group.day) >= 13
    assert group.p == 1 / 200
    assert len(group.baseline) == 0


def test_rows_come_nearest_the_centroid_first(planted):
    before, day, _ = planted
    group = judged(before, day).groups[0]
    likeness = day[group.day] @ group.centroid
    assert np.linalg.norm(group.centroid) == pytest.approx(1, abs=1e-5)
    assert list(likeness) == sorted(likeness, reverse=True)
    assert group.reach < likeness.max()


def test_the_same_seed_gives_the_same_answer_to_the_last_digit(planted):
    before, day, _ = planted
    one, two = judged(before, day, seed=5), judged(before, day, seed=5)
    assert (one.p, one.stat, one.rho) == (two.p, two.stat, two.rho)
    assert [g.day.tolist() for g in one.groups] == [g.day.tolist() for g in two.groups]
    assert judged(before, day, seed=6).stat != one.stat
    assert seed_of(3, "2026-11-02", 0) == seed_of(3, "2026-11-02", 0)
    assert len({seed_of(p, d, s) for p in (1, 11) for d in ("2026-11-02", "1") for s in (0, 1)}) == 8


def test_shuffled_rows_give_even_p_values():
    """Rows of both windows drawn alike: each p is as likely, but for what the wobble correction holds back."""
    clouds = Clouds(4, topics=25)
    p = []
    for seed in range(120):
        rows, _ = clouds.window(620, even(25))
        rows = rows[clouds.chance.permutation(620)]
        p.append(judged(rows[:500], rows[500:], seed=seed, permutations=99).p)
    p = np.sort(p)
    beyond = np.arange(1, 121) / 120 - p  # how much more often so small a p comes than it should
    assert beyond.max() < 1.36 / np.sqrt(120)  # Kolmogorov and Smirnov at 5 %, towards too many alarms
    assert (p <= 0.05).mean() <= 0.10
    assert 0.45 < p.mean() < 0.65


def test_growth_and_shrinking_mirror_when_the_windows_are_swapped():
    clouds = Clouds(5)
    shares = even(TOPICS)
    shares[3] *= 8
    before, _ = clouds.window(700, even(TOPICS))
    day, which = clouds.window(700, shares / shares.sum())
    grown = judged(before, day).groups[0]
    shrunk = judged(day, before).groups[0]
    assert grown.kind is Kind.GROWN
    assert shrunk.kind is Kind.SHRUNK
    assert (which[grown.day] == 3).mean() > 0.95
    assert (which[shrunk.baseline] == 3).mean() > 0.95
    assert len(set(grown.day) & set(shrunk.baseline)) > 0.8 * len(grown.day)
    assert (shrunk.own == shrunk.baseline).all()
    a, m = np.array([0, 3, 9]), np.array([10, 10, 10])
    assert root_deviance(a, m, 0.3) == pytest.approx(-root_deviance(m - a, m, 0.7))


def test_odd_rows_that_form_no_group_are_one_scattered_group():
    clouds = Clouds(6)
    before, _ = clouds.window(B, even(TOPICS))
    day, _ = clouds.window(N - 25, even(TOPICS))
    found = judged(before, np.vstack([day, clouds.odd(25)]))
    group = next(one for one in found.groups if one.kind is Kind.SCATTERED)
    assert found.p <= 0.01
    assert (group.day >= N - 25).mean() > 0.8
    assert group.centroid is None


def test_no_alarm_no_groups():
    clouds = Clouds(7)
    before, _ = clouds.window(B, even(TOPICS))
    day, _ = clouds.window(N, even(TOPICS))
    found = judged(before, day)
    assert found.p > 0.05
    assert found.groups == []


def test_a_level_that_permutations_cannot_reach_shows_no_group(planted):
    before, day, _ = planted
    assert judged(before, day, level=0.001, permutations=199).groups == []


def test_rho_of_a_made_wobble_is_found_again():
    """Twelve topics whose shares vary between days with rho = 1 / (1 + od), as Dirichlet's do."""
    for od, low, high in ((200, 0.0035, 0.0070), (None, 0.0, 0.0020)):
        clouds = Clouds(8, topics=30)
        days, numbers = [], []
        for day in range(28):
            shares = even(30) if od is None else clouds.chance.dirichlet(even(30) * od)
            rows, _ = clouds.window(60, shares)
            days.append(rows)
            numbers += [day] * 60
        tree = grow(cosines(np.vstack(days)))
        assert low <= wobble.overdispersion(tree, np.array(numbers)) <= high  # 1 / 201 is 0.0050


def test_wobbling_traffic_is_not_called_drift():
    """Without the correction most such days would be: topics vary by about half of themselves."""
    alarms, raw = 0, 0
    for seed in range(12):
        clouds = Clouds(20 + seed, topics=30)
        parts = [clouds.window(60, clouds.chance.dirichlet(even(30) * 120))[0] for _ in range(14)]
        day, _ = clouds.window(N, clouds.chance.dirichlet(even(30) * 120))
        before, numbers = np.vstack(parts), np.repeat(np.arange(14), 60)
        alarms += judged(before, day, days=numbers, permutations=99).p <= 0.05
        mixed = clouds.chance.permutation(numbers)  # days that do not differ: nothing to correct for
        raw += judged(before, day, days=mixed, permutations=99).p <= 0.05
    assert alarms <= 3
    assert raw >= 6


def test_wobble_that_is_certain_is_corrected_for_with_caution():
    assert wobble.cautious(0.0003) == 0.0003
    assert wobble.cautious(0.0025) == pytest.approx(0.0065)


def test_what_a_topic_varies_by_is_said_for_its_size():
    assert usual_change(0.0025, 0.0125) == pytest.approx(0.444, abs=0.001)


def test_the_signed_root_of_the_deviance():
    """4 of 4 where a quarter is expected: sqrt(2 * 4 ln 4); 0 of 4: -sqrt(2 * 4 ln(1 / 0.75))."""
    z = root_deviance(np.array([[4], [0], [1]]), np.array([4]), 0.25)[:, 0]
    assert z == pytest.approx([np.sqrt(8 * np.log(4)), -np.sqrt(8 * np.log(4 / 3)), 0])
    sizes = np.array([7, 3, 7])
    many = root_deviance(np.array([[1, 2, 7], [0, 3, 5]]), sizes, 0.4)
    one = [
        [root_deviance(np.array([a]), np.array([m]), 0.4)[0] for a, m in zip(row, sizes, strict=True)]
        for row in ([1, 2, 7], [0, 3, 5])
    ]
    assert many == pytest.approx(np.array(one))
    assert class_of(np.array([4, 5, 7, 8, 255, 256, 900])).tolist() == [-1, 0, 0, 1, 5, 6, 6]


def test_too_little_is_refused_with_its_numbers():
    rows = Clouds(9).odd(800)
    days = days_of(600)
    assert judged(rows[:600], rows[:0], days=days) == Refused(Reason.NO_ROWS, 0, 100)
    assert judged(rows[:600], rows[600:699], days=days) == Refused(Reason.FEW_ROWS, 99, 100)
    assert judged(rows[:499], rows[600:], days=days[:499]) == Refused(Reason.FEW_BASELINE_ROWS, 499, 500)
    assert judged(rows[:600], rows[600:], days=days % 6) == Refused(Reason.FEW_BASELINE_DAYS, 6, 7)
    assert isinstance(judged(rows[:600], rows[600:], days=days % 6, fewest_days=4), Judgement)
    with pytest.raises(ValueError, match="at most 6000 rows"):
        judged(np.zeros((5000, 2), np.float32), np.zeros((1001, 2), np.float32))


def test_what_is_known_is_not_tested_and_what_is_left_is(planted):
    before, day, truth = planted
    group = judged(before, day).groups[0]
    told = Known(group.centroid, group.reach)
    again = judged(before, day, known=[told])
    assert again.p > 0.05
    assert again.aside >= len(truth) - 3
    assert again.baseline_aside <= 5
    # Another new topic beside the known one is found, with the row numbers of the whole day.
    other = np.vstack([day, _cluster(14)])
    found = judged(before, other, known=[told])
    assert found.p == 1 / 200
    assert set(found.groups[0].day) <= set(range(N, N + 14))


def test_a_known_group_that_has_more_of_the_day_than_was_expected_is_tested(planted):
    """15 of 300 rows."""
    before, day, _truth = planted
    group = judged(before, day).groups[0]
    expected = Known(group.centroid, group.reach, most=0.06)
    outgrown = Known(group.centroid, group.reach, most=0.02)
    assert judged(before, day, known=[expected]).aside >= 12
    again = judged(before, day, known=[outgrown])
    assert (again.aside, again.groups[0].kind) == (0, Kind.NEW)


def test_a_baseline_without_days_is_told_by_other_days_what_varies_and_what_is_known():
    """An eval set that lacks a topic: new where the days before do not ask it, either; no alarm where they do, now
    more and now less."""
    clouds = Clouds(12, topics=30)
    eval_set, _ = clouds.window(300, even(30, without=[0]))
    counts = clouds.chance.multinomial(N - 24, even(30, without=[0]))
    counts[0] = 24
    day, _ = clouds.rows(counts)

    def days(without=()):
        shares = [clouds.chance.dirichlet(even(30) * 60) for _day in range(14)]
        for one in shares:
            one[list(without)] = 0
        return np.vstack([clouds.window(60, one / one.sum())[0] for one in shares]), np.repeat(range(14), 60)

    def beside(others):
        return judged(
            eval_set, day, days=np.zeros(300, int), beside=others, fewest_days=1, fewest_baseline=200
        )

    unheard, known = beside(days(without=[0])), beside(days())
    assert (unheard.p, unheard.groups[0].kind) == (1 / 200, Kind.NEW)
    assert known.p > 0.05
    assert 0.005 < known.rho < 0.04  # 1 / 61 is 0.016
    assert judged(eval_set, day, days=np.zeros(300, int), fewest_days=1) == Refused(
        Reason.FEW_BASELINE_ROWS, 300, 500
    )


def test_distances_are_filled_row_by_row():
    """1,500 rows: 9 MB of condensed distances and a few rows; a triangle of indices would be 18 MB more."""
    likeness = cosines(Clouds(10).odd(1500))
    grow(likeness[:50, :50])
    tracemalloc.start()
    tree = grow(likeness)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2.3 * 4 * 1500**2  # linkage makes one copy
    assert sorted(tree.order) == list(range(1500))
    assert (tree.starts + tree.sizes <= 1500).all()


def _cluster(n):
    clouds = Clouds(77)
    return clouds.rows([0] * 5 + [n])[0]
