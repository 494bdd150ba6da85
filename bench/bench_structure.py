"""False alarms and power of the structural tests, and what a row costs.

    python -m bench.bench_structure [worlds]

A world's 14 days are a baseline for each of its days; an alarm is the day's one p-value for all features at
0.05 or 0.01, as stated by the method itself. Seconds are of one process's CPU.
"""

import random
import sys
import time
from collections import Counter

from bench.days import CHANGES, World, read
from drift.structure.feature import Scale, Shape
from drift.structure.judge import judge
from drift.structure.registry import FEATURES
from drift.structure.rows import Row, Text
from drift.structure.tally import Tally

BASELINE = 14
QUIET, CHANGED = 5, 2  # days a world
VIEWS = {Scale.LOG: 3}  # of an amount: its middle and both tails
OF = {
    "outputs 40 % longer": "output.length",
    "5 % refusals": "output.refusal",
    "JSON objects to lists": "output.json",
    "5 % Korean": "input.language",
    "5 % of words mistyped": "input.unknown_words",
    "template on 10 %": "input.prefix",
}


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    cost()
    print(f"\n{worlds} worlds; share of days with p of the day <= 0.05 / <= 0.01 (days)")
    for n in (1000, 200):
        for wobble in ("null", "wobble44", "rough", "weekly"):
            row(f"no change, {wobble}", n, *quiet(worlds, n, wobble))
        for wobble in ("null", "wobble44"):
            changed(worlds, n, wobble)


def row(name: str, n: int, ps: list[float], note: str) -> None:
    at = [100 * sum(p <= level for p in ps) / len(ps) for level in (0.05, 0.01)]
    print(f"{n:5} {name:42} {at[0]:5.1f} / {at[1]:5.1f} ({len(ps)})  {note}", flush=True)


def quiet(worlds: int, n: int, wobble: str) -> tuple[list[float], str]:
    ps: list[float] = []
    blamed: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    views: Counter[str] = Counter()
    for seed in range(worlds):
        world = World(seed, wobble)
        before = [world.day(at, n) for at in range(BASELINE)]
        for at in range(QUIET if wobble != "weekly" else 7):
            found = judge(world.day(BASELINE + at, n), before, FEATURES)
            ps.append(found.p)
            blamed.update(one.key for one in found.changed(0.05))
            for one in found.findings:
                if one.seen is not None and FEATURES[one.key].shape != Shape.CATEGORY:
                    views[one.key] += 1
                    alone[one.key] += (
                        one.seen.p
                        * (VIEWS if FEATURES[one.key].shape == Shape.AMOUNT else {}).get(
                            FEATURES[one.key].scale, 1
                        )
                        <= 0.05
                    )
    every = sum(alone.values()) / sum(views.values())
    worst = max(views, key=lambda key: alone[key] / views[key])
    note = f"one feature alone, however little it changed: p <= 0.05 on {100 * every:.1f} %"
    note += f" (most: {worst} {100 * alone[worst] / views[worst]:.0f} %)"
    return ps, note + "".join(f"; {key} {times}" for key, times in blamed.most_common(4))


def changed(worlds: int, n: int, wobble: str) -> None:
    found: dict[str, list[float]] = {change: [] for change in CHANGES}
    named: Counter[str] = Counter()
    for seed in range(worlds):
        world = World(seed, wobble)
        before = [world.day(at, n) for at in range(BASELINE)]
        for change in CHANGES:
            for at in range(CHANGED):
                judged = judge(world.day(BASELINE + at, n, change), before, FEATURES)
                found[change].append(judged.p)
                named[change] += judged.by_key[OF[change]].adjusted <= 0.05
    for change, ps in found.items():
        row(f"{change}, {wobble}", n, ps, f"{OF[change]} named {100 * named[change] / len(ps):.0f} %")


def cost() -> None:
    rng = random.Random(0)
    asked = [one["text"] for one in read("intents_clinc150")[:1000]]
    answers = [one["answer"] for one in read("answers_llmfao")]
    rows = [
        Row(str(at), at, Text(text), [{"role": "user", "content": text}], rng.choice(answers), latency_ms=1.0)
        for at, text in enumerate(asked)
    ]
    day = Tally()
    day.add(rows[0], FEATURES.values())  # dictionaries are read
    started = time.process_time()
    for one in rows:
        day.add(one, FEATURES.values())
    print(f"reading 1,000 rows: {time.process_time() - started:.2f} CPU s")
    for key, feature in FEATURES.items():
        fresh = [Row(o.id, o.at, Text(o.asked.whole), o.sent, o.answered, latency_ms=1.0) for o in rows]
        started = time.process_time()
        for one in fresh:
            feature.measure(one)
        took = time.process_time() - started
        if took > 0.05:
            print(f"  of these {key} alone: {took:.2f}")


if __name__ == "__main__":
    main()
