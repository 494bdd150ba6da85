"""Reading a day's inputs and outputs feature by feature, and holding the day against those before.

All is done in steps, each in one transaction, that can be stopped after any of them: what is read lies in
`StructuralDay`. A day is read once, however many days are held against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, IntegerField
from django.utils import timezone

from annotator.models import Project
from drift.models import StructuralChange, StructuralDay
from drift.queries import structural
from drift.services import plans
from drift.services.embedding import LATE
from drift.structure import sample, told
from drift.structure.judge import Day, Judgement, judge
from drift.structure.registry import EDITION, FEATURES
from drift.structure.rows import DIMENSIONS, Row, Text, asked
from drift.structure.sample import Key
from drift.structure.tally import Tally
from feedback import days
from feedback.models import Interaction
from feedback.services.draw import production_of

LEVEL = 0.01  # of the day: what is told of is at most so likely without a change
CHUNK = 500  # rows a step
AT_ONCE = 50  # payloads in memory
MOST, MOST_BEFORE = 20_000, 5_000  # rows of a day, and of days before the first that was judged
_COLUMNS = (
    "id", "occurred_at", "input", "output", "error", "finish_reason", "latency_ms", "input_tokens",
    "output_tokens", "cost_usd", *DIMENSIONS,
)  # fmt: skip


class NotOver(Exception):
    """The day is not over in the project's time zone: a part of it would be judged."""


class Step(NamedTuple):
    """`done` of `total` days are read; `place` is another after each step; `last`: the day is judged."""

    done: int
    total: int
    place: list[Any]
    last: bool


@dataclass(frozen=True)
class Structure:
    """What a day came to. `p`: one for all features, None where it was not judged and `why` says so.
    `changed`: keys of the features that changed at LEVEL, the surest first. `hours`: those (UTC) that the day has,
    None of a whole day."""

    p: float | None
    tested: int
    why: str
    changed: tuple[str, ...]
    hours: frozenset[int] | None = None


def ensure_structure(project: Project, day: date) -> Structure:
    """The day, read and judged if it is not yet: for whoever needs its p-value now. In transactions of its
    own, some seconds for each 10,000 rows that nobody read before. Raises NotOver."""
    while True:
        with transaction.atomic():
            if step(project, day).last:
                break
    return structure_of(project, day)


def structure_of(project: Project, day: date) -> Structure:
    """As it was judged; a day that was not is one without an answer."""
    found = structural.day_of(project, day)
    kept = (found.judged if found else None) or {"p": None, "tested": 0, "why": "not_judged", "changed": []}
    hours = kept.get("hours")
    return Structure(
        kept["p"],
        kept["tested"],
        kept["why"],
        tuple(kept["changed"]),
        None if hours is None else frozenset(hours),
    )


def forget_judgement(project: Project, day: date) -> None:
    """So that the day is judged anew, because other days are its baseline now. What was read stays, unless much of
    the day's log came since: then the day is read anew."""
    rows = StructuralDay.objects.filter(project=project, day=day)
    rows.update(judged=None)
    if rows.filter(population__lt=production_of(project, day).count() / LATE).exists():
        rows.update(tally={}, to_read=[], finished_at=None)


def step(project: Project, day: date) -> Step:
    """One bounded piece of what is still to be done, in the caller's transaction. Raises NotOver."""
    if not days.is_over(day, structural.zone(project), timezone.now()):
        raise NotOver
    before = structural.baseline_days(project, day)
    wanted = [*reversed(before), day]
    rows = StructuralDay.objects.filter(project=project, day__in=wanted, edition=EDITION)
    known = {row.day: row for row in rows.only("day", "finished_at", "population", "judged")}
    if day in known and known[day].judged is not None:
        return Step(len(wanted), len(wanted), [day.isoformat(), "judged"], last=True)
    for at, one in enumerate(wanted):
        if not _is_read(project, known.get(one), one):
            left = _read_on(project, one, MOST if one == day else MOST_BEFORE)
            return Step(at, len(wanted), [one.isoformat(), left], last=False)
    _judge(project, day, before)
    return Step(len(wanted), len(wanted), [day.isoformat(), "judged"], last=True)


def _is_read(project: Project, row: StructuralDay | None, day: date) -> bool:
    """A day without rows may have got some since: logs come late."""
    if row is None or row.finished_at is None:
        return False
    return row.population > 0 or not production_of(project, day).exists()


# --- reading ---------------------------------------------------------------------------------------


