"""A project's questions and their wordings."""

from itertools import chain, count

from django.db import transaction

from annotator.models import Project, Question, QuestionVersion, QueueKind

KEY = 60  # characters


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
    return say(question, text=text, guideline=guideline, desirable=desirable)


def free_key(project: Project, key: str) -> str:
    """`key`, or with a number if the project has such a question: a person's own words are left alone."""
    start = key[:KEY]
    taken = set(Question.objects.filter(project=project).values_list("key", flat=True))
    others = (f"{start[: KEY - 4]}-{n}" for n in count(2))
    return next(name for name in chain([start], others) if name not in taken)


def say(question: Question, **words: str) -> QuestionVersion:
    """The newest wording if it says this, else a new one. The question's row is locked by the caller.

    Line ends and blanks around a text say nothing: forms send other ones than files.
    """
    words = _tidy(words)
    newest = question.versions.order_by("-number").first()
    if newest and _tidy({name: getattr(newest, name) for name in words}) == words:
        return newest
    return question.versions.create(number=newest.number + 1 if newest else 1, **words)


def _tidy(words: dict[str, str]) -> dict[str, str]:
    return {name: text.replace("\r\n", "\n").strip() for name, text in words.items()}
