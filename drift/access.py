"""Fetching what belongs to a project: what is not there, or is another project's, is 404."""

from datetime import date

from django.shortcuts import get_object_or_404

from annotator.models import Project
from drift.models import DriftCheck, DriftPlan, EmbeddedDay


def check_of(project: Project, day: date) -> DriftCheck:
    """The judgement of a day."""
    found = get_object_or_404(DriftCheck, project=project, day=day)
    found.project = project
    return found


def embedded_day_of(project: Project, day: date) -> EmbeddedDay:
    """What was embedded of a day, in the space that is in use."""
    spaces = DriftPlan.objects.filter(project=project).values("space")
    return get_object_or_404(EmbeddedDay, space__in=spaces, day=day)
