"""From answers to chances. Only the ml worker imports this module."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.models import ItemVector, Queue, QueueKind
from annotator.ordering import classifier
from annotator.ordering.answers import Answers
from annotator.ordering.embed import MODEL, as_rows
from annotator.ordering.encoder import Vectors

CHUNK = 2000  # vectors in memory at once: 6 MB


@dataclass(frozen=True)
class Learned:
    """`right` of `items` answers were guessed by a classifier that had not seen them."""

    classifier: classifier.Classifier
    items: int
    right: int

    def chances(self, items: Iterable[int]) -> Mapping[int, float]:
        """Of the first answer, by item; an item without a vector is left out."""
        found: dict[int, float] = {}
        wanted = list(items)
        for at in range(0, len(wanted), CHUNK):  # itertools.batched came with Python 3.12
            ids, vectors = _vectors(wanted[at : at + CHUNK])
            if ids:
                found |= dict(zip(ids, self.classifier.probabilities(vectors).tolist(), strict=True))
        return found


def learn(queue: Queue, answers: Answers) -> Learned:
    """Fit to all of the answers, and cross-validate."""
    ids, vectors = _vectors(list(answers.first))
    first = np.array([answers.first[item] for item in ids], dtype=bool)
    offset = queue.kind != QueueKind.PAIRWISE
    right = classifier.right_of(vectors, first, seed=queue.seed, offset=offset)
    return Learned(classifier.fit(vectors, first, offset=offset), len(ids), right)


def _vectors(items: Sequence[int]) -> tuple[list[int], Vectors]:
    """The ids that have a vector of this model, and their (n, d) vectors."""
    rows = list(ItemVector.objects.filter(item__in=items, model=MODEL).values_list("item_id", "vector"))
    ids = [item for item, _vector in rows]
    return ids, as_rows([vector for _item, vector in rows]) if rows else np.empty((0, 0), np.float32)
