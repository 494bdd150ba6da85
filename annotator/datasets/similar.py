"""Which texts are nearly the same, among very many. Pure; needs numpy, so that only workers import it.

Two texts are nearly the same when at least `THRESHOLD` of the pairs of neighbouring words that are in
either are in both (Jaccard). MinHash with banding (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of
Massive Datasets, chapter 3) finds candidates: 16 bands of 4 rows find a pair of likeness 0.7 with 98.8 %,
of 0.8 with 99.98 %. Each candidate is then compared by its sketch, the 128 smallest hashes, which is exact
up to 128 pairs of words and an estimate beyond.
"""

from array import array
from collections.abc import Iterator
from zlib import crc32

import numpy as np
import numpy.typing as npt

from annotator.datasets.words import words_of

THRESHOLD = 0.7
BANDS, ROWS = 16, 4
SKETCH = 128
MOST_WORDS = 5000  # of a very long text its beginning

Hashes = npt.NDArray[np.uint32]

_random = np.random.default_rng(20261130)  # the same functions in every process
_A = _random.integers(1, 2**61, size=(BANDS * ROWS, 1), dtype=np.uint64) | np.uint64(1)
_B = _random.integers(0, 2**61, size=(BANDS * ROWS, 1), dtype=np.uint64)
_MIX = _random.integers(1, 2**61, size=ROWS, dtype=np.uint64) | np.uint64(1)
_P, _Q = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


def shingles(text: str) -> Hashes:
    """Hashes of its pairs of neighbouring words, each once, in order; both ends count as words."""
    encoded = " ".join(words_of(text)[:MOST_WORDS]).encode("utf-8", "surrogatepass")
    hashed = np.array([0, *map(crc32, encoded.split()), 1], dtype=np.uint64)
    pairs = (hashed[:-1] * _P + hashed[1:]) * _Q
    return np.unique((pairs >> np.uint64(32)).astype(np.uint32))


def likeness(one: Hashes, other: Hashes) -> float:
    """Jaccard of two sketches: of the smallest hashes of both together, those that are in each."""
    both = np.intersect1d(one, other, assume_unique=True)
    if one.size < SKETCH and other.size < SKETCH:
        return float(both.size / (one.size + other.size - both.size))
    union = np.union1d(one, other)[:SKETCH]
    return float(np.searchsorted(both, union[-1], side="right") / union.size)


class Texts:
    """Texts that are compared with each other, by their number in the order they came."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self.threshold = threshold
        self._sketches, self._ends = array("I"), array("Q", [0])
        self._bands = bytearray()

    def add(self, text: str) -> None:
        found = shingles(text)
        self._sketches.frombytes(found[:SKETCH].tobytes())
        self._ends.append(len(self._sketches))
        smallest = ((found * _A + _B) >> np.uint64(32)).min(axis=1).reshape(BANDS, ROWS)
        self._bands += (smallest * _MIX).sum(axis=1, dtype=np.uint64).tobytes()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def alike(self, scopes: npt.NDArray[np.int64] | None = None) -> Iterator[tuple[int, int, float]]:
        """(earlier, later, likeness) of pairs that are nearly the same, enough of them to tell which hang
        together. `scopes`: a number of each text; only those of the same one are compared."""
        sketches = np.frombuffer(self._sketches, dtype=np.uint32)
        bands = np.frombuffer(self._bands, dtype=np.uint64).reshape(-1, BANDS)
        groups = Groups(len(self))
        for band in range(BANDS):
            keys = bands[:, band]
            if scopes is not None:
                keys = keys ^ (scopes.astype(np.uint64) * _P)
            for one, other in _neighbours(keys):
                if groups.root(one) == groups.root(other):
                    continue
                if scopes is not None and scopes[one] != scopes[other]:
                    continue
                found = likeness(self._sketch(sketches, one), self._sketch(sketches, other))
                if found >= self.threshold:
                    groups.join(one, other)
                    yield one, other, found

    def _sketch(self, sketches: Hashes, at: int) -> Hashes:
        return sketches[self._ends[at] : self._ends[at + 1]]

    def sketch(self, at: int) -> Hashes:
        """Up to SKETCH hashes of a text: what `likeness` takes."""
        return np.array(self._sketches[self._ends[at] : self._ends[at + 1]], dtype=np.uint32)

    def band(self, band: int, which: npt.NDArray[np.int64]) -> Hashes:
        """The key of one band of each of these texts, half of it: texts that share one are candidates."""
        whole = np.frombuffer(self._bands, dtype=np.uint64).reshape(-1, BANDS)
        return np.asarray(whole[which, band] >> np.uint64(32), dtype=np.uint32)

    def bands(self, at: int) -> Hashes:
        """All of one text: (BANDS,)."""
        whole = np.frombuffer(self._bands, dtype=np.uint64, count=BANDS, offset=8 * BANDS * at)
        return (whole >> np.uint64(32)).astype(np.uint32)


def _neighbours(keys: npt.NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Of each run of equal keys: each with the first one, and with the one before it."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    same = np.flatnonzero(ranked[1:] == ranked[:-1]) + 1
    first = -1
    for at in same.tolist():
        if first < 0 or ranked[first] != ranked[at]:
            first = at - 1
        yield int(order[first]), int(order[at])
        if at - 1 != first:
            yield int(order[at - 1]), int(order[at])


class Groups:
    """Disjoint sets of numbers; the smallest of each is its root."""

    def __init__(self, size: int) -> None:
        self._parents = array("I", range(size))

    def root(self, one: int) -> int:
        parents = self._parents
        while parents[one] != one:
            parents[one] = one = parents[parents[one]]
        return one

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low
