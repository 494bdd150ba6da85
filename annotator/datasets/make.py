"""Making a version: read, group, divide, freeze.

Rows are read once from one snapshot. Whoever is killed begins anew: half a snapshot is none.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.datasets import duplicates, registry
from annotator.datasets.content import Row, Split
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Gathered, Left
from annotator.datasets.registry import Reading
from annotator.datasets.split import Placed, Shares, place
from annotator.datasets.told import Tally
from annotator.datasets.words import digest, label_of
from annotator.models import DatasetVersion, Project, QuestionVersion

CHUNK = 2000
LOOKED_UP = 10_000

COLUMNS = ("version_id", "position", "key", "kind", "split", '"group"', "label", "digest", "content")
COPY = f"COPY annotator_datasetrow ({', '.join(COLUMNS)}) FROM STDIN"
PLACE = """
    INSERT INTO annotator_placedinput (project_id, text_hash, split)
    SELECT %s, * FROM unnest(%s::uuid[], %s::text[]) ON CONFLICT DO NOTHING"""
KNOWN = "SELECT text_hash, split FROM annotator_placedinput WHERE project_id = %s AND text_hash = ANY(%s)"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('annotator.placed_inputs'), %s)"

_decode = msgspec.json.Decoder(Row).decode


@dataclass
class Plan:
    """Which rows stay, and where. `groups`: of each input the number of the first of its group."""

    rows: Gathered
    groups: list[int]
    placed: Placed
    found: duplicates.Found
    counts: dict[str, Any] = field(default_factory=dict)

    def split_of(self, number: int) -> Split | None:
        if number in self.found.dropped:
            return None
        return self.placed.splits.get(self.rows.hashes[self.rows.inputs[number]])

    def group_of(self, number: int) -> UUID:
        return self.rows.hashes[self.groups[self.rows.inputs[number]]]


def read(reading: Reading) -> Iterator[Row | Left]:
    """What all chosen sources give."""
    for source in registry.taken(reading.filters):
        yield from source.rows(reading)


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
    rows, texts = Gathered(), Texts()
    rows.read(
        read(Reading(project, filters, using)),
        held_out=registry.held_out(project),
        new_input=texts.add,
        progress=progress,
    )
    joined = Groups(len(texts))
    for one, other, _likeness in texts.alike():
        joined.join(one, other)
    groups = [joined.root(number) for number in range(len(texts))]
    found = duplicates.Found()
    if filters.duplicates != "keep":
        duplicates.exact(rows, found)
    if filters.duplicates == "near":
        duplicates.near(rows, groups, found)
    return Plan(rows, groups, _placed(project, filters, rows, groups), found)


def _placed(project: Project, filters: Filters, rows: Gathered, groups: list[int]) -> Placed:
    """Also written down, so that every later version finds it. One at a time for a project."""
    members: dict[int, list[UUID]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(rows.hashes[number])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [project.pk])
        known: dict[UUID, Split] = {}
        for start in range(0, len(rows.hashes), LOOKED_UP):
            cursor.execute(KNOWN, [project.pk, rows.hashes[start : start + LOOKED_UP]])
            known.update(cursor.fetchall())
        placed = place(
            members.values(),
            known=known,
            held_out=rows.held_out,
            shares=Shares(filters.train, filters.dev, filters.test),
            seed=filters.seed,
        )
        fresh = [(one, split) for one, split in placed.splits.items() if one not in known]
        for start in range(0, len(fresh), LOOKED_UP):
            hashes, splits = zip(*fresh[start : start + LOOKED_UP], strict=True)
            cursor.execute(PLACE, [project.pk, list(hashes), list(splits)])
    return placed


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
    newest = _newest_wordings(version.dataset.project)
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
        tally.add(row, split, newest, group)
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
        "left_out": dict(left),
        "contradictions": made.found.contradictions,
        "pairs": [[keys[keep], keys[go], likeness] for keep, go, likeness in made.found.pairs],
        "kept_inputs": made.placed.kept,
        "held_out_inputs": len(made.rows.held_out),
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


def _newest_wordings(project: Project) -> dict[str, int]:
    """The number of each question's wording that is in force, by key."""
    found = QuestionVersion.objects.filter(question__project=project).order_by("number")
    return dict(found.values_list("question__key", "number"))
