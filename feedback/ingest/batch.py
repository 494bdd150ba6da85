"""The interactions in a body. One bad record never takes the others with it."""

from collections.abc import Iterable
from typing import NamedTuple

from annotator.reading import bodies
from annotator.reading.errors import BadRecord, Rejected
from annotator.reading.records import Limits
from feedback.ingest import record
from feedback.ingest.record import Record


class Batch(NamedTuple):
    records: list[Record]
    rejected: list[Rejected]


def of_json(body: bytes, *, cap: int, limits: Limits) -> Batch:
    """One object, or a list of them."""
    return _read(bodies.of_json(body, cap=cap, depth=limits.depth), limits)


def of_lines(body: bytes, *, cap: int, limits: Limits) -> Batch:
    """NDJSON: the index of a record is the number of its line, from 0."""
    return _read(bodies.of_lines(body, cap=cap), limits)


def _read(found: Iterable[tuple[int, bytes]], limits: Limits) -> Batch:
    batch = Batch([], [])
    for index, sent in found:
        try:
            batch.records.append(record.read(index, sent, limits))
        except BadRecord as bad:
            batch.rejected.append(Rejected.of(index, bad))
    return batch
