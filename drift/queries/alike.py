"""What the rows behind an alert have in common, looked up in the log."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from drift.in_common import Common, in_common
from drift.models import Alert, AlertGroup, DriftCheck, InputVector, WeekCheck
from feedback.models import Interaction
from feedback.queries.shifts import zone_of

COLUMNS = ("feature", "model", "prompt_version", "variant", "end_user")
HOURS = 4  # a part of the day
MOST_ROWS = 1_000  # of a group
KEYS, LENGTH = 20, 60  # of metadata: so many names, values of so many characters
Row = Mapping[str, Hashable]


@dataclass(frozen=True)
class Shared:
    """`rest`: how many of the `rest_n` other inputs of the day or week have it, too."""

    common: Common
    rest: int
    rest_n: int


def shared(group: AlertGroup) -> list[Shared]:
    """What is more frequent among the group's rows than in what they were compared with. Of rows that the log still
    has.

    The alert comes with its project. Five queries; nothing for a feature, whose rows are examples.
    """
    alert = group.alert
    if group.kind in ("structure", "shrunk"):
        return []
    before, now = _of_week(group) if group.days > 1 else _of_day(alert)
    zone = zone_of(alert.project)
    rows = _rows(alert.project_id, group.rows[:MOST_ROWS], zone)
    baseline = _rows(alert.project_id, before, zone)
    others = set(now) - set(group.rows)
    counts, rest = _counts(alert.project_id, others, zone)
    return [Shared(one, counts[one.column, one.value], rest) for one in in_common(rows, baseline)]


def _of_day(alert: Alert) -> tuple[Iterable[UUID], Iterable[UUID]]:
    """Inputs of the baseline, and of the day."""
    check = DriftCheck.objects.filter(project=alert.project_id, day=alert.day).first()
    if check is None:
        return [], []
    return _interactions(check.baseline_vectors), _interactions(check.day_vectors)


def _of_week(group: AlertGroup) -> tuple[Iterable[UUID], Iterable[UUID]]:
    """About MOST_ROWS of each side's days: every so-manyth in the order in which they were embedded."""
    check = WeekCheck.objects.filter(project=group.alert.project_id, day=group.alert.day).first()
    if check is None or group.space_id is None:
        return [], []
    return _some(group.space_id, check.before), _some(group.space_id, check.now)


def _some(space: int, days: list[date]) -> Iterable[UUID]:
    rows = InputVector.objects.filter(day__space=space, day__day__in=days, weight__gt=0)
    step = 1 + rows.count() // MOST_ROWS
    return rows.annotate(lot=F("pk") % step).filter(lot=0).values_list("interaction", flat=True)


def _counts(project: int, ids: Iterable[UUID], zone: ZoneInfo) -> tuple[Counter[tuple[str, Hashable]], int]:
    rows = _rows(project, ids, zone)
    return Counter(pair for row in rows for pair in row.items()), len(rows)


def _interactions(vectors: list[int]) -> Iterable[UUID]:
    return InputVector.objects.filter(pk__in=vectors).values_list("interaction", flat=True)


def _rows(project: int, ids: Iterable[UUID], zone: ZoneInfo) -> list[Row]:
    found = Interaction.objects.filter(project=project, pk__in=list(ids))
    return [
        {
            **dict(zip(COLUMNS, columns, strict=True)),
            "hours": _part_of_day(at, zone),
            **_told(metadata),
        }
        for at, metadata, *columns in found.values_list("occurred_at", "metadata", *COLUMNS)
    ]


def _part_of_day(at: datetime, zone: ZoneInfo) -> str:
    first = at.astimezone(zone).hour // HOURS * HOURS
    return f"{first:02}:00–{first + HOURS:02}:00"


def _told(metadata: object) -> Row:
    """What the sender said beside the texts: names of segments, plans, tenants."""
    if not isinstance(metadata, dict):
        return {}
    return {
        f"metadata.{name}": str(value)
        for name, value in list(metadata.items())[:KEYS]
        if isinstance(value, str | bool | int) and len(str(value)) <= LENGTH
    }
