"""Inputs that were run several times by the same version, and how far the answers differ.

Looks at the project's newest READ interactions, so that the page costs the same however long the log is,
and ingestion pays for no index. Rows from before there were hashes are in no group.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from annotator.models import Project
from feedback.models import Interaction

READ = 20_000
GROUPS = 50  # a page
ANSWERS = 100  # different ones of a group that are shown

RECENT = """
    SELECT id, occurred_at, input_hash, output_hash, feature, model, prompt_version
    FROM feedback_interaction WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(read)s"""
LIST = f"""
    WITH answers AS (
        SELECT input_hash, feature, model, prompt_version, output_hash,
               count(*) AS n, max(id::text) AS newest
        FROM ({RECENT}) recent WHERE input_hash IS NOT NULL
        GROUP BY input_hash, feature, model, prompt_version, output_hash)
    SELECT feature, model, prompt_version, sum(n)::int, count(*)::int, max(n)::int, max(newest)::uuid
    FROM answers GROUP BY input_hash, feature, model, prompt_version HAVING sum(n) > 1
    ORDER BY max(n) / sum(n), sum(n) DESC, max(newest) DESC
    LIMIT %(most)s OFFSET %(before)s"""  # noqa: S608 - made of a constant
ONE = f"""
    SELECT output_hash, count(*)::int, max(id::text)::uuid, min(occurred_at), max(occurred_at)
    FROM ({RECENT}) recent
    WHERE input_hash = %(input_hash)s AND feature = %(feature)s AND model = %(model)s
    AND prompt_version = %(prompt_version)s
    GROUP BY output_hash ORDER BY count(*), max(id::text) DESC"""  # noqa: S608 - made of a constant


@dataclass(frozen=True)
class Repeated:
    """An input with one version. `answers`: how many different ones, no output being one of them;
    `top`: how often the most common came; `newest`: one of its interactions."""

    feature: str
    model: str
    prompt_version: str
    runs: int
    answers: int
    top: int
    newest: UUID
    preview: str

    @property
    def share(self) -> float:
        """Of the most common answer, 0 to 1."""
        return self.top / self.runs


@dataclass(frozen=True)
class Answer:
    """One answer of a group; `newest`: an interaction that gave it."""

    times: int
    share: float
    newest: UUID
    shown: str
    error: str
    no_output: bool


@dataclass(frozen=True)
class Runs:
    """A group, the rarest answers first. `first`, `last`: when it ran."""

    runs: int
    different: int
    answers: list[Answer]
    first: datetime
    last: datetime

    @property
    def more(self) -> int:
        return self.different - len(self.answers)


def repeated(project: Project, *, page: int = 0) -> tuple[list[Repeated], bool]:
    """A page of groups, those first whose runs agree least, and whether there are more. Two queries."""
    facts = {"project": project.pk, "read": READ, "most": GROUPS + 1, "before": page * GROUPS}
    with connection.cursor() as cursor:
        cursor.execute(LIST, facts)
        found = cursor.fetchall()
    rows = found[:GROUPS]
    asked = dict(
        Interaction.objects.filter(pk__in=[row[-1] for row in rows]).values_list("pk", "input_preview")
    )
    return [Repeated(*(*row, asked.get(row[-1], ""))) for row in rows], len(found) > GROUPS


def runs_of(like: Interaction) -> Runs | None:
    """All answers to the same input by the same version, as far back as READ. Two queries; None for an
    interaction that has no hash, or when none of its runs lies that near."""
    if like.input_hash is None:
        return None
    facts: dict[str, Any] = {
        "project": like.project_id,
        "read": READ,
        "input_hash": like.input_hash,
        "feature": like.feature,
        "model": like.model,
        "prompt_version": like.prompt_version,
    }
    with connection.cursor() as cursor:
        cursor.execute(ONE, facts)
        rows = cursor.fetchall()
    if not rows:
        return None
    runs = sum(row[1] for row in rows)
    shown = Interaction.objects.only("output_preview", "error")
    texts = shown.in_bulk([row[2] for row in rows[:ANSWERS]])
    answers = [
        Answer(times, times / runs, key, row.output_preview, row.error[:160], hashed is None)
        for hashed, times, key, _first, _last in rows[:ANSWERS]
        if (row := texts.get(key)) is not None
    ]
    return Runs(runs, len(rows), answers, min(row[3] for row in rows), max(row[4] for row in rows))
