"""Importing log files, a chunk at a time. The command and the job both stand on this."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from hashlib import blake2b
from pathlib import Path
from typing import Any

from annotator.models import Project
from feedback.ingest import files, mapping, record
from feedback.ingest.batch import Rejected
from feedback.ingest.errors import BadRecord
from feedback.ingest.files import Row, Shape
from feedback.ingest.record import Limits, Record
from feedback.services import interactions

CHUNK_RECORDS = 1000
CHUNK_BYTES = 8 * 1024 * 1024
SHOWN = 50  # refused lines that a result names; the rejects file has all


@dataclass(frozen=True)
class Plan:
    """How one file is read. `zone` is that of times written without one."""

    path: Path
    shape: Shape
    mapping: dict[str, str]
    zone: tzinfo
    record_bytes: int
    depth: int


@dataclass
class Chunk:
    """Some rows of the file, and how far it is read behind them."""

    rows: list[Row] = field(default_factory=list)
    line: int = 0  # the last row's
    position: int = 0  # bytes of the file
    bytes: int = 0


@dataclass
class Outcome:
    """Sums over the chunks so far. `errors` are the first SHOWN: line, field, text, values."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    repaired: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    first: str = ""  # moments of what was accepted, ISO in UTC
    last: str = ""

    def with_chunk(self, stored: interactions.Stored) -> "Outcome":
        named = [
            {"line": bad.index, "field": bad.field, "text": bad.text, "values": bad.values}
            for bad in stored.rejected
        ]
        moments = [at.astimezone(UTC).isoformat() for at in stored.span or ()]
        return Outcome(
            self.accepted + stored.accepted,
            self.duplicates + stored.duplicates,
            self.rejected + len(named),
            self.repaired + stored.repaired,
            [*self.errors, *named][:SHOWN],
            min(filter(None, (self.first, *moments)), default=""),
            max(self.last, *moments, ""),
        )


def chunks(plan: Plan, *, after_line: int = 0) -> Iterator[Chunk]:
    """The file's rows behind `after_line`. BadFile when it breaks off."""
    chunk = Chunk()
    for row, position in files.rows(plan.path, plan.shape, record_bytes=plan.record_bytes):
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


def store_chunk(project: Project, plan: Plan, chunk: Chunk) -> interactions.Stored:
    """Store it in one transaction; the lines that are refused are in the answer, by line number."""
    records, rejected = [], []
    limits = Limits(plan.record_bytes, plan.depth, plan.zone)
    for row in chunk.rows:
        try:
            records.append(_record(row, plan, limits))
        except BadRecord as bad:
            rejected.append(Rejected.of(row.line, bad))
    stored = interactions.store(project, records)
    everything = sorted([*rejected, *stored.rejected], key=lambda bad: bad.index)
    return replace(stored, rejected=everything)


def _record(row: Row, plan: Plan, limits: Limits) -> Record:
    if row.fault is not None:
        raise row.fault
    if row.cells is not None:
        sent = mapping.of_cells(row.cells, plan.mapping)
    else:
        sent = mapping.of_json(row.text, plan.mapping, plan.shape.columns)
    found = record.read(row.line, sent, limits)
    if found.external_id is None:
        found.external_id = line_id(row)
    return found


def line_id(row: Row) -> str:
    """For a line without an id: the same whenever the file is read again, also when lines were
    appended to it meanwhile, and another for the same text on another line."""
    return f"{blake2b(row.text, digest_size=10).hexdigest()}:{row.line}"


class Rejects:
    """The refused lines with their text, one JSON object a line, to be mended and sent again."""

    def __init__(self, path: Path, *, keep: int = 0) -> None:
        """`keep` is the size that the last committed chunk left; what is behind it goes."""
        self.path, self.size = path, keep
        if path.exists():
            os.truncate(path, keep)

    def add(self, chunk: Chunk, rejected: Iterable[Rejected]) -> None:
        """On disk before the chunk commits, so that a kill in between loses none."""
        texts = {row.line: row.text for row in chunk.rows}
        lines = [
            json.dumps(
                {
                    "line": bad.index,
                    "field": bad.field,
                    "error": bad.error,
                    "record": texts[bad.index].decode(errors="replace"),
                },
                ensure_ascii=False,
            )
            for bad in rejected
        ]
        if not lines:
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
            self.size = file.tell()
