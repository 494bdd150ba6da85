"""Days with a planted change, made of real queries whose topics are known: for measuring the daily judgement.

A world is a product with 80 of CLINC150's intents and a baseline of 2,000 queries over 14 days; a day is n
queries. Labels never reach the detector; they score it. No text is in both, and all follows from seeds.

null: as before. od2000, od400: nothing new, but shares of topics vary from day to day by about 20 % and 44 %
of themselves (Dirichlet), in the baseline too. od400:x: cell x on such a day.
new1_fX: X % from one intent never seen, in even repetitions of a known domain. newdom_fX: from a whole unseen
domain. grow_xK: an intent of about 1 % K-fold. vanish1: one of about 1.6 % gone; vanishdom, halfdom: a domain
gone, halved. oos_X: X % odd queries, all different. lang_X: X % in another language.
"""

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
QUERIES, ABROAD = DATA / "queries_clinc150.jsonl.gz", DATA / "queries_abroad.txt"
DAYS, ROWS, TOPICS = 14, 2000, 80


@dataclass
class Sample:
    texts: list[str]
    vectors: np.ndarray
    days: np.ndarray | None = None  # of each row of a baseline


@dataclass
class Day:
    """`truth`: rows of the day that are new or grown, rows of the baseline that shrunk."""

    sample: Sample
    truth: dict[str, np.ndarray] = field(default_factory=dict)


@cache
def queries() -> list[dict[str, str]]:
    with gzip.open(QUERIES, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def abroad() -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in ABROAD.read_text(encoding="utf-8").splitlines():
        language, text = line.split("\t")
        found[language].append(text)
    return found


def embedded(texts: list[str], folder: Path) -> np.ndarray:
    """Kept in `folder`: 23,695 texts take a minute and a half of CPU."""
    name = sha256("\n".join(texts).encode()).hexdigest()[:16]
    path = folder / f"{name}.npy"
    if not path.exists():
        import django

        django.setup()
        from annotator.ordering import encoder

        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, np.asarray(encoder.load()(texts), dtype=np.float32))
    return np.load(path)


