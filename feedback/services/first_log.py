"""Projects that log something and are not watched yet."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Project
from feedback.models import Interaction


def without(plan: str) -> QuerySet[Project]:
    """Those with an interaction and no plan of this name: they get one by the clock, by themselves."""
    logged = Interaction.objects.filter(project=OuterRef("pk"))
    return Project.objects.filter(Exists(logged), **{plan: None})
