"""The `similar` suggester on streams of verified suggestions, beside logistic regression on the same vectors.

    python -m bench.bench_suggest [--seeds 5] [--pictures docs/pictures]

Data: `bench/data`. Of clinc150 the 150 intents in scope are used: what is out of scope has no right
value. The rows from HELD_OUT on are never learned from; accuracy is measured
on them. A stream draws 3,000 of the others, and each is suggested before it is learned, EVERY at a
time: calibration is measured on those suggestions. The regression is scikit-learn's, C = 10.
"""

import argparse
import gzip
import json
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench import ground  # noqa: F401 - settings of its own, before anything reads them
from bench.drawing import Panel, picture
from feedback.similarity.calibration import adaptive_ece, ece, reliability
from feedback.similarity.curve import learning_curve
from feedback.similarity.names import text_of
from feedback.similarity.similar import Similar

FOLDER = Path(__file__).parent / "data"
SETS = {"banking77": "77 intents", "clinc150": "150 intents"}
HELD_OUT = 3500
SIZES = (0, 100, 300, 700, 1500, 3000)
EVERY = 10
TIMED = 100  # suggestions and examples, one at a time, at the end of a stream


@dataclass
class Data:
    name: str
    names: np.ndarray
    vectors: np.ndarray
    right: np.ndarray

    @property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        return self.vectors[HELD_OUT:], self.right[HELD_OUT:]


@dataclass
class Found:
    """By size: (top-1, top-5) of each stream. `said` and `hit`: of each stream, in its order."""

    ours: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: {n: [] for n in SIZES})
    theirs: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: {n: [] for n in SIZES})
    test_ece: dict[int, list[float]] = field(default_factory=lambda: {n: [] for n in SIZES})
    said: list[np.ndarray] = field(default_factory=list)
    hit: list[np.ndarray] = field(default_factory=list)
    suggest_ms: list[float] = field(default_factory=list)
    change_ms: list[float] = field(default_factory=list)
    learn_ms: list[float] = field(default_factory=list)


