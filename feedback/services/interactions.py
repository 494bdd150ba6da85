"""Storing interactions: each once, whoever sends it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.errors import UniqueViolation

from annotator.models import Project
from annotator.reading.errors import BadRecord, Rejected, gettext_noop
from feedback.ingest import times
from feedback.ingest.ids import interaction_id, new_external_id
from feedback.ingest.record import Record, keep_sent_time
from feedback.models import Interaction

TRIES = 5
LOCKS = 64  # of records without a time; a lock each would fill PostgreSQL's lock table

COLUMNS = (
    *("id", "project_id", "external_id", "occurred_at", "received_at", "environment", "feature"),
    *("model", "prompt_version", "variant", "end_user", "session", "latency_ms", "input_tokens"),
    *("output_tokens", "cost_usd", "error", "finish_reason", "input_preview", "output_preview"),
    *("input", "output", "context", "metadata", "content_hash", "input_hash", "output_hash"),
    *("repaired", "sent_id"),
)
THERE = """
    SELECT id, content_hash FROM feedback_interaction WHERE id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT sent_id, content_hash FROM feedback_interaction
    WHERE sent_id IS NOT NULL AND sent_id = ANY(%(ids)s::uuid[])"""
COPY = f"COPY feedback_interaction ({', '.join(COLUMNS)}) FROM STDIN"


@dataclass
class Stored:
    """What became of the records."""

    accepted: int = 0
    duplicates: int = 0
    repaired: int = 0  # characters replaced in what was accepted
    rejected: list[Rejected] = field(default_factory=list)
    made_ids: list[tuple[int, str]] = field(default_factory=list)  # index, external id
    ahead: list[int] = field(default_factory=list)  # indexes: their time lies in the future
    span: tuple[datetime, datetime] | None = None  # the first and the last moment of what was accepted


@dataclass(slots=True)
class _Row:
    id: UUID
    external_id: str
    occurred_at: datetime
    record: Record
    sent_id: UUID | None = None  # what the id would be by a time that lies ahead

    @property
    def known_by(self) -> UUID:
        return self.sent_id or self.id


@transaction.atomic
def store(project: Project, records: Iterable[Record]) -> Stored:
    """Store what is new. The same id, time and content again is a duplicate; with other content
    the record is refused and the first one stays. Safe to run twice and at the same time."""
    stored, received_at = Stored(), timezone.now()
    rows: dict[UUID, _Row] = {}
    for row in _placed(project, records, received_at, stored):
        known = rows.setdefault(row.known_by, row)
        if known is not row:
            _is_known(row.record, {known.record.content_hash}, stored)
    fresh = sorted(rows.values(), key=lambda row: row.id)  # one order for all: no deadlock
    for _ in range(TRIES):
        fresh = _not_there_yet(fresh, stored)
        if not fresh or _copied(project, fresh, received_at):
            break
    else:
        raise IntegrityError("Others kept storing the same records.")
    stored.accepted = len(fresh)
    stored.span = (fresh[0].occurred_at, fresh[-1].occurred_at) if fresh else None
    stored.repaired = sum(row.record.repaired for row in fresh)
    return stored


def _placed(
    project: Project, records: Iterable[Record], received_at: datetime, stored: Stored
) -> Iterable[_Row]:
    """Rows with their key. What has an id and no time of its own is looked up first."""
    untimed: list[Record] = []
    timed: dict[str, set[UUID]] = {}
    for record in records:
        when, sent_id = record.occurred_at, None
        if record.external_id is None:
            name = new_external_id()
            stored.made_ids.append((record.index, name))
        elif when is None:
            untimed.append(record)
            continue
        else:
            name = record.external_id
            timed.setdefault(name, set()).add(record.content_hash)
        if when is not None and times.is_ahead(when, received_at):
            stored.ahead.append(record.index)
            keep_sent_time(record, when)
            when, sent_id = received_at, interaction_id(project.pk, name, when)
        when = when or received_at
        yield _Row(interaction_id(project.pk, name, when), name, when, record, sent_id)
    if untimed:
        yield from _looked_up(project, untimed, timed, received_at, stored)


def _looked_up(
    project: Project,
    records: Sequence[Record],
    timed: dict[str, set[UUID]],
    received_at: datetime,
    stored: Stored,
) -> Iterable[_Row]:
    names = [record.external_id or "" for record in records]
    _lock(project, names)
    there = {name: set(hashes) for name, hashes in timed.items()}
    found = Interaction.objects.filter(project=project, external_id__in=names)
    for name, content in found.values_list("external_id", "content_hash"):
        there.setdefault(name, set()).add(content)
    for name, record in zip(names, records, strict=True):
        if name in there:
            _is_known(record, there[name], stored)
            continue
        yield _Row(interaction_id(project.pk, name, received_at), name, received_at, record)


def _lock(project: Project, names: Iterable[str]) -> None:
    """Hold what else would insert these names until this transaction ends; in one order for all."""
    keys = {
        int.from_bytes(blake2b(f"{project.pk}:{name}".encode(), digest_size=4).digest(), "big") % LOCKS
        for name in names
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key",
            [project.pk % 2**31, sorted(keys)],
        )


def _not_there_yet(rows: list[_Row], stored: Stored) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(THERE, {"ids": f"{{{','.join([row.known_by.hex for row in rows])}}}"})
        contents = dict(cursor.fetchall())
    for row in rows:
        if row.known_by in contents:
            _is_known(row.record, {contents[row.known_by]}, stored)
    return [row for row in rows if row.known_by not in contents]


def _is_known(record: Record, contents: set[UUID], stored: Stored) -> None:
    if record.content_hash in contents:
        stored.duplicates += 1
        return
    bad = BadRecord("id", gettext_noop("was stored before with other content; the first record is kept"))
    stored.rejected.append(Rejected.of(record.index, bad))


def _copied(project: Project, rows: Sequence[_Row], received_at: datetime) -> bool:
    """Whether the rows went in; False when somebody stored one of them meanwhile."""
    try:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(COPY) as copy,
        ):
            for row in rows:
                copy.write_row(_values(project, row, received_at))
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            return False
        raise
    return True


def _values(project: Project, row: _Row, received_at: datetime) -> tuple[object, ...]:
    """In the order of COLUMNS."""
    record = row.record
    return (
        row.id,
        project.pk,
        row.external_id,
        row.occurred_at,
        received_at,
        record.environment,
        record.feature,
        record.model,
        record.prompt_version,
        record.variant,
        record.end_user,
        record.session,
        record.latency_ms,
        record.input_tokens,
        record.output_tokens,
        record.cost_usd,
        record.error,
        record.finish_reason,
        record.input_preview,
        record.output_preview,
        record.input,
        record.output,
        record.context,
        record.metadata,
        record.content_hash,
        record.input_hash,
        record.output_hash,
        record.repaired,
        row.sent_id,
    )
