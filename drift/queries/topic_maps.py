"""Which map of a project's topics is in force."""

from annotator.models import Project
from drift.models import TopicMap


def in_force(project: Project | int) -> TopicMap | None:
    """None before the first fit."""
    rows = TopicMap.objects.filter(project=project).exclude(in_force_at=None)
    return rows.order_by("-number").first()
