"""What changed, for programs: the days as they were judged, and the alerts that came of them."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Func, IntegerField, Prefetch, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import translation
from ninja import Router, Schema
from pydantic import Field

from annotator.api.auth import ByKey, Caller
from annotator.models import Project, Scope
from drift.models import AlertState, BaselineKind, DriftCheck, DriftGroup, StructuralChange
from drift.models.checks import ARRAYS
from drift.queries.alerts import Wanted, alerts_of
from drift.queries.weeks import alerts_of as weeks_alerts
from drift.queries.weeks import weeks_of
from drift.services.found import of_feature, of_inputs, sure
from drift.web.told import alert_told, thing_told, week_told

router = Router(tags=["drift"])
EXPORTS = ByKey(Scope.EXPORT)
MOST, USUAL = 366, 31


class EstimateOut(Schema):
    value: float | None
    low: float | None = Field(description="Of an interval of 95 %.")
    high: float | None


class GroupOut(Schema):
    kind: str = Field(description="new, grown, shrunk, scattered or structure.")
    name: str
    sentence: str = Field(description="In English, with its numbers.")
    p: float
    rows: int | None = Field(description="Inputs of the day. Null of a structural feature.")
    share: EstimateOut | None = Field(description="Of the day’s inputs that were compared.")
    then_share: EstimateOut | None = Field(description="Of the baseline’s.")
    side: str = Field(description="Of a structural feature: input, output or call.")
    feature: str
    view: str
    then: float | None
    now: float | None


class ReferenceOut(Schema):
    id: UUID
    name: str
    version: int | None = Field(description="Of its dataset; null of a file.")
    inputs: int = Field(description="Different ones that were compared.")


class BaselineOut(Schema):
    kind: BaselineKind
    days: list[date] = Field(description="Of a reference: those that say how much topics vary.")
    reference: ReferenceOut | None = Field(description="As it was called then; it may be gone.")


class CheckOut(Schema):
    day: date
    verdict: str = Field(description="judged or refused.")
    reason: str = Field(description="Of a refused day, a code; `facts` has its numbers.")
    facts: dict[str, Any]
    p: float | None = Field(description="The day’s one p-value.")
    topics_p: float | None
    structure_p: float | None
    level: float | None = Field(description="What `p` had to be at most for an alarm.")
    alarm: bool
    compared: int = Field(description="Different inputs of the day.")
    then_compared: int
    baseline: BaselineOut | None = Field(description="What topics were compared with; null if with nothing.")
    judged_at: datetime
    alert: int | None = Field(description="The alert that the day opened.")
    groups: list[GroupOut]


class ChecksOut(Schema):
    checks: list[CheckOut]
    next: date | None = Field(description="Ask for the next page with `before`; null at the end.")


class ShiftOut(Schema):
    topics: list[int] = Field(
        description="Neighbours that changed together, mostly one; the one that moved most first."
    )
    name: str = Field(description="Of the first.")
    kind: str = Field(description="new, grown or shrunk.")
    p: float
    rows: int
    share: EstimateOut = Field(description="Of the week’s inputs that are in a topic.")
    then_share: EstimateOut = Field(description="Of those of the weeks before.")


class WeekOut(Schema):
    day: date = Field(description="The last of seven.")
    verdict: str = Field(description="judged or refused.")
    reason: str = Field(description="Of a refused week, a code.")
    p: float | None
    level: float = Field(description="What `p` had to be at most for an alarm.")
    alarm: bool
    now: list[date] = Field(description="The week’s days that were compared.")
    before: list[date]
    judged_at: datetime
    alert: int | None = Field(description="The alert that tells of it.")
    topics: list[ShiftOut]


class WeeksOut(Schema):
    weeks: list[WeekOut]
    next: date | None = Field(description="Ask for the next page with `before`; null at the end.")


class AlertGroupOut(GroupOut):
    rank: int
    days: int = Field(description="7 where a week was compared, else 1.")
    keywords: list[str]
    compared: int | None
    then_compared: int | None
    seen_again: list[date]
    came_back_from: int | None = Field(description="The alert that had been called fixed.")
    queue: UUID | None


class AlertOut(Schema):
    id: int
    day: date
    state: AlertState
    owner: str | None
    opened_at: datetime
    closed_on: date | None
    url: str
    groups: list[AlertGroupOut]


class AlertsOut(Schema):
    alerts: list[AlertOut]
    next: date | None = Field(description="Ask for the next page with `before`; null at the end.")


def _project(request: HttpRequest) -> Project:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    assert caller.key is not None  # noqa: S101 - ByKey lets nobody else in
    return caller.key.project


@router.get(
    "/drift/checks",
    auth=EXPORTS,
    response=ChecksOut,
    operation_id="get_drift_checks",
    summary="Days as they were judged",
)
def checks(
    request: HttpRequest, before: date | None = None, since: date | None = None, limit: int = USUAL
) -> dict[str, Any]:
    """The newest first, at most 366. `since`: that day and later; `before`: earlier days than that."""
    project = _project(request)
    found = DriftCheck.objects.filter(project=project).order_by("-day")
    groups = Prefetch("groups", DriftGroup.objects.order_by("rank").defer("centroid"))
    then = Coalesce(_length("reference_vectors"), _length("baseline_vectors"))
    counted = found.annotate(n=_length("day_vectors"), then_n=then).defer(*ARRAYS)
    rows, following = _page(counted.prefetch_related(groups), before, since, limit)
    days = [row.day for row in rows]
    alerts = dict(project.alerts.filter(day__in=days).values_list("day", "pk"))
    changes = defaultdict(list)
    alarms = [row.day for row in rows if row.alarm]
    for change in StructuralChange.objects.filter(project=project, day__in=alarms, alarm=True):
        changes[change.day].append(change)
    return {
        "checks": [_told(project, row, alerts.get(row.day), changes[row.day]) for row in rows],
        "next": following,
    }


def _page(
    found: "QuerySet[Any]", before: date | None, since: date | None, limit: int
) -> tuple[list[Any], date | None]:
    """The newest of what has a day, and the day to go on before; None at the end."""
    if before:
        found = found.filter(day__lt=before)
    if since:
        found = found.filter(day__gte=since)
    size = max(1, min(limit, MOST))
    rows = list(found[: size + 1])
    return rows[:size], rows[size - 1].day if len(rows) > size else None


def _length(array: str) -> Func:
    return Func(array, function="cardinality", output_field=IntegerField())


def _told(project: Project, row: Any, alert: int | None, changes: list[StructuralChange]) -> dict[str, Any]:
    """`row`: a check with `n` and `then_n` in place of its arrays. `changes` of its day."""
    names = (
        "day",
        "verdict",
        "reason",
        "facts",
        "p",
        "topics_p",
        "structure_p",
        "level",
        "alarm",
        "judged_at",
    )
    groups = [
        *(of_inputs(row, one, (row.n, row.then_n)) for one in row.groups.all()),
        *(of_feature(one) for one in sure(row, changes)),
    ]
    with translation.override("en"):
        told = [thing_told(one, project) for one in groups]
    return {
        **{name: getattr(row, name) for name in names},
        "compared": row.n,
        "then_compared": row.then_n,
        "baseline": _baseline(row.baseline) if row.topics_p is not None and row.baseline else None,
        "alert": alert,
        "groups": told,
    }


def _baseline(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": told.get("kind", BaselineKind.ROLLING),
        "days": list(told.get("days", {})),
        "reference": told.get("reference"),
    }


@router.get(
    "/drift/weeks",
    auth=EXPORTS,
    response=WeeksOut,
    operation_id="get_drift_weeks",
    summary="Weeks as they were judged",
)
def weeks(
    request: HttpRequest, before: date | None = None, since: date | None = None, limit: int = USUAL
) -> dict[str, Any]:
    """The newest first, at most 366; `day` is a week's last. `since`: that day and later; `before`: earlier days than that."""
    project = _project(request)
    rows, following = _page(weeks_of(project), before, since, limit)
    alerts = {day: one.pk for day, one in weeks_alerts(rows).items()}
    return {
        "weeks": [week_told(row, alerts.get(row.day)) for row in rows],
        "next": following,
    }


@router.get(
    "/drift/alerts",
    auth=EXPORTS,
    response=AlertsOut,
    operation_id="get_drift_alerts",
    summary="Alerts and what came of them",
)
def alerts(
    request: HttpRequest,
    state: AlertState | None = None,
    before: date | None = None,
    since: date | None = None,
    limit: int = USUAL,
) -> dict[str, Any]:
    """The newest first, at most 366. `since`: of that day or later, or seen again then."""
    project = _project(request)
    found = alerts_of(project, Wanted(state=state or "", since=since))
    rows, following = _page(found, before, None, limit)
    return {
        "alerts": [alert_told(project, one) for one in rows],
        "next": following,
    }
