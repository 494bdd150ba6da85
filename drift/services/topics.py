"""What people do with topics: ask for a new fit, name one."""

from datetime import datetime
from uuid import UUID

from annotator.models import Job, Project, User
from annotator.services import jobs
from drift.models import Topic

FIT, NAME = "drift.topics", "drift.name_topic"
LONGEST_NAME = 120


def fit_key(project: int, mark: datetime | UUID) -> str:
    """`mark`: the slot's time, or the page's token: sent twice it is one job."""
    return f"{project} {mark.isoformat() if isinstance(mark, datetime) else mark}"


def ask_for_a_fit(project: Project, *, token: UUID, by: User) -> Job:
    return jobs.ask(kind=FIT, key=fit_key(project.pk, token), project=project, by=by)


def rename(topic: Topic, name: str, *, by: User) -> None:
    """Without a name its keywords name it again."""
    topic.name, topic.named_by = name.strip()[:LONGEST_NAME], by if name.strip() else None
    topic.save(update_fields=["name", "named_by"])


def ask_for_a_name(topic: Topic, *, token: UUID, by: User) -> Job:
    """Of the language model."""
    key = f"{topic.pk} {token}"
    return jobs.ask(kind=NAME, key=key, project=topic.project, arguments={"topic": topic.pk}, by=by)
