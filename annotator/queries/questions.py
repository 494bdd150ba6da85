"""A project's questions in the wording that is in force."""

from annotator.models import Project, QuestionVersion


def newest_versions(project: Project) -> list[QuestionVersion]:
    """One of each question, with the question itself, by their keys. One query."""
    rows = QuestionVersion.objects.filter(question__project=project).select_related("question")
    return list(rows.order_by("question__key", "-number").distinct("question__key"))
