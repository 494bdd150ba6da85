"""Alerts for people to look at, and the rows behind them as the log still has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from annotator.models import Project, User
from drift.models import Alert, AlertGroup, AlertState, DriftCheck, DriftPlan, SeenAgain
from drift.models.checks import ARRAYS
from feedback.models import Interaction

PAGE = 30
ROWS = 50  # of a group that a page lists
BULKY = ("centroid", "rows")


@dataclass(frozen=True)
class Wanted:
    """Which alerts. `owner`: an id; None with `unowned`: nobody's. `since`: of that day or later, or seen
    again then."""

    state: str = ""
    kind: str = ""
    owner: int | None = None
    unowned: bool = False
    since: date | None = None


def alerts_of(project: Project, wanted: Wanted | None = None) -> QuerySet[Alert]:
    """The newest first, each with its groups and the days on which they were seen again."""
    wanted = wanted or Wanted()
    found = Alert.objects.filter(project=project).select_related("owner").order_by("-day")
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.owner or wanted.unowned:
        found = found.filter(owner=wanted.owner)
    if wanted.kind:
        found = found.filter(pk__in=AlertGroup.objects.filter(kind=wanted.kind).values("alert"))
    if wanted.since:
        seen = SeenAgain.objects.filter(day__gte=wanted.since).values("group__alert")
        found = found.filter(day__gte=wanted.since) | found.filter(pk__in=seen)
    return found.prefetch_related(with_groups())


def with_groups() -> "Prefetch[str]":
    groups = AlertGroup.objects.select_related("before__alert").defer(
        *BULKY, *(f"before__{name}" for name in BULKY)
    )
    seen = SeenAgain.objects.defer("rows")
    return Prefetch("groups", groups.prefetch_related(Prefetch("seen", seen)))


@dataclass(frozen=True)
class OfDay:
    """What became of a day: its own alert, and the earlier ones that it was noted with."""

    alert: Alert | None
    again: list[SeenAgain]


def of_day(project: Project, day: date) -> OfDay:
    """For the page of a day. Four queries."""
    own = alerts_of(project).filter(day=day).first()
    again = (
        SeenAgain.objects.filter(group__alert__project=project, day=day)
        .select_related("group__alert")
        .defer("rows", "group__centroid", "group__rows")
        .order_by("group__alert__day", "group__rank")
    )
    return OfDay(own, list(again))


class Row(NamedTuple):
    """An interaction in a few words."""

    id: UUID
    input_preview: str
    output_preview: str
    feature: str
    model: str
    prompt_version: str


@dataclass(frozen=True)
class Rows:
    """A group's first rows that the log has; `gone` of them it has no more, `more` are not listed."""

    there: list[Row]
    gone: int
    more: int


def rows_of(project: Project, groups: Sequence[AlertGroup]) -> dict[int, Rows]:
    """By group. One query."""
    wanted = {key for group in groups for key in group.rows[:ROWS]}
    found = _in_log(project, wanted)
    return {group.pk: _rows(group, found) for group in groups}


def _in_log(project: Project, wanted: Iterable[UUID]) -> dict[UUID, Row]:
    rows = Interaction.objects.filter(project=project, pk__in=set(wanted))
    return {row[0]: Row(*row) for row in rows.values_list(*Row._fields)}


def _rows(group: AlertGroup, found: dict[UUID, Row]) -> Rows:
    listed = group.rows[:ROWS]
    there = [found[key] for key in listed if key in found]
    return Rows(there, len(listed) - len(there), len(group.rows) - len(listed))


@dataclass(frozen=True)
class Lately:
    """How things stand: what is open, and the newest day that was judged or refused."""

    open: list[Alert]
    newest: DriftCheck | None


def lately(project: Project) -> Lately | None:
    """None where nobody has planned that days are judged. Five queries."""
    if not DriftPlan.objects.filter(project=project, enabled=True).exists():
        return None
    newest = DriftCheck.objects.filter(project=project).defer(*ARRAYS).first()
    return Lately(list(alerts_of(project, Wanted(state=AlertState.OPEN))[:PAGE]), newest)


def owners_of(project: Project) -> QuerySet[User]:
    """Who may have an alert: everybody who labels."""
    return User.objects.filter(
        memberships__project=project, memberships__role__in=("owner", "annotator"), is_active=True
    ).order_by("first_name", "username")
