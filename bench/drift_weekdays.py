"""Which baseline suits traffic with a weekly rhythm: the 14 days before, or earlier days of the same weekday?

    OMP_NUM_THREADS=1 python -m bench.drift_weekdays [--worlds 17]

Worlds as in `drift_worlds`. Shares of topics vary from day to day by about 20 % of themselves (Dirichlet); besides, by
scenario, not at all between weekdays, between working days and weekends, or between each weekday and the next, by about
44 %. A share over 4.5 % is cut, or the queries would run out. 1,000 rows against 2,000; 199 shuffles; per cent of days at p ≤
0.05 and ≤ 0.01, of days without a change and with a new topic of 2 %.
"""

import argparse
from collections import defaultdict

import numpy as np

from bench.bench_drift import FOLDER
from bench.drift_worlds import World
from drift.scan.judge import Judgement, judge

BASELINES = {
    "the 14 days before": range(-1, -15, -1),
    "4 of the same weekday": range(-7, -35, -7),
    "8 of the same weekday": range(-7, -63, -7),
}
SCENARIOS = ("no rhythm", "weekends differ", "each weekday differs")
SATURDAY, MONDAY = 5, 0
DAILY, WEEKLY = 2000, 400  # of Dirichlet's law: the larger, the less they vary
MOST = 0.045


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=3)
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(parser.parse_args().worlds):
        world = World(number, FOLDER)
        for place, scenario in enumerate(SCENARIOS):
            for today in (SATURDAY, MONDAY):
                chance = np.random.default_rng([number, place, today])
                week = rhythm(world.shares, scenario, chance)
                for name, ago in BASELINES.items():
                    one_day(world, week, today, list(ago), chance, found, name)
    print(
        "| baseline | days | p ≤ 0.05 | p ≤ 0.01 | new 2 %: days | p ≤ 0.05 | p ≤ 0.01 |\n|---|---|---|---|---|---|---|"
    )
    for name in BASELINES:
        cells = [part for kind in ("quiet", "new") for part in rates(found[name, kind])]
        print(f"| {name} | {' | '.join(cells)} |")


def rates(p: list[float]) -> list[str]:
    values = np.array(p)
    return [str(len(p)), *(f"{100 * (values <= level).mean():.0f}" for level in (0.05, 0.01))]


def rhythm(shares: np.ndarray, scenario: str, chance: np.random.Generator) -> list[np.ndarray]:
    """The shares of each weekday."""
    if scenario == "no rhythm":
        return [shares] * 7
    if scenario == "weekends differ":
        return [shares] * 5 + [chance.dirichlet(shares * WEEKLY)] * 2
    return [chance.dirichlet(shares * WEEKLY) for _day in range(7)]


def one_day(world, week, today, ago, chance, found, name) -> None:
    """Two quiet days and one with a new topic, against a baseline of the days `ago`."""

    def shares(day: int) -> np.ndarray:
        usual = np.clip(week[(today + day) % 7], 1e-4, 0.035)
        drawn = np.minimum(chance.dirichlet(usual * DAILY), MOST)
        return drawn / drawn.sum()

    left = {topic: list(chance.permutation(rows)) for topic, rows in world.pool.items()}
    before, days = [], []
    for place, day in enumerate(ago):
        rows = taken(world, left, shares(day), 2000 // len(ago), chance)
        before += rows
        days += [place] * len(rows)
    today_shares = shares(0)
    for kind in ("quiet", "quiet", "new"):
        here = {topic: list(rows) for topic, rows in left.items()}
        source = world.near if chance.random() < 0.5 else world.far
        new = here[source[chance.integers(len(source))]][:20] if kind == "new" else []
        rows = taken(world, here, today_shares, 1000 - len(new), chance) + new
        seed = int(chance.integers(1 << 30))
        answer = judge(
            world.vectors[before], np.array(days), world.vectors[rows], seed=seed, level=0.05,
            permutations=199, fewest_days=4,
        )  # fmt: skip
        assert isinstance(answer, Judgement)
        found[name, kind].append(answer.p)


def taken(world, left, shares, n, chance) -> list[int]:
    rows = []
    for topic, count in zip(world.topics, chance.multinomial(n, shares), strict=True):
        rows += left[topic][:count]
        left[topic] = left[topic][count:]
    return rows


if __name__ == "__main__":
    main()
