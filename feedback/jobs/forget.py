"""Once a day: forget answers to questions that nobody will be given again."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.tidy import delete, nightly
from annotator.jobs.work import Work
from feedback.models import CachedSuggestion, TaskVersion

NAME = "feedback.forget"
KEEP = timedelta(days=30)  # asked again later, a question is worth a new answer


def forget(work: Work) -> None:
    """Those of older versions, and old ones: what learns would answer otherwise by now."""
    versions = TaskVersion.objects.filter(task=OuterRef("version__task")).order_by("-number")
    stale = ~Q(version=Subquery(versions.values("pk")[:1])) | Q(created_at__lt=timezone.now() - KEEP)
    delete(work, CachedSuggestion.objects.filter(stale), "answers")


KIND = Kind(NAME, forget, title=_("Forget old answers"))
SCHEDULE = nightly("forget", NAME)
