"""Several parts of one sample: exact chances, and intervals that hold the truth."""

import random
from collections import Counter

import pytest

from annotator.stats.hajek import Cell, of_cells, of_days, scaled
from annotator.stats.intervals import Undefined
from feedback.sampling import EACH_MOST, Stratum, Urn, allocate, each, together
from feedback.union import Part, union

SIZES = {"email": 140, "chat": 270, "call": 110, "news": 40}


def drawn(seed: str, rows, divide, n: int, members=None) -> Part:
    """The real draw of one part, over (feature, key) rows."""
    urn = Urn(seed, n, divide)
    urn.add(row for row in rows if members is None or row[1] in members)
    return Part(seed, urn.draw(), members)


def chances_of(parts, rows):
    keys = {key for part in parts for key in part.keys}
    return union(parts, {key: feature for feature, key in rows if key in keys})


def day(sizes=SIZES) -> list[tuple[str, bytes]]:
    return [(name, f"{name}-{n}".encode()) for name, size in sizes.items() for n in range(size)]


def test_a_chance_is_that_of_being_missed_by_no_part():
    stratum = Stratum("chat", ("chat",), 100, 10)
    disliked = Stratum("", ("chat",), 8, 2)
    parts = [
        Part("spread", [(stratum, [b"a", b"b"])]),
        Part("negative", [(disliked, [b"b"])], frozenset({b"b", b"c"})),
    ]

    found = union(parts, {b"a": "chat", b"b": "chat"})

    assert found[b"a"].probability == 0.1
    assert found[b"b"].probability == pytest.approx(1 - 0.9 * 0.75)
    assert [part for part, _stratum in found[b"b"].why] == ["spread", "negative"]


def test_what_is_sure_is_exactly_sure():
    parts = [
        Part("spread", [(Stratum("chat", ("chat",), 3, 1), [b"a"])]),
        Part("negative", [(Stratum("", ("chat",), 2, 2), [b"a", b"b"])], frozenset({b"a", b"b"})),
    ]

    assert [one.probability for one in union(parts, {b"a": "chat", b"b": "chat"}).values()] == [1, 1]


