"""An eval set as the baseline of the daily judgement: how few inputs of it are enough?

    OMP_NUM_THREADS=1 python -m bench.drift_reference [--worlds 20] [--first 0] [--sizes 100,200,300,500,1000] [--n 1000] [--out FILE]

Worlds and days as in `drift_worlds`. The eval set is some queries of the world, drawn from all of its 14 days
alike, or (`one day`) as one day of wobbling traffic would give them, or (`lacks`) without topics that make up 5 % of
production on all days; none of them is among the others. How much topics
vary is told from what is left of the 14 days, as in production. 999 shuffles. Per cent of days with p ≤ 0.05
and p ≤ 0.0025 (what topics must reach for an alarm with the structure beside them), and of the days with p ≤ 0.05 those
whose first group is at least half right.
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from bench import ground  # noqa: F401 - settings of its own, before anything reads them
from bench.bench_drift import FOLDER, scored
from bench.drift_detectors import Answer, Group
from bench.drift_worlds import World
from drift.scan.judge import Judgement, judge, seed_of

# cell: how many days a world, and how many rows of production's 14 days the eval set may be drawn of
CELLS = {
    "null": 4, "od400": 3, "od400:one day": 3, "new1_f2": 2, "new1_f5": 2, "od400:new1_f5": 2, "grow_x5": 2,
    "oos_5": 2, "vanishdom": 2, "null:lacks": 2, "od2000:lacks": 2,
}  # fmt: skip
PERMUTATIONS = 999
LACKED = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--sizes", default="100,200,300,500,1000")
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--out", default="")
    args = parser.parse_args()
    sizes, lines = [int(one) for one in args.sizes.split(",")], []
    for number in range(args.first, args.first + args.worlds):
        for traffic in ("", "od2000", "od400"):
            world = World(number, FOLDER, float(traffic[2:]) if traffic else None)
            mine = [
                one for one in CELLS if (one.partition(":")[0] if one.startswith("od") else "") == traffic
            ]
            for cell in mine:
                for repetition in range(CELLS[cell]):
                    lines += one_day(world, cell, args.n, repetition, sizes)
        print("world", number, file=sys.stderr, flush=True)
        if args.out:
            Path(args.out).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    table(lines, sizes)


def one_day(world: World, cell: str, n: int, repetition: int, sizes: list[int]) -> list[dict]:
    """The day beside an eval set of each size."""
    day = world.day(cell.removesuffix(":one day").removesuffix(":lacks"), n, repetition)
    seed = seed_of(world.seed, f"{cell} {n}", repetition)
    chance = np.random.default_rng(seed)
    assert world.baseline.days is not None
    found = []
    for size in sizes:
        if cell.endswith("one day"):
            other = world.day("od400", size, 100 + repetition)  # what a day of its own would be asked
            eval_set, rest = other.sample.vectors, np.arange(len(world.baseline.vectors))
            truth = {}
        else:
            drawn = chance.permutation(len(world.baseline.vectors))
            if cell.endswith("lacks"):
                gone = chance.permutation(world.topics)
                few = gone[: np.searchsorted(np.cumsum(share_of(world, gone)), LACKED) + 1]
                drawn = np.array([row for row in drawn if world.labels[row] not in few])
            some = np.sort(drawn[:size])
            rest = np.setdiff1d(np.arange(len(world.baseline.vectors)), some)
            eval_set, truth = world.baseline.vectors[some], among(day.truth, some)
        answer = judge(
            eval_set, np.zeros(len(eval_set), np.int64), day.sample.vectors, seed=seed, level=0.05,
            permutations=PERMUTATIONS, beside=(world.baseline.vectors[rest], world.baseline.days[rest]), fewest_days=1, fewest_baseline=1,
        )  # fmt: skip
        assert isinstance(answer, Judgement), answer
        groups = [Group(one.kind == "shrunk", one.day, one.baseline, one.p) for one in answer.groups]
        line = {
            "cell": cell,
            "size": size,
            "p": answer.p,
            "rho": answer.rho,
            "by": repetition,
            "world": world.seed,
        }
        found.append(line | scored(truth, Answer(answer.stat, answer.p, groups)))
    return found


def share_of(world: World, topics: np.ndarray) -> np.ndarray:
    shares = dict(zip(world.topics, world.shares, strict=True))
    return np.array([shares[one] for one in topics])


def among(truth: dict[str, np.ndarray], some: np.ndarray) -> dict[str, np.ndarray]:
    """With the numbers that rows of the baseline have in the eval set."""
    return {
        kind: np.flatnonzero(np.isin(some, rows)) if kind == "shrunk" else rows
        for kind, rows in truth.items()
    }


def table(lines: list[dict], sizes: list[int]) -> None:
    by = defaultdict(list)
    for one in lines:
        by[one["cell"], one["size"]].append(one)
    print(f"| | days | {' | '.join(map(str, sizes))} |\n|---|---|{'---|' * len(sizes)}")
    for cell in dict.fromkeys(one["cell"] for one in lines):
        cells = [said(by[cell, size]) for size in sizes]
        print(f"| {cell} | {len(by[cell, sizes[0]])} | {' | '.join(cells)} |")
    print("\nquiet days, p: share under each tenth")
    for size in sizes:
        p = np.array([one["p"] for one in by["null", size]])
        if len(p):
            print(size, [round(float((p <= level).mean()), 2) for level in np.arange(1, 11) / 10])


def said(days: list[dict]) -> str:
    p = np.array([one["p"] for one in days])
    seen = [one for one in days if one["p"] <= 0.05]
    named = sum(bool(one.get("named")) for one in seen)
    return f"{100 * (p <= 0.05).mean():.0f}, {100 * (p <= 0.0025).mean():.0f}; {named}/{len(seen)}"


if __name__ == "__main__":
    main()
