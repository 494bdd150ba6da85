"""What was read of days, and against which of them a day is held."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from annotator.models import Project
from drift.baseline import Note
from drift.models import BaselineKind, DriftCheck, DriftPlan, StructuralChange, StructuralDay
from drift.queries import taught
from drift.structure.judge import Day
from drift.structure.registry import EDITION
from drift.structure.tally import Tally
from feedback import days
from feedback.models import Environment, Interaction
from feedback.queries.shifts import zone_of

BACK = 2  # times the days of a rolling baseline: so that a weekday can be compared with its like
RECENT = 6  # days before in which a change may have begun: a weekday names one of them
LONGEST = 56


def baseline_days(project: Project, day: date) -> list[date]:
    """The newest first. Rolling: the days before, without those of alerts that nobody called expected; a day is read once and costs
    nothing after that, so they reach back further than the days whose inputs are compared."""
    plan = DriftPlan.objects.filter(project=project).first()
    if (
        plan is not None
        and plan.baseline_kind == BaselineKind.PINNED
        and plan.pinned_first
        and plan.pinned_last
    ):
        span = min((plan.pinned_last - plan.pinned_first).days + 1, LONGEST)
        found = [plan.pinned_last - timedelta(days=n) for n in range(span)]
        today = days.day_of(timezone.now(), zone_of(project))  # of a day that lasts a part would be read
        return [one for one in found if one != day and one < today]
    first = first_day(project)
    if first is None:
        return []
    back = min(BACK * (plan.baseline_days if plan else 14), LONGEST)
    left_out = taught.days_left_out(project)
    found = [day - timedelta(days=n) for n in range(1, back + 1)]
    return [one for one in found if one >= first and one not in left_out]


def first_day(project: Project) -> date | None:
    """Of the log's production interactions. Walks the index from its beginning to the first of them."""
    rows = Interaction.objects.filter(project=project, environment=Environment.PRODUCTION)
    oldest = rows.order_by("id").values_list("occurred_at", flat=True).first()
    return None if oldest is None else days.day_of(oldest, zone_of(project))


def read_days(project: Project, wanted: Sequence[date]) -> list[Day]:
    """Those that are read, in order of time."""
    rows = StructuralDay.objects.filter(
        project=project, day__in=wanted, edition=EDITION, finished_at__isnull=False, population__gt=0
    )
    return [read_day(project, row) for row in rows.order_by("day")]


def read_day(project: Project, row: StructuralDay) -> Day:
    return Day(row.day, Tally.from_json(row.tally), ahead(project, row.day))


def ahead(project: Project, day: date) -> int:
    """By how many hours the project's clocks are ahead of UTC at that day's noon."""
    noon = days.moment(day, 12, zone_of(project))
    return (noon.astimezone(zone_of(project)).utcoffset() or timedelta(0)) // timedelta(hours=1)


def day_of(project: Project, day: date) -> StructuralDay | None:
    """Without what was read, which is large."""
    return StructuralDay.objects.filter(project=project, day=day).defer("tally", "to_read").first()


def changes_of(project: Project, day: date) -> list[StructuralChange]:
    """Of all features of the day, the surest first."""
    return list(StructuralChange.objects.filter(project=project, day=day))


def tells_of_week(project: Project, day: date) -> bool:
    """Whether the judgement of the day's topics says what weekdays are compared with."""
    return DriftCheck.objects.filter(
        project=project, day=day, topics_p__isnull=False, baseline__notes__contains=[Note.NO_WEEKDAYS]
    ).exists()


def rows_of(project: Project, ids: Sequence[UUID]) -> dict[UUID, Interaction]:
    """What the log still has of them, with previews and no payload."""
    rows = Interaction.objects.filter(project=project, pk__in=ids)
    return rows.only("id", "project_id", "occurred_at", "input_preview", "output_preview", "error").in_bulk()


def zone(project: Project) -> ZoneInfo:
    return zone_of(project)