def rows_of(name: str) -> list[dict[str, str]]:
    """`id`, `text` and `intent` of all that have a right value."""
    with gzip.open(FOLDER / f"intents_{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["intent"] != "oos"]


def read(name: str) -> Data:
    rows = rows_of(name)
    values = sorted({row["intent"] for row in rows})
    import django

    django.setup()
    from annotator.ordering import encoder

    encode = encoder.load()
    right = np.array([values.index(row["intent"]) for row in rows])
    return Data(name, encode([text_of(one) for one in values]), encode([row["text"] for row in rows]), right)


def tops(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    ranks = (scores > scores[np.arange(len(right)), right][:, None]).sum(axis=1)
    return float((ranks < 1).mean()), float((ranks < 5).mean())


def regression(vectors: np.ndarray, right: np.ndarray, asked: np.ndarray, k: int) -> np.ndarray:
    """A class that was not seen yet has no chance."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are many classes
        fitted = LogisticRegression(C=10, max_iter=1000).fit(vectors, right)
    chances = np.full((len(asked), k), -1.0)
    chances[:, fitted.classes_] = fitted.predict_proba(asked)
    return chances


def stream(data: Data, seed: int, found: Found) -> None:
    order = np.random.default_rng(seed).permutation(HELD_OUT)[: SIZES[-1]]
    state = Similar(data.names)
    asked, right = data.test
    said, hit = [], []
    for start in range(0, SIZES[-1] + 1, EVERY):
        if start in SIZES:
            chances = state.predict(asked)
            found.ours[start].append(tops(chances, right))
            found.test_ece[start].append(error(chances.max(axis=1), chances.argmax(axis=1) == right))
        if start in SIZES and start:
            seen = order[:start]
            theirs = regression(data.vectors[seen], data.right[seen], asked, len(data.names))
            found.theirs[start].append(tops(theirs, right))
        part = order[start : start + EVERY]
        chances = state.predict(data.vectors[part])
        said.append(chances.max(axis=1, initial=0))
        hit.append(chances.argmax(axis=1) == data.right[part])
        state.learn(data.vectors[part], data.right[part])
    found.said.append(np.concatenate(said))
    found.hit.append(np.concatenate(hit))
    timed(data, seed, found)


def timed(data: Data, seed: int, found: Found) -> None:
    """CPU of one suggestion, and of one more example and of a change of mind with the suggestion after it,
    at 3,000 examples."""
    order = np.random.default_rng(seed).permutation(HELD_OUT)
    state = Similar(data.names)
    state.learn(data.vectors[order[:2900]], data.right[order[:2900]])
    state.predict(data.vectors[:1])
    asking = learning = 0.0
    for row in order[2900 : 2900 + TIMED]:
        one = slice(row, row + 1)
        began = time.process_time()
        state.predict(data.vectors[one])
        asked = time.process_time()
        state.learn(data.vectors[one], data.right[one])
        state.predict(data.vectors[one])
        asking, learning = asking + asked - began, learning + time.process_time() - asked
    began = time.process_time()
    for row in order[2900 : 2900 + TIMED]:
        one = slice(row, row + 1)
        state.unlearn(data.vectors[one], data.right[one])
        state.learn(data.vectors[one], (data.right[one] + 1) % len(data.names))
        state.predict(data.vectors[one])
    found.change_ms.append(1000 * (time.process_time() - began) / TIMED)
    found.suggest_ms.append(1000 * asking / TIMED)
    found.learn_ms.append(1000 * learning / TIMED)


def error(said: np.ndarray, hit: np.ndarray) -> float:
    return ece(said.tolist(), hit.tolist()) or 0.0


def shown(values: list[tuple[float, float]], top: int) -> str:
    """Mean and standard deviation over streams, in percent."""
    column = np.array(values)[:, top] * 100
    return f"{column.mean():5.1f} ±{column.std(ddof=1) if len(column) > 1 else 0:3.1f}"


def table(name: str, found: Found) -> None:
    print(f"\n{name}, {SETS[name]}, {len(found.said)} streams")
    print("     n   top-1 ours  regression  ratio   top-5 ours  regression  ratio   ECE stream  test rows")
    before = 0
    for n in SIZES:
        cells = []
        for top in (0, 1):
            ours = shown(found.ours[n], top)
            if not found.theirs[n]:
                cells.append(f"{ours}           -      -")
                continue
            ratio = np.mean(found.ours[n], axis=0)[top] / np.mean(found.theirs[n], axis=0)[top]
            cells.append(f"{ours}  {shown(found.theirs[n], top)}  {ratio:5.3f}")
        cell = "     -"
        if n:
            said = np.concatenate([one[before:n] for one in found.said])
            cell = f"{error(said, np.concatenate([one[before:n] for one in found.hit])):6.3f}"
        print(f"{n:6,}  {'   '.join(cells)}       {cell}     {np.mean(found.test_ece[n]):6.3f}")
        before = n
    said, hit = np.concatenate(found.said), np.concatenate(found.hit)
    each = [error(one, right) for one, right in zip(found.said, found.hit, strict=True)]
    print(
        f"ECE over all {len(said):,} suggestions {error(said, hit):.3f}, in bins of equal numbers"
        f" {adaptive_ece(said.tolist(), hit.tolist()):.3f}, of single streams {min(each):.3f} to {max(each):.3f}"
    )
    print(
        f"CPU at {SIZES[-1]:,} examples: {np.mean(found.suggest_ms):.2f} ms a suggestion,"
        f" {np.mean(found.learn_ms):.1f} ms an example learned and the suggestion after it,"
        f" {np.mean(found.change_ms):.1f} ms a change of mind and the suggestion after it"
    )


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def curve_of(name: str, found: Found) -> Panel:
    """Both on the same rows, and what the stream itself saw."""
    panel = Panel(
        f"{name}: {SETS[name]}", (0, 3000, 1000), (0, 1, 0.2), ("verified examples", "right"), percent
    )
    points = [learning_curve(one.tolist()) for one in found.hit]
    middles = [point.middle for point in points[0]]
    rates = np.array([[(one.right.value, one.right.low, one.right.high) for one in line] for line in points])
    mean = rates.mean(axis=0)
    panel.band(middles, mean[:, 1].tolist(), mean[:, 2].tolist(), "a")
    for kind, by_size in (("a", found.ours), ("b", found.theirs)):
        sizes = [n for n in SIZES if by_size[n]]
        means = np.array([np.mean(by_size[n], axis=0) for n in sizes])
        panel.line(sizes, means[:, 0].tolist(), kind)
        panel.line(sizes, means[:, 1].tolist(), f"{kind} dashed")
        for n, (first, five) in zip(sizes, means.tolist(), strict=True):
            panel.dot(n, first, kind)
            panel.dot(n, five, kind)
    panel.note(1150, 0.26, "similar: top-1, - - top-5", "a")
    panel.note(1150, 0.18, "logistic regression", "b")
    panel.note(1150, 0.10, "band: next suggestion, 95 %", "soft")
    return panel


def reliability_of(name: str, found: Found) -> Panel:
    said, hit = np.concatenate(found.said), np.concatenate(found.hit)
    title = f"{name}: ECE {error(said, hit):.3f}"
    panel = Panel(title, (0, 1, 0.2), (0, 1, 0.2), ("confidence", "right"), percent)
    panel.line([0, 1], [0, 1], "ideal dashed")
    for one in reliability(said.tolist(), hit.tolist()):
        panel.bar(one.low, one.high, one.right.value, "a")
        panel.line([one.confidence] * 2, [one.right.low, one.right.high], "a")
    early = np.concatenate([one[:300] for one in found.said])
    for one in reliability(early.tolist(), np.concatenate([one[:300] for one in found.hit]).tolist()):
        panel.dot(one.confidence, one.right.value, "b")
    panel.note(0.04, 0.93, "all suggestions, 95 %", "a")
    panel.note(0.04, 0.86, "of these the first 300", "b")
    return panel


PICTURES = (
    ("suggest-learning.svg", curve_of, "Share of right suggestions against the number verified"),
    ("suggest-calibration.svg", reliability_of, "Share of right suggestions against their confidence"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--pictures", type=Path, default=Path("docs/pictures"))
    arguments = parser.parse_args()
    results: dict[str, Found] = {}
    for name in SETS:
        data = read(name)
        results[name] = Found()
        for seed in range(arguments.seeds):
            stream(data, seed, results[name])
        table(name, results[name])
    arguments.pictures.mkdir(parents=True, exist_ok=True)
    for file, made, what in PICTURES:
        panels = [made(name, found) for name, found in results.items()]
        (arguments.pictures / file).write_text(picture(panels, what))


if __name__ == "__main__":
    main()
