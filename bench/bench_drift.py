"""The daily judgement on days with a planted change, and on days without, beside what others do.

    OMP_NUM_THREADS=1 python -m bench.bench_drift [--worlds 20] [--first 0] [--n 1000,500,200] [--peers] [--cells null,new1_f2]
        [--out FILE] [--table FILE ...]

Shares are of days. An alarm is a p of at most 0.05, the detector's own; in the cells without a change (null, od2000,
od400) it is a false one. A detector without a p has the threshold that 5 % of its null days are over. Of the
days with an alarm: precision and recall of the rows that are shown; `named`: of all days, those
with an alarm whose first group of the right direction is at least half right. CPU is this process's. The vectors are kept under `var/bench`. `--out` keeps a line a day, `--table` prints what such
files hold.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from annotator.stats.intervals import wilson
from bench import ground  # noqa: F401 - settings of its own, before anything reads them
from bench.drift_detectors import DETECTORS, Answer
from bench.drift_worlds import World
from drift.scan.judge import seed_of

FOLDER = Path(__file__).resolve().parents[1] / "var" / "bench"
CELLS = [
    "null",
    "od2000",
    "od400",
    "new1_f1",
    "new1_f2",
    "new1_f5",
    "newdom_f5",
    "grow_x3",
    "grow_x5",
    "vanish1",
    "vanishdom",
    "halfdom",
    "oos_5",
    "lang_5",
    "od400:new1_f2",
    "od400:new1_f5",
    "od400:grow_x5",
]
QUIET = {"null": 6, "od2000": 3, "od400": 3}  # days a world; of the others two
# (n, cell, figure, least, most)
BARS = (
    (1000, "null", "alarms", 0, 0.05),
    (1000, "od2000", "alarms", 0, 0.10),
    (1000, "od400", "alarms", 0, 0.10),
    (1000, "new1_f2", "alarms", 0.90, 1),
    (1000, "new1_f2", "precision", 0.95, 1),
    (1000, "new1_f2", "recall", 0.85, 1),
    (1000, "new1_f2", "named", 0.90, 1),
    (500, "new1_f5", "alarms", 0.99, 1),
    (200, "new1_f5", "alarms", 0.95, 1),
    (1000, "grow_x5", "alarms", 0.85, 1),
    (1000, "vanish1", "alarms", 0.50, 1),
    (1000, "oos_5", "alarms", 0.90, 1),
    (1000, "lang_5", "alarms", 1, 1),
    (1000, "null", "cpu", 0, 1),
)


def scored(truth: dict[str, np.ndarray], answer: Answer) -> dict[str, float | bool | None]:
    found: dict[str, float | bool | None] = {}
    for kind, rows in truth.items():
        mine = [one for one in answer.groups if one.shrunk == (kind == "shrunk")]
        sides = [set((one.baseline if one.shrunk else one.day).tolist()) for one in mine]
        right, told = set(rows.tolist()), set().union(*sides)
        hit = len(right & told)
        found["precision"] = hit / len(told) if told else None
        found["recall"] = hit / len(right) if right else None
        found["named"] = bool(sides and sides[0] and len(sides[0] & right) >= 0.5 * len(sides[0]))
    return found


def measured(args: argparse.Namespace) -> list[dict]:
    lines = []
    detectors = DETECTORS if args.peers else {"Genba": DETECTORS["Genba"]}
    cells = args.cells.split(",") if args.cells else CELLS
    for number in range(args.first, args.first + args.worlds):
        for traffic in ("", "od2000", "od400"):
            mine = [
                one for one in cells if (one.partition(":")[0] if one.startswith("od") else "") == traffic
            ]
            if not mine:
                continue
            world = World(number, FOLDER, float(traffic[2:]) if traffic else None)
            for cell, n in ((cell, n) for cell in mine for n in map(int, args.n.split(","))):
                for repetition in range(QUIET.get(cell, 2)):
                    day = world.day(cell, n, repetition)
                    seed = seed_of(number, f"{cell} {n}", repetition)
                    for detector, ask in detectors.items():
                        began = time.process_time()
                        answer = ask(world.baseline, day.sample, seed)
                        cpu = time.process_time() - began
                        line = {
                            "detector": detector,
                            "cell": cell,
                            "n": n,
                            "world": number,
                            "day": repetition,
                        }
                        line |= {"p": answer.p, "stat": answer.stat, "cpu": round(cpu, 3)}
                        lines.append(line | scored(day.truth, answer))
                        if args.out:
                            with Path(args.out).open("a", encoding="utf-8") as file:
                                file.write(json.dumps(lines[-1]) + "\n")
        print("world", number, file=sys.stderr, flush=True)
    return lines


def figures(lines: list[dict]) -> dict[tuple[int, str, str], dict[str, float | None]]:
    by = defaultdict(list)
    for line in {
        (one["detector"], one["cell"], one["n"], one["world"], one["day"]): one for one in lines
    }.values():
        by[line["n"], line["detector"], line["cell"]].append(line)
    found = {}
    for (n, detector, cell), days in by.items():
        quiet = [one["stat"] for one in by.get((n, detector, "null"), [])]
        if days[0]["p"] is not None:
            alarms = [one for one in days if one["p"] <= 0.05]
        else:
            bar = np.quantile(quiet, 0.95, method="higher") if quiet else np.inf
            alarms = [one for one in days if one["stat"] > bar]
        found[n, detector, cell] = {
            "days": len(days),
            "alarms": len(alarms) / len(days),
            "precision": mean([one.get("precision") for one in alarms]),
            "recall": mean([one.get("recall") for one in alarms]),
            "named": sum(bool(one.get("named")) for one in alarms) / len(days),
            "cpu": mean([one["cpu"] for one in days]),
        }
    return found


def mean(values: list[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known else None


def table(found: dict[tuple[int, str, str], dict[str, float | None]]) -> None:
    for n in sorted({key[0] for key in found}, reverse=True):
        cells = [cell for cell in CELLS if any(key[0] == n and key[2] == cell for key in found)]
        names = [one for one in DETECTORS if any(key[:2] == (n, one) for key in found)]
        for figure, title in (
            ("days", "days"),
            ("alarms", "alarm, % of days (null, od…: false ones)"),
            ("precision", "of the rows shown, % right"),
            ("recall", "of the rows to be shown, % shown"),
            ("named", "named first, % of days"),
            ("cpu", "CPU seconds a day"),
        ):
            print(f"\nn = {n}: {title}\n\n| | {' | '.join(cells)} |\n|{'---|' * (len(cells) + 1)}")
            for one in names:
                values = [found.get((n, one, cell), {}).get(figure) for cell in cells]
                print(f"| {one} | {' | '.join(written(value, figure) for value in values)} |")
    print("\n| n | cell | figure | bar | found | 95 % interval | |\n|---|---|---|---|---|---|---|")
    for n, cell, figure, least, most in BARS:
        here = found.get((n, "Genba", cell))
        if here and here[figure] is not None:
            value, days = here[figure], int(here["days"])
            bar = f"≥ {least}" if most == 1 and least else f"≤ {most}"
            met = "met" if least <= round(value, 3) <= most else "MISSED"
            share = figure in {"alarms", "named"}
            around = wilson(round(value * days), days) if share else None
            span = f"{around.low:.2f} to {around.high:.2f}" if around else ""
            print(f"| {n} | {cell} | {figure} | {bar} | {value:.2f} | {span} | {met} |")


def written(value: float | None, figure: str) -> str:
    if value is None:
        return "–"
    return str(value) if figure == "days" else f"{value:.2f}" if figure == "cpu" else f"{100 * value:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--n", default="1000")
    parser.add_argument("--cells", default="")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--out", default="")
    parser.add_argument("--table", nargs="*", default=[])
    args = parser.parse_args()
    if args.table:
        lines = [json.loads(line) for path in args.table for line in Path(path).read_text().splitlines()]
    else:
        lines = measured(args)
    table(figures(lines))


if __name__ == "__main__":
    main()
