"""Which labels stand: the newest of each history, unless it was taken back."""

from django.db.models import Exists, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Left

from annotator.models import Answer, Label, Queue, User

START = 480  # characters of a payload's JSON: for a line or two of words


def newest_labels(queue: Queue) -> QuerySet[Label]:
    """The last row of each history, whatever it says."""
    return Label.objects.filter(queue=queue).filter(~Exists(Label.objects.filter(supersedes=OuterRef("pk"))))


def current_labels(queue: Queue) -> QuerySet[Label]:
    """What stands: yes, no and skip. Surplus and imported labels are in it, undone ones are not."""
    return newest_labels(queue).exclude(answer=Answer.UNDO)


def latest_labels(queue: Queue, *, only_of: User | None = None) -> QuerySet[Label]:
    """Every event, the newest first, also what was taken back (`superseded`); of the item's long
    texts the beginnings only, as JSON (`input_start`, `output_start`)."""
    rows = (
        Label.objects.filter(queue=queue)
        if only_of is None
        else Label.objects.filter(queue=queue, rater__user=only_of)
    )
    return (
        rows.annotate(
            superseded=Exists(Label.objects.filter(supersedes=OuterRef("pk"))),
            input_start=start_of("item__input"),
            output_start=start_of("item__output"),
        )
        .select_related("rater__user", "item", "question", "question_version")
        .defer(
            "item__input", "item__output", "item__context", "item__metadata", "question_version__guideline"
        )
        .order_by("-pk")
    )


def start_of(payload: str) -> Left:
    """The beginning of a payload's JSON, for `web.payload.beginning`."""
    return Left(Cast(F(payload), TextField()), START)
