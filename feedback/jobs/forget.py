"""Once a day: forget answers that nobody will be given again, what passed its checks, notices of long ago, and files that
nobody started to read."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.tidy import delete, nightly
from annotator.jobs.work import Work
from feedback.ingest.ids import first_id
from feedback.models import (
    AssertionResult,
    AssertionVersion,
    CachedSuggestion,
    CheckOutcome,
    Delivery,
    Notice,
    TaskVersion,
)
from feedback.services.uploads import LOGS

NAME = "feedback.forget"
KEEP_PASSED = timedelta(days=3)  # five assertions on a large log write more rows than the log has
KEEP = timedelta(days=30)  # asked again later, a question is worth a new answer
KEEP_NOTICES = timedelta(days=180)


def forget(work: Work) -> None:
    """Those of older versions, and old ones: what learns would answer otherwise by now."""
    versions = TaskVersion.objects.filter(task=OuterRef("version__task")).order_by("-number")
    stale = ~Q(version=Subquery(versions.values("pk")[:1])) | Q(created_at__lt=timezone.now() - KEEP)
    delete(work, CachedSuggestion.objects.filter(stale), "answers")
    _forget_results(work)
    long_ago = timezone.now() - KEEP_NOTICES
    delete(work, Delivery.objects.filter(notice__created_at__lt=long_ago), "deliveries")
    delete(work, Notice.objects.filter(created_at__lt=long_ago), "notices")
    LOGS.sweep()


def _forget_results(work: Work) -> None:
    """What passed, or did not apply, is counted by day: the rows are no longer needed."""
    old = first_id(timezone.now() - KEEP_PASSED)
    plain = AssertionResult.objects.filter(
        outcome__in=(CheckOutcome.PASSED, CheckOutcome.NOT_APPLICABLE), interaction__lt=old
    )
    for version in AssertionVersion.objects.filter(
        days__day__lt=(timezone.now() - KEEP_PASSED).date()
    ).distinct():
        delete(work, plain.filter(version=version), "results")


KIND = Kind(NAME, forget, title=_("Forget old answers and notices"))
SCHEDULE = nightly("forget", NAME)
