"""Giving items their vectors. Only the ml worker imports this module."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast, Left

from annotator.jobs.work import Work
from annotator.models import Item, ItemVector, Queue, QueueKind
from annotator.ordering import encoder
from annotator.ordering.answers import own_items
from annotator.ordering.encoder import Encoder, Vectors
from annotator.web.payload.beginning import words

LENGTH = 600  # characters of each text; the model itself reads 256 pieces of words
ESCAPED = 6  # characters of JSON that one of them may take
CHUNK = 64
# Names what the numbers mean: changed with any of the above, so that all are made anew.
MODEL = f"all-MiniLM-L6-v2, {LENGTH} characters, 1"


def embed_missing(work: Work, queue: Queue) -> None:
    """Every item of the queue that has no vector of this model gets one, in chunks that commit."""
    embed_items(work, own_items(queue), kind=queue.kind)


def embed_items(work: Work, items: QuerySet[Item], *, kind: str) -> None:
    """The same for any items of queues of one kind."""
    missing = items.exclude(vector__model=MODEL)
    left = missing.count()
    if not left:
        return
    with work.keep_alive():
        encode = encoder.load()
    done = items.filter(vector__model=MODEL).count()
    last = 0
    while rows := list(_beginnings(missing.filter(pk__gt=last))[:CHUNK]):
        last = rows[-1][0]
        with work.keep_alive():
            vectors = features(kind, [row[1:] for row in rows], encode)
        with work.chunk() as chunk:
            ItemVector.objects.bulk_create(
                (
                    ItemVector(item_id=row[0], model=MODEL, vector=as_bytes(vector))
                    for row, vector in zip(rows, vectors, strict=True)
                ),
                update_conflicts=True,
                unique_fields=["item"],
                update_fields=["model", "vector"],
            )
            done += len(rows)
            chunk.done, chunk.total = done, max(done, done + left - len(rows))
        left = max(0, left - len(rows))


def _beginnings(items: Any) -> Any:
    """(id, input, output, left, right, error) in the order of ids; of each text the beginning of its JSON."""
    starts = [
        Left(Cast(F(name), TextField()), LENGTH * ESCAPED) for name in ("input", "output", "left", "right")
    ]
    return items.order_by("pk").values_list("pk", *starts, Left("error", LENGTH))


def features(kind: str, rows: Sequence[Sequence[str | None]], encode: Encoder) -> Vectors:
    """(n, d): of an item its input's vector beside its output's, of a pair what tells its sides apart."""
    texts = [[words(start, LENGTH) for start in row[:4]] for row in rows]
    if kind == QueueKind.PAIRWISE:
        both = encode([row[2] for row in texts] + [row[3] for row in texts])
        return np.asarray(both[: len(rows)] - both[len(rows) :], dtype=np.float32)
    outputs = [row[1] or given[4] or "" for row, given in zip(texts, rows, strict=True)]
    both = encode([row[0] for row in texts] + outputs)
    return np.hstack([both[: len(rows)], both[len(rows) :]])


def as_bytes(vector: Vectors) -> bytes:
    return vector.astype("<f4").tobytes()


def as_rows(vectors: Sequence[bytes | memoryview]) -> Vectors:
    """(n, d) of n stored vectors."""
    return np.vstack([np.frombuffer(vector, dtype="<f4") for vector in vectors])


def vectors_of(items: Sequence[int]) -> dict[int, Vectors]:
    """By item, its (d,) vector of this model; items without one are left out."""
    rows = ItemVector.objects.filter(item__in=items, model=MODEL).values_list("item_id", "vector")
    return {item: np.frombuffer(vector, dtype="<f4") for item, vector in rows}
