"""A week beside the three before it, on traffic with a planted change and without: how often it is told.

    OMP_NUM_THREADS=1 python -m bench.drift_weeks [--worlds 20] [--first 0] [--rows 1000] [--traffic steady,weekends]

Worlds as in `drift_worlds` (80 intents): 28 days of `rows` queries. An intent has some 150 of them, so that they come again, each
time said a little otherwise (noise on the vector, cosine about 0.95). Topics are fitted to all of them as the
weekly fit does, each day is counted, and the last seven are judged (`drift.topics.weeks`). Shares of topics do not vary;
vary from day to day by about 20 % or 44 % of themselves (Dirichlet); as by 20 %, with another mixture on weekends; or
wander: half of the variance of 44 % is of the week. Per cent of weeks with p ≤ 0.05 and ≤ 0.005, an alarm's level;
`told`: at 0.005 and among the topics named is one that is of the intent by half, in the right direction.
"""

import argparse
import time
from collections import defaultdict
from datetime import date, timedelta

import numpy as np

from bench.bench_drift import FOLDER
from bench.drift_worlds import World
from drift.topics.fit import fit
from drift.topics.nearest import UNSORTED, counted
from drift.topics.neighbours import unit
from drift.topics.weeks import Counted, Judged, judge, neighbours

TRAFFIC = {"steady": None, "by 20 %": 2000.0, "by 44 %": 400.0, "weekends": 2000.0, "wandering": 400.0}
CHANGES = (
    "none",
    "none",
    "3 % doubled",
    "3 % doubled from Thursday",
    "3 % gone",
    "1.5 % doubled",
    "1.5 % gone",
)
FIRST, DAYS, WEEK = date(2026, 11, 2), 28, 7
OF_WEEK = 0.5
LARGEST = 0.03
APART = 0.017  # noise on each of 384 values


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=2)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--traffic", default=",".join(TRAFFIC))
    asked = parser.parse_args()
    found: dict[tuple[str, str], list[tuple[float, bool, float]]] = defaultdict(list)
    for number in range(asked.first, asked.first + asked.worlds):
        world = World(number, FOLDER)
        for place, traffic in enumerate(TRAFFIC):
            if traffic not in asked.traffic.split(","):
                continue
            chance = np.random.default_rng([number, place])
            for change in CHANGES:
                found[traffic, change].append(one_month(world, traffic, change, asked.rows, chance))
    print("| shares vary | change | weeks | p ≤ 0.05 | ≤ 0.005 | told |\n|---|---|---|---|---|---|")
    for (traffic, change), weeks in found.items():
        p = np.array([one[0] for one in weeks])
        cells = [
            f"{100 * share:.0f}"
            for share in ((p <= 0.05).mean(), (p <= 0.005).mean(), np.mean([one[1] for one in weeks]))
        ]
        print(f"| {traffic} | {change} | {len(weeks)} | {' | '.join(cells)} |")
    print(
        f"CPU seconds a week, without the fit: {np.mean([one[2] for weeks in found.values() for one in weeks]):.2f}"
    )


def one_month(world, traffic, change, n, chance) -> tuple[float, bool, float]:
    days, which = shares_of(world, traffic, change, chance)
    counts = np.array([chance.multinomial(n, shares) for shares in days])
    at, truth = (np.repeat(axis, counts.ravel()) for axis in map(np.ravel, np.indices(counts.shape)))
    rows = [chance.choice(world.pool[world.topics[k]]) for k in truth]
    said = chance.normal(0, APART, (len(rows), world.vectors.shape[1]))
    vectors = unit((world.vectors[rows] + said).astype(np.float32))
    fitted = fit(vectors, seed=7)
    labels = counted(vectors, unit(fitted.centroids), fitted.floor).topic
    told = [
        Counted(
            FIRST + timedelta(days=day),
            {
                int(t): int(c)
                for t, c in zip(
                    *np.unique(labels[(at == day) & (labels != UNSORTED)], return_counts=True), strict=True
                )
            },
        )
        for day in range(DAYS)
    ]
    sets = neighbours(range(len(fitted.centroids)), unit(fitted.centroids))
    began = time.process_time()
    answer = judge(told[-WEEK:], told[:-WEEK], seed=int(chance.integers(1 << 30)), level=0.005, together=sets)
    spent = time.process_time() - began
    assert isinstance(answer, Judged)
    right = [
        one for one in answer.shifts
        if (truth[np.isin(labels, one.topics)] == which).mean() >= 0.5 and (one.kind == "shrunk") == change.endswith("gone")
    ]  # fmt: skip
    return answer.p, bool(right), spent


def shares_of(world, traffic, change, chance):
    """Of each day, and the place of the topic that changes."""
    usual = np.clip(world.shares, 1e-4, LARGEST)
    which = int(chance.integers(len(usual)))
    if change != "none":
        usual[which] = float(change.split()[0]) / 100
    usual /= usual.sum()
    weekend = chance.dirichlet(usual * TRAFFIC["by 44 %"]) if traffic == "weekends" else usual
    found = []
    for day in range(DAYS):
        if day % WEEK == 0:
            own = chance.dirichlet(usual * 400 / OF_WEEK) if traffic == "wandering" else usual
        law = TRAFFIC[traffic] and TRAFFIC[traffic] / (1 - OF_WEEK * (traffic == "wandering"))
        centre = weekend if day % WEEK >= 5 and traffic == "weekends" else own
        shares = centre if law is None else chance.dirichlet(np.maximum(centre, 1e-5) * law)
        if day >= DAYS - WEEK + (3 if "Thursday" in change else 0):
            shares = shares.copy()
            shares[which] *= 2 if "doubled" in change else 0 if "gone" in change else 1
        found.append(shares / shares.sum())
    return found, which


if __name__ == "__main__":
    main()
