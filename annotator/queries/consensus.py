"""Items with their consensus, for people to look at."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from annotator.models import Consensus, Question, Queue
from annotator.queries.labels import start_of

PAGE = 50
WHICH = ("disputed", "undecided", "differs")


@dataclass(frozen=True)
class Wanted:
    """`which`: one of WHICH, or empty for all."""

    which: str = ""
    question: Question | None = None
    after: int = 0


def decided(queue: Queue, wanted: Wanted) -> QuerySet[Consensus]:
    """In the order of the items as they came; of long texts the beginnings only, as JSON."""
    rows = Consensus.objects.filter(queue=queue, pk__gt=wanted.after)
    if wanted.question is not None:
        rows = rows.filter(question=wanted.question)
    if wanted.which == "disputed":
        rows = rows.filter(share__lt=1, n__gt=0)
    elif wanted.which == "undecided":
        rows = rows.filter(answer="")
    elif wanted.which == "differs":
        rows = rows.exclude(second_opinion="").exclude(answer="").exclude(second_opinion=F("answer"))
    return (
        rows.select_related("item", "question")
        .annotate(output_start=start_of("item__output"), input_start=start_of("item__input"))
        .defer("item__input", "item__output", "item__left", "item__right", "item__context", "item__metadata")
        .order_by("pk")
    )
