"""Which labels stand: the newest of each history, unless it was taken back."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Answer, Label, Queue, User


def newest_labels(queue: Queue) -> QuerySet[Label]:
    """The last row of each history, whatever it says."""
    return Label.objects.filter(queue=queue).filter(~Exists(Label.objects.filter(supersedes=OuterRef("pk"))))


def current_labels(queue: Queue) -> QuerySet[Label]:
    """What stands: yes, no and skip. Surplus and imported labels are in it, undone ones are not."""
    return newest_labels(queue).exclude(answer=Answer.UNDO)


def latest_labels(queue: Queue, *, only_of: User | None = None) -> QuerySet[Label]:
    """Every event, the newest first, also what was taken back (`superseded`); without the long texts."""
    rows = (
        Label.objects.filter(queue=queue)
        if only_of is None
        else Label.objects.filter(queue=queue, rater__user=only_of)
    )
    return (
        rows.annotate(superseded=Exists(Label.objects.filter(supersedes=OuterRef("pk"))))
        .select_related("rater__user", "item", "question", "question_version")
        .defer(
            "item__input", "item__output", "item__context", "item__metadata", "question_version__guideline"
        )
        .order_by("-pk")
    )
