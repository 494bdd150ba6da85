"""How the judgement of days goes, in numbers, by project."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from annotator.metrics.exposition import Family, Kind, Sample
from annotator.models import Project
from drift.models import Alert, AlertState, DriftCheck, EmbeddedDay, Verdict
from feedback import days
from feedback.queries.shifts import zone_of


def drift() -> Iterator[Family]:
    """Of projects that have a plan. Four questions."""
    projects = _projects()
    judged = [one for one in projects if one.last_day is not None]
    yield Family(
        "genba_drift_p",
        Kind.GAUGE,
        "The p-value of the last day that was judged.",
        [Sample(one.last_p, {"project": one.slug}) for one in judged if one.last_p is not None],
    )
    yield Family(
        "genba_drift_alarm",
        Kind.GAUGE,
        "1 if the last day that was judged is an alarm.",
        [Sample(int(one.last_alarm), {"project": one.slug}) for one in judged],
    )
    now = datetime.now(UTC)
    yield Family(
        "genba_drift_last_day_age_seconds",
        Kind.GAUGE,
        "Since the end of the last day that was judged.",
        [
            Sample((now - days.bounds(one.last_day, zone_of(one))[1]).total_seconds(), {"project": one.slug})
            for one in judged
        ],
    )
    yield Family(
        "genba_drift_open_alerts",
        Kind.GAUGE,
        "Alerts of which nobody has said yet what came of them.",
        _by_project(projects, Alert.objects.filter(state=AlertState.OPEN), "project", Count("pk")),
    )
    yield Family(
        "genba_drift_embedded_inputs",
        Kind.GAUGE,
        "Inputs that were drawn, repeats of others too, of days whose vectors are kept.",
        _by_project(projects, EmbeddedDay.objects, "space__project", Sum("sampled")),
    )
    yield Family(
        "genba_drift_days_total",
        Kind.COUNTER,
        "Days that were judged, and those that were refused with a reason.",
        [
            Sample(one, {"project": project.slug, "verdict": verdict})
            for project in projects
            for verdict, one in ((Verdict.JUDGED, project.judged), (Verdict.REFUSED, project.refused))
        ],
    )


def _projects() -> list[Any]:
    """With the last judged day's numbers."""
    last = DriftCheck.objects.filter(project=OuterRef("pk"), verdict=Verdict.JUDGED).order_by("-day")
    return list(
        Project.objects.filter(drift_plan__isnull=False)
        .annotate(
            last_day=Subquery(last.values("day")[:1]),
            last_p=Subquery(last.values("p")[:1]),
            last_alarm=Subquery(last.values("alarm")[:1]),
            judged=Count("drift_checks", filter=Q(drift_checks__verdict=Verdict.JUDGED)),
            refused=Count("drift_checks", filter=Q(drift_checks__verdict=Verdict.REFUSED)),
        )
        .order_by("slug")
    )


def _by_project(projects: list[Any], rows: Any, of: str, what: Any) -> list[Sample]:
    """0 where there is none."""
    found = dict(rows.order_by().values(of).annotate(found=what).values_list(of, "found"))
    return [Sample(found.get(one.pk) or 0, {"project": one.slug}) for one in projects]
