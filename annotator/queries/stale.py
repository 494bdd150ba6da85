"""Answers that were given to an older wording than the one in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from annotator.models import Question, Queue
from annotator.queries.chains import Asked

# Answers that stand; `l` is the label, `v` the wording that it pins.
STALE = """
    FROM annotator_label l JOIN annotator_questionversion v ON v.id = l.question_version_id
    WHERE l.queue_id = ANY(%(queues)s::uuid[]) AND l.question_id = ANY(%(questions)s::bigint[])
      AND l.answer NOT IN ('skip', 'undo')
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""
COUNT = f"""
    SELECT l.queue_id, l.question_id, v.number, count(*) {STALE}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""


@dataclass(frozen=True)
class Pinned:
    """How many answers of a queue pin one wording of one question."""

    queue: UUID
    question: int
    version: int
    answers: int


def pinned(queues: Sequence[UUID], questions: Sequence[int]) -> list[Pinned]:
    """By queue, question and version; one query, and none if there is nothing to look at."""
    if not queues or not questions:
        return []
    facts: dict[str, Any] = {"queues": list(queues), "questions": list(questions)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, facts)
        return [Pinned(*row) for row in cursor.fetchall()]


def stale_in(queue: Queue, chain: Sequence[Asked]) -> dict[str, list[Pinned]]:
    """By question key, oldest wording first. Asks nothing while every question has its first wording."""
    newest = {asked.id: asked for asked in chain if asked.version > 1}
    found: dict[str, list[Pinned]] = {}
    for row in pinned([queue.pk], list(newest)):
        asked = newest[row.question]
        if row.version < asked.version:
            found.setdefault(asked.key, []).append(row)
    return found


def stale_count(queue: Queue, question: Question, version: int) -> tuple[int, int]:
    """How many answers stand that pin an older wording than `version`, and the newest one's id."""
    facts: dict[str, Any] = {"queues": [queue.pk], "questions": [question.pk], "version": version}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), coalesce(max(l.id), 0) {STALE} AND v.number < %(version)s",
            facts,
        )
        count, last = cursor.fetchone()
    return count, last
