"""New wordings of a question that is there."""

from django.db import transaction

from annotator.models import Question, QuestionVersion
from annotator.services.questions import say


class ChangedMeanwhile(Exception):
    """Somebody wrote another wording since the page was opened."""


@transaction.atomic
def reword(
    *, question: Question, text: str, guideline: str = "", desirable: str = "", seen: int | None = None
) -> QuestionVersion:
    """A new wording, or the one in force if it says the same.

    `seen` is the number of the wording that the writer had before them.
    """
    Question.objects.select_for_update(no_key=True).get(pk=question.pk)
    newest = question.versions.order_by("-number").first()
    number = newest.number if newest else 0
    if seen is not None and seen != number:
        raise ChangedMeanwhile
    return say(question, text=text, guideline=guideline, desirable=desirable)