def test_some_of_each_feature_the_largest_first():
    assert [(one.name, one.drawn) for one in each({"a": 5, "b": 1, "c": 0}, 2)] == [("a", 2), ("b", 1)]
    many = each({f"f{n}": n for n in range(1, 200)}, 3)
    assert (len(many), many[0].name) == (EACH_MOST // 3, "f199")
    assert each({"a": 5}, 0) == together({"a": 5}, 0) == together({}, 3) == []
    assert [(one.drawn, one.population) for one in together({"a": 5, "b": 1}, 9)] == [(6, 6)]


def test_each_interaction_comes_as_often_as_its_chance_says():
    """1,500 days of the same log: the share of days on which an interaction was drawn is its chance."""
    rows = day({"email": 30, "chat": 10})
    disliked, long = {b"email-1", b"email-2", b"chat-3"}, {b"email-2", b"chat-4"}
    seen: Counter[bytes] = Counter()
    told: dict[bytes, float] = {}
    for n in range(1500):
        parts = [
            drawn(f"day {n}", rows, allocate, 6),
            drawn(f"day {n}:each", rows, each, 1),
            drawn(f"day {n}:negative", rows, together, 1, disliked),
            drawn(f"day {n}:long", rows, together, 1, long),
        ]
        found = chances_of(parts, rows)
        seen.update(found.keys())
        for key, chance in found.items():
            assert told.setdefault(key, chance.probability) == pytest.approx(chance.probability)

    assert len(told) == 40
    for key, chance in told.items():
        assert seen[key] / 1500 == pytest.approx(chance, abs=4.5 * (chance * (1 - chance) / 1500) ** 0.5)


class World:
    """Days whose failure rate depends on the feature, and shows in signals and in length."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def day(self, n: int):
        chance, sizes = self.chance, {**SIZES, "news": self.chance.randint(10, 80)}
        rates = {name: chance.uniform(0.03, 0.4) for name in sizes}
        rows = day(sizes)
        bad = {key for name, key in rows if chance.random() < rates[name]}
        disliked = {key for _name, key in rows if chance.random() < (0.3 if key in bad else 0.01)}
        long = {key for _name, key in rows if chance.random() < (0.08 if key in bad else 0.02)}
        parts = [
            drawn(f"1:{n}", rows, allocate, 20),
            drawn(f"1:{n}:feature", rows, each, 1),
            drawn(f"1:{n}:negative", rows, together, 3, disliked),
            drawn(f"1:{n}:outliers", rows, together, 2, long),
        ]
        return rows, bad, chances_of(parts, rows)


def cells(found, bad, keys) -> list[Cell]:
    return [Cell(found[key].probability, 1, int(key in bad)) for key in keys if key in found]


@pytest.fixture(scope="module")
def five_hundred():
    world = World(7)
    return [world.day(n) for n in range(500)]


def test_the_interval_of_five_hundred_days_holds_the_truth(five_hundred):
    """The naive percentage does not: its answers were drawn where failures are."""
    held = naive = mean = 0.0
    for rows, bad, found in five_hundred:
        estimate = of_cells(cells(found, bad, [key for _name, key in rows]))
        truth = len(bad) / len(rows)
        held += estimate.low <= truth <= estimate.high
        naive += len(bad & found.keys()) / len(found) - truth
        mean += estimate.value - truth

    assert 0.93 <= held / 500 <= 0.985  # 95 % with two standard errors of 500 days, and what it may be safer
    assert abs(mean / 500) < 0.015
    assert naive / 500 > 0.05


def test_the_interval_of_a_feature_holds_the_truth(five_hundred):
    held = 0
    for rows, bad, found in five_hundred:
        mine = [key for name, key in rows if name == "chat"]
        estimate = of_cells(cells(found, bad, mine))
        held += estimate.low <= len(bad.intersection(mine)) / len(mine) <= estimate.high

    assert 0.93 <= held / 500 <= 0.985


def test_the_interval_of_a_week_holds_the_truth(five_hundred):
    held = weeks = 0
    for first in range(0, 497, 7):
        week = five_hundred[first : first + 7]
        estimate = of_days(
            (len(rows), cells(found, bad, [key for _n, key in rows])) for rows, bad, found in week
        )
        truth = sum(len(bad) for _r, bad, _f in week) / sum(len(rows) for rows, _b, _f in week)
        held += estimate.low <= truth <= estimate.high
        weeks += 1

    assert weeks == 71
    assert held >= 63  # of 71 at 95 %: fewer comes once in 200


def half_answered(rows, bad, found, chance: random.Random) -> list[tuple[bytes, Cell]]:
    """Half of a day's items, and of the feature that fails most, which is hard to judge, one in five."""
    feature = {key: name for name, key in rows if key in found}
    of, fails = Counter(name for name, _key in rows), Counter(name for name, key in rows if key in bad)
    worst = max(of, key=lambda name: fails[name] / of[name])
    order = sorted(feature, key=lambda _key: chance.random())
    answered = {key for key in order[: len(order) // 2] if feature[key] != worst or chance.random() < 0.4}
    drawn, given = Counter(feature.values()), Counter(feature[key] for key in answered)
    return [
        (key, Cell(found[key].probability, 1, int(key in bad), answered=given[name] / drawn[name]))
        for key, name in feature.items()
        if key in answered
    ]


def test_the_interval_of_a_half_answered_day_holds_the_truth(five_hundred):
    """By the chances alone, without what was answered of each feature, the mean would be 1.5 points low."""
    held = mean = 0.0
    chance = random.Random(19)
    for rows, bad, found in five_hundred:
        estimate = of_cells(cell for _key, cell in half_answered(rows, bad, found, chance))
        held += estimate.low <= len(bad) / len(rows) <= estimate.high
        mean += estimate.value - len(bad) / len(rows)

    assert 0.93 <= held / 500 <= 0.985
    assert abs(mean / 500) < 0.01


def test_days_together_do_not_lean_to_those_that_were_answered_whole(five_hundred):
    """Fortnights: good days that were answered whole, then bad ones of which half was, and less of the worst.

    A version of the product that had half of each day, as well as all of it.
    """
    chance, fortnights, held, mean = random.Random(23), 0, Counter(), Counter()
    by_badness = sorted(five_hundred, key=lambda one: len(one[1]) / len(one[0]))
    good, poor = by_badness[:250], by_badness[250:]
    chance.shuffle(good)
    chance.shuffle(poor)
    for first in range(0, 245, 7):
        days: list[tuple[list, list]] = []
        for n, (rows, bad, found) in enumerate(good[first : first + 7] + poor[first : first + 7]):
            whole = [(key, Cell(found[key].probability, 1, int(key in bad))) for key in found]
            days.append(((rows, bad), half_answered(rows, bad, found, chance) if n >= 7 else whole))
        for name, wanted in {"all": b"0123456789", "version": b"02468"}.items():
            estimate = of_cells(
                cell
                for (rows, _bad), given in days
                for (key, _cell), cell in zip(
                    given, scaled(len(rows), [one for _k, one in given]), strict=True
                )
                if key[-1] in wanted
            )
            mine = [key for (rows, _bad), _given in days for _name, key in rows if key[-1] in wanted]
            truth = sum(
                key in bad for (rows, bad), _g in days for _n, key in rows if key[-1] in wanted
            ) / len(mine)
            held[name] += estimate.low <= truth <= estimate.high
            mean[name] += estimate.value - truth
        fortnights += 1

    assert fortnights == 35
    for name in ("all", "version"):
        assert held[name] >= 30  # of 35 at 95 %: fewer comes once in 200
        assert abs(mean[name] / 35) < 0.004


def test_a_week_counts_its_days_by_what_they_held():
    """A hundred with every tenth bad, and three hundred of which half were looked at, a fifth bad."""
    quiet, busy = [Cell(0.1, 10, 1)], [Cell(0.1, 15, 3)]

    assert of_days([(100, quiet), (300, busy)]).value == pytest.approx((100 * 0.1 + 300 * 0.2) / 400)
    assert of_days([(100, quiet), (300, [])]).value == pytest.approx(0.1)
    assert of_days([]).reason == Undefined.NO_ANSWERS


def test_heavy_answers_that_are_all_equal_feign_no_certainty():
    """Three of three disliked ones are bad, none of twelve at random: these twelve alone leave room to 20 %."""
    found = of_cells([Cell(12 / 300, 12, 0), Cell(0.3, 3, 3)])

    assert found.value == pytest.approx(10 / 310)
    assert found.high > 0.2


def test_all_looked_at_is_the_rate_itself():
    found = of_cells([Cell(1, 8, 2)])

    assert (found.value, found.low, found.high) == (0.25, 0.25, 0.25)


def test_one_of_eight_that_were_all_drawn_is_not_all():
    """Answered at random, it is worth a little more than one plain answer, for one of eight is known."""
    found = of_cells([Cell(1, 1, 0, answered=1 / 8)])

    assert (found.value, found.low) == (0, 0)
    assert found.n_eff == pytest.approx(8 / 7)
    assert found.high > 0.7
    assert of_days([(8, [Cell(1, 1, 0, answered=1 / 8)]), (8, [Cell(1, 8, 0)])]).high > 0.3


def test_the_strata_of_the_reference_as_cells():
    """statistics: 200 disliked of which 30 of 50 are bad, 9,800 others of which 8 of 100 are."""
    found = of_cells([Cell(50 / 200, 50, 30), Cell(100 / 9800, 100, 8)])

    assert found.value == pytest.approx(0.0904)
    assert found.kish == pytest.approx(104.0366, abs=5e-5)
