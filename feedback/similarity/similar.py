"""The classifier of the `similar` suggester: from names alone at first, better with each verified example.

Four kinds of evidence are weighed together: which examples are near (`kernel`), which class's cloud
the text lies in (`gaussians`), how like the name it is, and how often the class came. The weights
come from the examples, each judged as if it had not been learned, so that the confidence of the
best answer is how often such answers are right. With more examples a regression (`logistic`) has
a growing say, mostly in what comes second to fifth. The values of all constants were chosen on rows
that the bench does not measure on.
"""

import numpy as np
from numpy.typing import NDArray

from feedback.similarity import kernel
from feedback.similarity.gaussians import Gaussians
from feedback.similarity.kernel import Kernel
from feedback.similarity.logistic import Logistic
from feedback.similarity.types import Classes, Floats, Singles, Vectors
from feedback.similarity.weighing import chances_of, weigh

# Near examples, clouds, the name, the logarithm of examples seen: what they weigh before there are any,
# and how firmly (one over the variance).
START = np.array([5.0, 0.02, 3.0, 0.3])
PRECISION = np.array([0.1, 400.0, 0.1, 1.0])
# What lies near may not count against itself, as one odd example among few would have it.
LEAST = np.array([1.0, 0.0, 0.0, -np.inf])
JUDGED = 1000  # newest examples that the weights come from
CELLS = 1_500_000  # of examples times classes there; with many classes fewer examples are judged
FEWEST = 100
# The regression's part in the answer comes with the examples: SHARE in the end, half of it at LATE.
# It is too unsure of itself by a factor, since its prior is wide.
SHARE = 0.4
LATE = 300
SHARPER = 1.5
FOLLOWED = 750_000  # of examples times classes: the newest that the regression follows
GROWTH = 1.02  # weights are found anew when there are so many times the examples
SAME = 1 - 1e-6  # cosine from which on two texts are one
# What a rejection takes from the logarithm of the odds: for the very same text, and for
# others, where it fades with the cosine.
SETTLED = 20.0
AGAINST = 8.0
NARROW = 5.0


