"""What single end users do to the judgement of a day, with and without holding each to a number of rows.

    OMP_NUM_THREADS=1 python -m bench.drift_users [--worlds 20]

Worlds as in `drift_worlds`. Each of 14 days before and the day itself has 1,000 different inputs (of which 2,000 and 1,000 are
compared) of some 400 end users with one to three each. `heavy`: besides, 12 regular users, each on two days of five, with 20 to
80 inputs about one topic of the product's. `script`: on the day one user asks 60 different questions about what nobody
asked before. `new`: 30 users ask one such question each. 999 shuffles; per cent of days at p ≤ 0.05 (a mark) and ≤
0.0025 (an alarm, with the structure beside it).
"""

import argparse
from collections import Counter, defaultdict

import numpy as np

from bench.bench_drift import FOLDER
from bench.drift_worlds import World
from drift import draw
from drift.scan.judge import Judgement, judge, seed_of

ROWS, BEFORE, DAYS, SHUFFLES = 1000, 2000, 14, 999
REGULARS, THERE = 12, 0.4
CELLS = {
    "nothing changed, no user has many": "",
    "nothing changed, heavy users": "heavy",
    "one user's script of 60, heavy users": "heavy script",
    "a new topic of 30 users, heavy users": "heavy new",
    "a new topic of 30 users, no user has many": "new",
}

Row = tuple[str, str]  # user, topic


class Product:
    def __init__(self, world: World, kind: str, seed: list[int]) -> None:
        self.world, self.kind = world, kind
        self.chance = np.random.default_rng(seed)
        regular = self.chance.choice(len(world.topics), REGULARS, replace=False)
        self.regulars = [world.topics[place] for place in regular]
        self.pool = {topic: list(self.chance.permutation(rows)) for topic, rows in world.pool.items()}

    def day(self, last: bool) -> list[Row]:
        rows: list[Row] = []
        if "heavy" in self.kind:
            for number, topic in enumerate(self.regulars):
                if self.chance.random() < THERE:
                    rows += [(f"regular {number}", topic)] * int(self.chance.integers(20, 81))
        unseen = self.world.near[int(self.chance.integers(len(self.world.near)))]
        if last and "script" in self.kind:
            rows += [("script", unseen)] * 60
        if last and "new" in self.kind:
            rows += [(f"curious {number}", unseen) for number in range(30)]
        topics = self.chance.choice(self.world.topics, ROWS - len(rows), p=self.world.shares)
        user = left = 0
        for topic in topics:
            if not left:
                user, left = user + 1, int(self.chance.integers(1, 5))
            left -= 1
            rows.append((f"user {user}", topic))
        return [rows[place] for place in self.chance.permutation(len(rows))]

    def vectors(self, rows: list[Row]) -> np.ndarray:
        """Each text is used once; a topic that has none left gives one of another topic."""
        found = []
        for _user, topic in rows:
            pool = self.pool[topic] or self.pool[max(self.world.topics, key=lambda one: len(self.pool[one]))]
            found.append(pool.pop())
        return self.world.vectors[found].astype(np.float32)


def held(rows: list[Row]) -> list[Row]:
    """As `drift.draw` holds them."""
    limit = draw.limit_of(list(Counter(user for user, _topic in rows).values()), 0)
    seen: Counter[str] = Counter()
    kept = []
    for row in rows:
        seen[row[0]] += 1
        if limit is None or seen[row[0]] <= limit:
            kept.append(row)
    return kept


def p_of(product: Product, days: list[list[Row]], hold: bool, seed: int) -> float:
    shown = [held(rows) if hold else rows for rows in days]
    before = [rows[: BEFORE // DAYS + (number < BEFORE % DAYS)] for number, rows in enumerate(shown[:-1])]
    numbers = np.repeat(np.arange(DAYS), [len(rows) for rows in before])
    baseline = product.vectors([row for rows in before for row in rows])
    answer = judge(
        baseline,
        numbers,
        product.vectors(shown[-1][:ROWS]),
        seed=seed,
        level=0.05,
        permutations=SHUFFLES,
    )
    assert isinstance(answer, Judgement)
    return answer.p


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--days", type=int, default=2, help="of a cell in each world")
    asked = parser.parse_args()
    found: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for number in range(asked.worlds):
        world = World(number, FOLDER)
        for place, (name, kind) in enumerate(CELLS.items()):
            for repetition in range(asked.days):
                for hold in (False, True):
                    product = Product(world, kind, [number, place, repetition])
                    days = [product.day(last=ago == DAYS) for ago in range(DAYS + 1)]
                    p = p_of(product, days, hold, seed_of(number, name, repetition))
                    found[name, hold].append(p)
        print("world", number, flush=True)
        table(found)


def table(found: dict[tuple[str, bool], list[float]]) -> None:
    print("| day | held | days | p ≤ 0.05 | p ≤ 0.0025 |\n|---|---|---|---|---|", flush=True)
    for (name, hold), values in found.items():
        shares = " | ".join(f"{100 * np.mean(np.array(values) <= level):.0f}" for level in (0.05, 0.0025))
        print(f"| {name} | {'yes' if hold else 'no'} | {len(values)} | {shares} |")


if __name__ == "__main__":
    main()