class World:
    def __init__(self, seed: int, folder: Path, wobble: float | None = None) -> None:
        self.seed, self.folder = seed, folder
        self.vectors = embedded([one["text"] for one in queries()], folder)
        chance = np.random.default_rng([seed, 11])
        pool: dict[str, list[int]] = defaultdict(list)
        self.domain = {}
        for row, one in enumerate(queries()):
            pool[one["label"]].append(row)
            self.domain[one["label"]] = one["domain"]
        self.odd = np.array(pool.pop("oos"))
        labels = sorted(pool)
        domains = sorted({self.domain[one] for one in labels})
        far = set(chance.choice(domains, max(2, len(domains) // 5), replace=False))
        inside = [one for one in labels if self.domain[one] not in far]
        large = [one for one in inside if len(pool[one]) >= 60]
        wanted = min(TOPICS, len(inside) * 2 // 3)
        self.topics = list(chance.choice(large, min(wanted, len(large)), replace=False))
        self.near = [one for one in inside if one not in self.topics]
        self.far = [one for one in labels if self.domain[one] in far]
        shares = chance.uniform(0.6, 1.4, len(self.topics))
        shares = np.minimum(shares, np.array([len(pool[one]) for one in self.topics]) / 100)
        self.shares = shares / shares.sum()
        self.pool = {one: chance.permutation(rows) for one, rows in pool.items()}
        self.used: dict[str, int] = defaultdict(int)
        self.baseline, self.labels = self._baseline(chance, wobble)

    def _baseline(self, chance: np.random.Generator, wobble: float | None) -> tuple[Sample, list[str]]:
        rows: list[int] = []
        days: list[int] = []
        for day in range(DAYS):
            shares = self.shares if wobble is None else chance.dirichlet(self.shares * wobble)
            counts = chance.multinomial(ROWS // DAYS + (day < ROWS % DAYS), shares)
            for topic, count in zip(self.topics, counts, strict=True):
                found = self.pool[topic][self.used[topic] : self.used[topic] + count]
                self.used[topic] += len(found)
                rows += list(found)
                days += [day] * len(found)
        texts = [queries()[row]["text"] for row in rows]
        return Sample(texts, self.vectors[rows], np.array(days)), [queries()[row]["label"] for row in rows]

    def day(self, cell: str, n: int, repetition: int) -> Day:
        made = _Made(self, cell, n, repetition)
        return made.day(n)


class _Made:
    """One day in the making. `extra`: rows that are new, of the queries; `foreign`: texts in another language."""

    def __init__(self, world: World, cell: str, n: int, repetition: int) -> None:
        self.world, self.n, self.repetition = world, n, repetition
        letters = sum(ord(letter) * (place + 1) for place, letter in enumerate(cell))
        self.chance = np.random.default_rng([world.seed, n, repetition, letters])
        self.left = {
            one: list(self.chance.permutation(rows[world.used[one] :])) for one, rows in world.pool.items()
        }
        self.shares = world.shares.copy()
        self.extra: list[int] = []
        self.foreign: list[str] = []
        self.gone: set[str] = set()
        self.grown = ""
        traffic, _, change = cell.rpartition(":")
        if cell.startswith("od"):
            self.shares = self.chance.dirichlet(self.shares * float((traffic or cell)[2:]))
        if change and not change.startswith(("od", "null")):
            kind, _, size = change.partition("_")
            getattr(self, kind)(float(size[1:] or 0) if size[:1] in "fx" else float(size))

    def _rows(self, percent: float) -> int:
        return max(1, round(self.n * percent / 100))

    def new1(self, percent: float) -> None:
        world, wanted = self.world, self._rows(percent)
        source = world.near if self.repetition % 2 == 0 else world.far
        first = source[self.chance.integers(len(source))]
        same = [one for one in source if world.domain[one] == world.domain[first] and one != first]
        rest = [one for one in source if world.domain[one] != world.domain[first]]
        for one in [first, *self.chance.permutation(same), *self.chance.permutation(rest)]:
            self.extra += self.left[one][: wanted - len(self.extra)]

    def newdom(self, percent: float) -> None:
        world = self.world
        domain = self.chance.choice(sorted({world.domain[one] for one in world.far}))
        rows = [row for one in world.far if world.domain[one] == domain for row in self.left[one]]
        self.extra = list(self.chance.permutation(rows)[: self._rows(percent)])

    def grow(self, times: float) -> None:
        shares, topics = self.shares, self.world.topics
        enough = [k for k, one in enumerate(topics) if len(self.left[one]) >= self.n * shares[k] * times]
        fitting = [k for k in enough if 0.008 <= shares[k] <= 0.0125] or [
            k for k in enough if shares[k] > 0.005
        ]
        most = int(np.argmax([len(self.left[one]) for one in topics]))
        k = fitting[self.chance.integers(len(fitting))] if fitting else most
        self.shares = shares * (1 - shares[k] * times) / (1 - shares[k])
        self.shares[k] = self.world.shares[k] * times
        self.grown = topics[k]

    def vanish1(self, _size: float) -> None:
        large = [k for k, share in enumerate(self.shares) if share > np.quantile(self.shares, 0.75)]
        k = large[self.chance.integers(len(large))]
        self.gone = {self.world.topics[k]}
        self.shares[k] = 0

    def vanishdom(self, _size: float, left: float = 0.0) -> None:
        world = self.world
        domain = self.chance.choice(sorted({world.domain[one] for one in world.topics}))
        self.gone = {one for one in world.topics if world.domain[one] == domain}
        for k, one in enumerate(world.topics):
            self.shares[k] *= left if one in self.gone else 1

    def halfdom(self, size: float) -> None:
        self.vanishdom(size, 0.5)

    def oos(self, percent: float) -> None:
        self.extra = list(self.chance.permutation(self.world.odd)[: self._rows(percent)])

    def lang(self, percent: float) -> None:
        languages = sorted(abroad())
        texts = abroad()[languages[(self.world.seed + self.repetition) % len(languages)]]
        self.foreign = list(self.chance.permutation(texts)[: self._rows(percent)])

    def day(self, n: int) -> Day:
        world, rows = self.world, []
        known = n - len(self.extra) - len(self.foreign)
        for topic, count in zip(
            world.topics, self.chance.multinomial(known, self.shares / self.shares.sum()), strict=True
        ):
            rows += self.left[topic][:count]
        drawn = np.array([*rows, *self.extra], dtype=int)
        texts = [queries()[row]["text"] for row in drawn] + self.foreign
        vectors = world.vectors[drawn]
        if self.foreign:
            all_of_them = [text for some in abroad().values() for text in some]
            place = {text: at for at, text in enumerate(all_of_them)}
            other = embedded(all_of_them, world.folder)
            vectors = np.vstack([vectors, other[[place[text] for text in self.foreign]]])
        m, new = len(texts), len(self.extra) + len(self.foreign)
        order = self.chance.permutation(m)
        now_at = np.argsort(order)
        truth = {}
        if new:
            truth["new"] = np.sort(now_at[m - new :])
        if self.grown:
            truth["grown"] = np.sort(now_at[[queries()[row]["label"] == self.grown for row in drawn]])
        if self.gone:
            truth["shrunk"] = np.flatnonzero([label in self.gone for label in world.labels])
        return Day(Sample([texts[row] for row in order], vectors[order].astype(np.float32)), truth)
