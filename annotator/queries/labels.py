"""Which labels stand: the newest of each history, unless it was taken back."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Answer, Label, Queue


def newest_labels(queue: Queue) -> QuerySet[Label]:
    """The last row of each history, whatever it says."""
    return Label.objects.filter(queue=queue).filter(~Exists(Label.objects.filter(supersedes=OuterRef("pk"))))


def current_labels(queue: Queue) -> QuerySet[Label]:
    """What stands: yes, no and skip. Surplus and imported labels are in it, undone ones are not."""
    return newest_labels(queue).exclude(answer=Answer.UNDO)
