"""Fetching what belongs to a project: what is not there, or is another project's, is 404."""

from datetime import date

from django.shortcuts import get_object_or_404

from annotator.models import Project
from drift.models import DriftCheck


def check_of(project: Project, day: date) -> DriftCheck:
    """The judgement of a day."""
    found = get_object_or_404(DriftCheck, project=project, day=day)
    found.project = project
    return found
