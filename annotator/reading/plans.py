"""How one file is read, and its rows a chunk at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from annotator.reading import files
from annotator.reading.errors import BadRecord, Rejected
from annotator.reading.files import Row, Shape
from annotator.reading.records import Limits

CHUNK_RECORDS = 1000
CHUNK_BYTES = 8 * 1024 * 1024

R = TypeVar("R")


@dataclass(frozen=True)
class Plan:
    """`mapping` is field: column."""

    path: Path
    shape: Shape
    mapping: dict[str, str]
    limits: Limits


@dataclass
class Chunk:
    """Some rows of the file, and how far it is read behind them."""

    rows: list[Row] = field(default_factory=list)
    line: int = 0  # the last row's
    position: int = 0  # bytes of the file
    bytes: int = 0

    def read(self, record: Callable[[Row], R]) -> tuple[list[R], list[Rejected]]:
        """What `record` makes of the rows, and those it refuses, by line number."""
        good, rejected = [], []
        for row in self.rows:
            try:
                good.append(record(row))
            except BadRecord as bad:
                rejected.append(Rejected.of(row.line, bad))
        return good, rejected


def chunks(plan: Plan, *, after_line: int = 0) -> Iterator[Chunk]:
    """The file's rows behind `after_line`. BadFile when it breaks off."""
    chunk = Chunk()
    for row, position in files.rows(plan.path, plan.shape, record_bytes=plan.limits.record_bytes):
        if row.line <= after_line:
            continue
        chunk.rows.append(row)
        chunk.bytes += len(row.text)
        chunk.line, chunk.position = row.line, position
        if len(chunk.rows) >= CHUNK_RECORDS or chunk.bytes >= CHUNK_BYTES:
            yield chunk
            chunk = Chunk()
    if chunk.rows:
        yield chunk
