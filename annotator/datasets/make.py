"""Making a version: read, group, divide, freeze.

Rows are read once from one snapshot. Whoever is killed begins anew: half a snapshot is none.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.datasets import duplicates, narrowings, placing, registry
from annotator.datasets.content import Row, Split
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Gathered, Left
from annotator.datasets.registry import Reading
from annotator.datasets.split import Placed
from annotator.datasets.told import Tally
from annotator.datasets.words import digest, label_of
from annotator.exports.rows import PATIENCE
from annotator.models import DatasetVersion, Project, QuestionVersion

CHUNK = 2000

COLUMNS = ("version_id", "position", "key", "kind", "split", '"group"', "label", "digest", "content")
COPY = f"COPY annotator_datasetrow ({', '.join(COLUMNS)}) FROM STDIN"

_decode = msgspec.json.Decoder(Row).decode


@dataclass
class Plan:
    """Which rows stay, and where. `groups`: of each input the number of the first of its group. `claimed`: inputs
    by the split that they had to be in. `newest`: the number of each question's wording in force, by key.
    `read_at`: the time of the snapshot."""

    rows: Gathered
    groups: list[int]
    placed: Placed
    found: duplicates.Found
    claimed: Counter[Split]
    newest: dict[str, int]
    read_at: datetime

    def split_of(self, number: int) -> Split | None:
        if number in self.found.dropped:
            return None
        return self.placed.splits.get(self.rows.hashes[self.rows.inputs[number]])

    def group_of(self, number: int) -> UUID:
        return self.rows.hashes[self.groups[self.rows.inputs[number]]]


def read(reading: Reading) -> Iterator[Row | Left]:
    """What all chosen sources give."""
    for source in registry.taken(reading.filters):
        yield from narrowings.narrowed(reading, source.rows(reading))


def plan(
    project: Project,
    filters: Filters,
    *,
    using: BaseDatabaseWrapper,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Plan:
    """`using`: a connection apart, inside a transaction. Numpy is loaded: not for the web process."""
    from annotator.datasets.similar import Groups, Texts  # noqa: PLC0415

    with using.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'")
        cursor.execute("SELECT now()")
        read_at = cursor.fetchone()[0]
    reading = Reading(project, filters, using)
    rows, texts = Gathered(), Texts()
    rows.read(
        read(reading),
        new_input=texts.add,
        progress=progress,
    )
    claims = registry.claims(reading, rows)
    newest = _newest_wordings(reading)
    joined = Groups(len(texts))
    for one, other, _likeness in texts.alike():
        joined.join(one, other)
    groups = [joined.root(number) for number in range(len(texts))]
    found = duplicates.Found()
    if filters.duplicates != "keep":
        duplicates.exact(rows, found)
    if filters.duplicates == "near":
        duplicates.near(rows, groups, found)
    placed = placing.placed(placing.Inputs(project, rows, texts), groups, claims, filters)
    return Plan(rows, groups, placed, found, Counter(claims.values()), newest, read_at)


def freeze(
    version: DatasetVersion,
    made: Plan,
    *,
    hold: Callable[[], None],
    progress: Callable[[int], None] = lambda _rows: None,
) -> None:
    """Write the rows. `hold` is called inside each transaction before it writes, and raises if this is no
    longer ours to do; `progress` after it. Sets counts and hash on the version, and saves nothing of it."""
    tally, told, left = Tally(), hashlib.sha256(), Counter(made.rows.left)
    keys: dict[int, str] = dict.fromkeys((n for pair in made.found.pairs for n in pair[:2]), "")
    batch: list[tuple[Any, ...]] = []
    for number, line in made.rows.lines():
        split = made.split_of(number)
        if number in keys:
            keys[number] = _decode(line).key
        if split is None:
            left[made.found.dropped.get(number, "crossing")] += 1
            continue
        row = _decode(line)
        group = made.group_of(number)
        tally.add(row, split, made.newest, group)
        told.update(line + split.encode() + b"\n")
        batch.append(
            (
                version.pk,
                tally.rows,
                row.key,
                row.kind,
                split,
                group,
                label_of(row),
                digest(row),
                line.decode(),
            )
        )
        if len(batch) == CHUNK:
            _copy(batch, hold)
            progress(len(made.rows) + number)
            batch = []
    _copy(batch, hold)
    version.rows, version.sha256 = tally.rows, told.hexdigest()
    version.queues = sorted(tally.queues)
    version.counts = {
        **tally.as_json(),
        "read_at": made.read_at.isoformat(),
        "left_out": dict(left),
        "contradictions": made.found.contradictions,
        "pairs": [[keys[keep], keys[go], likeness] for keep, go, likeness in made.found.pairs],
        "kept_inputs": made.placed.kept,
        "followed_inputs": made.placed.followed,
        "held_out_inputs": made.claimed["test"],
        "learned_inputs": made.claimed["train"],
        "crossing_inputs": len(made.placed.crossing),
        "inputs": len(made.rows.hashes),
        "groups": len(set(made.groups)),
        "largest_group": max(tally.groups.values(), default=0),
    }


def _copy(batch: list[tuple[Any, ...]], hold: Callable[[], None]) -> None:
    with transaction.atomic():
        hold()
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for row in batch:
                copy.write_row(row)


def _newest_wordings(reading: Reading) -> dict[str, int]:
    found = QuestionVersion.objects.using(reading.using.alias).filter(question__project=reading.project)
    return dict(found.order_by("number").values_list("question__key", "number"))
