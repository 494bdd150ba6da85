"""A project's questions with their wordings, and how many answers pin each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from annotator.models import Project, Question, QuestionVersion, Queue
from annotator.queries.stale import pinned

LISTED = """
    SELECT q.key, q.kind, v.number, v.text, v.created_at,
           (SELECT count(*) FROM annotator_queuequestion c WHERE c.question_id = q.id)
    FROM annotator_question q
    LEFT JOIN LATERAL (SELECT * FROM annotator_questionversion v WHERE v.question_id = q.id
                       ORDER BY v.number DESC LIMIT 1) v ON true
    WHERE q.project_id = %s ORDER BY v.created_at DESC NULLS LAST, q.id DESC LIMIT 500"""


@dataclass(frozen=True)
class Listed:
    """A question in its newest wording."""

    key: str
    kind: str
    version: int | None
    text: str | None
    written_at: datetime | None
    queues: int


def questions_of(project: Project) -> list[Listed]:
    """The last to be worded first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED, [project.pk])
        return [Listed(*row) for row in cursor.fetchall()]


@dataclass
class Wording:
    """One version, and how many answers that stand pin it."""

    version: QuestionVersion
    answers: int = 0


@dataclass
class Asking:
    """A queue that asks the question. `stale`: (version, answers) of older wordings."""

    queue: Queue
    stale: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Wordings:
    """Newest first, both."""

    rows: Sequence[Wording]
    queues: Sequence[Asking]

    @property
    def many(self) -> bool:
        """Whether there may be older queues that are not among these."""
        return len(self.queues) == MOST_QUEUES

    @property
    def newest(self) -> QuestionVersion | None:
        return self.rows[0].version if self.rows else None


MOST_QUEUES = 200  # a daily check asks the same question for ever


def wordings_of(question: Question) -> Wordings:
    """Three queries. Answers are counted in the newest queues only."""
    rows = [Wording(version) for version in question.versions.order_by("-number")]
    queues = Queue.objects.filter(chain__question=question).order_by("-created_at", "-pk")[:MOST_QUEUES]
    asking: dict[Any, Asking] = {queue.pk: Asking(queue) for queue in queues}
    by_number = {row.version.number: row for row in rows}
    newest = max(by_number, default=0)
    for found in pinned(list(asking), [question.pk]):
        by_number[found.version].answers += found.answers
        if found.version < newest:
            asking[found.queue].stale.append((found.version, found.answers))
    return Wordings(rows, list(asking.values()))
