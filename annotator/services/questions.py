"""A project's questions and their wordings."""

from django.db import transaction

from annotator.models import Project, Question, QuestionVersion, QueueKind


class OtherKind(ValueError):
    """There is a question with this key, of the other kind."""


@transaction.atomic
def set_question(
    *,
    project: Project,
    key: str,
    text: str,
    guideline: str = "",
    desirable: str = "",
    kind: str = QueueKind.BINARY,
) -> QuestionVersion:
    """The question's version with these words; a new version if its newest says otherwise."""
    question, _ = Question.objects.select_for_update(no_key=True).get_or_create(
        project=project, key=key, defaults={"kind": kind}
    )
    if question.kind != kind:
        raise OtherKind(key)
    newest = question.versions.order_by("-number").first()
    words = {"text": text, "guideline": guideline, "desirable": desirable}
    if newest and all(getattr(newest, name) == value for name, value in words.items()):
        return newest
    return question.versions.create(number=newest.number + 1 if newest else 1, **words)
