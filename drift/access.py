"""Fetching what belongs to a project: what is not there, or is another project's, is 404."""

from datetime import date
from uuid import UUID

from django.shortcuts import get_object_or_404

from annotator.models import Project
from drift.models import (
    Alert,
    AlertGroup,
    Coverage,
    CoverageGroup,
    DriftCheck,
    DriftPlan,
    EmbeddedDay,
    Reference,
    Topic,
    WeekCheck,
)
from drift.queries.weeks import weeks_of


def check_of(project: Project, day: date) -> DriftCheck:
    """The judgement of a day."""
    found = get_object_or_404(DriftCheck, project=project, day=day)
    found.project = project
    return found


def week_of(project: Project, day: date) -> WeekCheck:
    """The judgement of the week that the day ends, with its topics."""
    found = get_object_or_404(weeks_of(project), day=day)
    found.project = project
    return found


def embedded_day_of(project: Project, day: date) -> EmbeddedDay:
    """What was embedded of a day, in the space that is in use."""
    spaces = DriftPlan.objects.filter(project=project).values("space")
    return get_object_or_404(EmbeddedDay, space__in=spaces, day=day)


def topic_of(project: Project, topic_id: int) -> Topic:
    """A topic of this project, ended or not."""
    found = get_object_or_404(Topic.objects.select_related("parent", "heir"), project=project, pk=topic_id)
    found.project = project
    return found


def alert_of(project: Project, alert_id: int) -> Alert:
    """An alert of this project, with its owner."""
    found = get_object_or_404(Alert.objects.select_related("owner"), project=project, pk=alert_id)
    found.project = project
    return found


def reference_of(project: Project, reference_id: UUID) -> Reference:
    """A reference of this project, with what it is made of; else 404."""
    found = get_object_or_404(
        Reference.objects.select_related("version__dataset", "file", "created_by"),
        project=project,
        pk=reference_id,
    )
    found.project = project
    return found


def alert_group_of(alert: Alert, rank: int) -> AlertGroup:
    """A group of this alert, by its place."""
    found = get_object_or_404(AlertGroup.objects.select_related("queue"), alert=alert, rank=rank)
    found.alert = alert
    return found


def coverage_of(reference: Reference, coverage_id: int) -> Coverage:
    """A day that this reference was held against, else 404."""
    found = get_object_or_404(Coverage, reference=reference, pk=coverage_id)
    found.reference = reference
    return found


def coverage_group_of(coverage: Coverage, rank: int) -> CoverageGroup:
    found = get_object_or_404(CoverageGroup, coverage=coverage, rank=rank)
    found.coverage = coverage
    return found