class Similar:
    """`names`: (k, d) vectors of the taxonomy's values, k at least 1. For one thread at a time.

    Examples of the same text and class are one that counts more. The newest `room` different ones
    are remembered one by one; older ones live on in their class's cloud.
    """

    def __init__(self, names: Vectors, room: int = kernel.ROOM) -> None:
        self._names = np.ascontiguousarray(names, dtype=np.float32)
        if self._names.ndim != 2 or not len(self._names):
            raise ValueError("names are (k, d) vectors, one at least")
        self._room = room
        self._gaussians = Gaussians(self._names)
        self._kernel = Kernel(self._names)
        self._logistic = Logistic(self._names)
        self._classes: list[int] = []  # of the kernel's rows, as are weights and ages
        self._weights: list[float] = []
        self._ages: list[int] = []
        self._new = 0  # examples since the last answer
        self._mix, self._mixed_at = START, 0.0
        self._rejected = self._names[:0]
        self._against = np.zeros((0, 2))  # class and weight

    def learn(self, vectors: Vectors, classes: Classes, weights: Floats | None = None) -> None:
        """(n, d) vectors whose right classes (n,) are verified; each counts `weights` times, else once.

        An earlier rejection of the same class for the same text is forgotten.
        """
        rows, right, counts = self._checked(vectors, classes, weights)
        self._gaussians.add(rows, right, counts)
        for start in range(max(0, len(rows) - self._room), len(rows), kernel.BLOCK):
            part = slice(start, start + kernel.BLOCK)
            self._remember(rows[part], right[part], counts[part].copy())
        self._new += len(rows)
        self._allow(np.flatnonzero(self._rejections_of(rows, right).any(axis=1)))

    def unlearn(self, vectors: Vectors, classes: Classes, weights: Floats | None = None) -> None:
        """Take back what was learned. ValueError for the first that is not remembered (any more); those
        before it are taken back.
        """
        rows, right, counts = self._checked(vectors, classes, weights)
        for at in range(len(rows)):
            row = self._row_of(rows[at], int(right[at]))
            if row is None or self._weights[row] < counts[at] - 1e-9:
                raise ValueError("this example was not learned, or it is no longer remembered")
            self._gaussians.add(rows[at : at + 1], right[at : at + 1], -counts[at : at + 1])
            left = self._weights[row] - counts[at]
            self._forget(row) if left < 1e-9 else self._weigh(row, left)
            self._mixed_at -= 2 * counts[at]  # one less is as new as one more
            self._new += 1

    def reject(self, vectors: Vectors, classes: Classes, weights: Floats | None = None) -> None:
        """The right class of (n, d) vectors is unknown, but it is not `classes` (n,).

        Such texts, and those very near to them, are less likely to get that class.
        """
        rows, wrong, counts = self._checked(vectors, classes, weights)
        self._rejected = np.concatenate([self._rejected, rows])[-self._room :]
        self._against = np.concatenate([self._against, np.stack([wrong, counts], axis=1)])[-self._room :]

    def unreject(self, vectors: Vectors, classes: Classes) -> None:
        """Take back one rejection for each of (n, d) and (n,). One that is no longer remembered is no matter."""
        rows, wrong, _counts = self._checked(vectors, classes, None)
        for at in range(len(rows)):
            found = np.flatnonzero(self._rejections_of(rows[at : at + 1], wrong[at : at + 1]))
            self._allow(found[:1])

    def predict(self, vectors: Vectors) -> Floats:
        """(n, d) vectors to (n, k) probabilities. The largest of a row is the confidence of its answer."""
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        self._catch_up()
        seen = np.log1p(self._gaussians.weight)
        likeness = rows @ self._names.T
        parts = (self._kernel.scores(rows), self._gaussians.clouds().scores(rows), likeness, seen)
        totals = np.zeros(likeness.shape)
        for weight, part in zip(self._mix, parts, strict=True):
            totals += weight * part
        held = float(self._gaussians.weight.sum())
        share = SHARE * held / (held + LATE)
        totals += share * (SHARPER * self._logistic.scores(rows) - totals)
        if len(self._rejected):
            alike = self._rejected @ rows.T
            against = np.where(alike >= SAME, SETTLED, AGAINST * np.exp(NARROW * (alike - 1)))
            np.subtract.at(totals.T, self._against[:, 0].astype(np.intp), against * self._against[:, 1:])
        return chances_of(totals)

    def _rejections_of(self, rows: Vectors, classes: Classes) -> NDArray[np.bool_]:
        """(rejections, n): which are of the same text and class."""
        return np.asarray((self._rejected @ rows.T >= SAME) & (self._against[:, :1] == classes))

    def _allow(self, rejections: Classes) -> None:
        self._rejected = np.delete(self._rejected, rejections, axis=0)
        self._against = np.delete(self._against, rejections, axis=0)

    def _catch_up(self) -> None:
        """What the kinds of evidence weigh, and where the regression is, with what is new."""
        if not self._classes:
            self._mix = START
            return
        held = float(self._gaussians.weight.sum())
        if self._new and held >= self._mixed_at * GROWTH:
            self._logistic.bound(self._gaussians.squares)
            self._mix, self._mixed_at = self._mixed(), held
        if self._new:
            rows = self._newest(FOLLOWED // len(self._names))
            right, counts = np.array(self._classes)[rows], np.array(self._weights)[rows]
            self._logistic.follow(self._kernel.vectors(rows), right, counts, self._new)
            self._new = 0

    def _newest(self, most: int) -> Classes:
        most = max(FEWEST, most)
        return np.argsort(np.array(self._ages), kind="stable")[-most:]

    def _mixed(self) -> Floats:
        """What the kinds of evidence weigh, from the newest examples, each judged without itself."""
        rows = self._newest(min(JUDGED, CELLS // len(self._names)))
        right, counts = np.array(self._classes)[rows], np.array(self._weights)[rows]
        vectors = self._kernel.vectors(rows)
        seen = np.repeat(np.log1p(self._gaussians.weight)[None], len(rows), axis=0)
        seen[np.arange(len(rows)), right] = np.log1p(np.maximum(0, self._gaussians.weight[right] - counts))
        near = self._kernel.left_out(rows, right)
        clouds = self._gaussians.clouds().left_out(vectors, right, counts)
        evidence = np.stack([near, clouds, vectors @ self._names.T, seen], axis=2)
        found = weigh(evidence, right, counts, START, PRECISION, self._mix)
        held: Floats = np.maximum(found, LEAST)
        return held

    def _remember(self, rows: Vectors, right: Classes, counts: Floats) -> None:
        """Up to BLOCK examples. `counts` is changed."""
        same = right[:, None] == np.array(self._classes, np.intp)
        known = (self._kernel.nearest(rows) >= SAME) & same
        alike = (rows @ rows.T >= SAME) & (right[:, None] == right)
        new: list[int] = []
        for at in range(len(rows)):
            twin = next((one for one in new if alike[at, one]), None)
            if known[at].any():
                row = int(known[at].argmax())
                self._weigh(row, self._weights[row] + counts[at])
            elif twin is not None:
                counts[twin] += counts[at]
            else:
                new.append(at)
        self._make_room(len(new))
        self._kernel.add(rows[new], right[new], counts[new])
        self._classes += right[new].tolist()
        self._weights += counts[new].tolist()
        youngest = max(self._ages, default=0)
        self._ages += range(youngest + 1, youngest + 1 + len(new))

    def _make_room(self, wanted: int) -> None:
        for _ in range(self._kernel.n + wanted - self._room):
            self._forget(int(np.argmin(self._ages)))

    def _forget(self, row: int) -> None:
        """The last row gets its number, as in the kernel."""
        self._kernel.take(row)
        self._classes[row], self._weights[row], self._ages[row] = (
            self._classes[-1],
            self._weights[-1],
            self._ages[-1],
        )
        del self._classes[-1], self._weights[-1], self._ages[-1]

    def _weigh(self, row: int, weight: float) -> None:
        self._kernel.weigh(row, self._weights[row], weight)
        self._weights[row] = weight

    def _row_of(self, vector: Singles, of: int) -> int | None:
        near = self._kernel.nearest(vector[None])[0] >= SAME
        found = np.flatnonzero(near & (np.array(self._classes, np.intp) == of))
        return int(found[0]) if len(found) else None

    def _checked(
        self, vectors: Vectors, classes: Classes, weights: Floats | None
    ) -> tuple[Vectors, Classes, Floats]:
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        right = np.asarray(classes, dtype=np.intp)
        counts = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
        k, d = self._names.shape
        if rows.shape != (len(right), d) or counts.shape != right.shape:
            raise ValueError("vectors are (n, d), classes and weights (n,)")
        if len(right) and not (right.min() >= 0 and right.max() < k and counts.min() > 0):
            raise ValueError("classes lie between 0 and k - 1, weights above 0")
        return rows, right, counts