def _read_on(project: Project, day: date, most: int) -> int:
    """The draw, or the next rows. How many are left."""
    row, _made = StructuralDay.objects.get_or_create(project=project, day=day, defaults={"edition": EDITION})
    row = StructuralDay.objects.select_for_update().get(pk=row.pk)
    if row.edition != EDITION or not row.tally or (row.finished_at and not row.population):
        _draw(row, most)
        return len(row.to_read)
    if row.finished_at is None:
        _read(row, row.to_read[:CHUNK])
    return len(row.to_read)


def _draw(row: StructuralDay, most: int) -> None:
    drawn = sample.draw(_keys(row.project, row.day), most)
    row.edition, row.judged = EDITION, None
    row.population, row.drawn = drawn.population, drawn.drawn
    row.repeats, row.flood = drawn.repeats, drawn.flood
    row.to_read, row.tally = list(drawn.ids), Tally().as_json()
    row.finished_at = None if row.to_read else timezone.now()
    row.save()


def _keys(project: Project, day: date) -> Iterator[Key]:
    """By a cursor on the server. The context's size tells whether the same question was asked of another text,
    without reading it."""
    size = Func(F("context"), function="pg_column_size", output_field=IntegerField())
    rows = production_of(project, day).annotate(size=size).order_by()
    columns = rows.values_list("id", "end_user", "session", "input_hash", "size")
    for key, user, session, same, room in columns.iterator(chunk_size=5_000):
        yield Key(key, key if same is None else (user or session, same, room), user)


def _read(row: StructuralDay, ids: list[UUID]) -> None:
    tally, rule = Tally.from_json(row.tally), _rule(row.project)
    for one in _rows(row.project, ids, rule):
        tally.add(one, FEATURES.values())
    row.to_read = row.to_read[len(ids) :]
    if not row.to_read:
        tally.close(FEATURES)
        row.finished_at = timezone.now()
    row.tally = tally.as_json()
    row.save(update_fields=["tally", "to_read", "finished_at"])


def _rule(project: Project) -> dict[str, Any]:
    plan = plans.plan_of(project)
    return dict(plan.rule) if plan else {}


def _rows(project: Project, ids: list[UUID], rule: dict[str, Any]) -> Iterator[Row]:
    """What the log still has of them, in order of time."""
    found = Interaction.objects.filter(project=project, pk__in=ids).order_by("id")
    for values in found.values(*_COLUMNS).iterator(chunk_size=AT_ONCE):
        yield Row(
            str(values["id"]),
            values["occurred_at"].timestamp(),
            Text(asked(values["input"], rule)),
            values["input"],
            values["output"],
            values["error"],
            values["finish_reason"],
            values["latency_ms"],
            values["input_tokens"],
            values["output_tokens"],
            values["cost_usd"],
            {name: values[name] for name in DIMENSIONS},
        )


# --- judging ---------------------------------------------------------------------------------------


def _judge(project: Project, day: date, before: list[date]) -> None:
    """Writes the day's changes in place of any from before."""
    row = StructuralDay.objects.select_for_update().get(project=project, day=day)
    recent = [day - days.DAY * n for n in range(1, structural.RECENT + 1)]
    known = {one.day: one for one in structural.read_days(project, [*before, *recent])}
    today = structural.read_day(project, row)
    baseline = [known[one] for one in sorted(known) if one in set(before)]
    found = judge(today, baseline, FEATURES, level=LEVEL)
    StructuralChange.objects.filter(project=project, day=day).delete()
    StructuralChange.objects.bulk_create(
        _changes(project, found, today, baseline, [known[one] for one in sorted(known) if one in set(recent)])
    )
    row.judged = {
        "p": None if found.why else found.p,
        "tested": found.tested,
        "why": found.why or "",
        "changed": [one.key for one in found.changed(LEVEL)],
        "hours": None if found.hours is None else sorted(found.hours),
        "missed": found.missed,
        "weekly": found.weekly,
        "days": found.days,
        "not_tested": [one.key for one in found.findings if one.why],
    }
    row.save(update_fields=["judged"])


def _changes(
    project: Project, found: Judgement, today: Day, before: list[Day], recent: list[Day]
) -> Iterator[StructuralChange]:
    for finding in found.findings:
        if finding.why:
            continue
        one = told.told(finding, FEATURES[finding.key], today, before, recent, LEVEL)
        side, feature = finding.key.split(".", 1)
        yield StructuralChange(
            project=project,
            day=today.day,
            side=side,
            feature=feature,
            p=one.p,
            adjusted_p=one.adjusted,
            alarm=one.adjusted <= LEVEL,
            then=one.then,
            now=one.now,
            facts=dict(one.facts),
            then_rows=list(one.then_rows),
            now_rows=list(one.now_rows),
        )
