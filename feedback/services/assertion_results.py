"""Storing what assertions said of interactions: each version once of each, and counted by day."""

from collections.abc import Sequence
from datetime import date
from json import dumps
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from feedback.assertions.outcome import Outcome, Result
from feedback.models import AssertionVersion

STORE = """
    WITH sent AS (
        SELECT * FROM unnest(%(versions)s::bigint[], %(interactions)s::uuid[], %(outcomes)s::text[],
                             %(reasons)s::text[], %(days)s::date[])
            AS sent (version, interaction, outcome, reason, day)),
    new AS (
        INSERT INTO feedback_assertionresult (project_id, version_id, interaction, outcome, reason)
        SELECT %(project)s, version, interaction, outcome, reason::jsonb FROM sent
        ORDER BY version, interaction
        ON CONFLICT (version_id, interaction) DO NOTHING
        RETURNING version_id, interaction, outcome),
    counted AS (
        INSERT INTO feedback_assertionday AS known (version_id, day, passed, failed, uncertain, none)
        SELECT new.version_id, sent.day,
               count(*) FILTER (WHERE new.outcome = 'passed'), count(*) FILTER (WHERE new.outcome = 'failed'),
               count(*) FILTER (WHERE new.outcome = 'uncertain'), count(*) FILTER (WHERE new.outcome = 'none')
        FROM new JOIN sent ON sent.version = new.version_id AND sent.interaction = new.interaction
        GROUP BY new.version_id, sent.day ORDER BY 1, 2
        ON CONFLICT (version_id, day) DO UPDATE
        SET passed = known.passed + EXCLUDED.passed, failed = known.failed + EXCLUDED.failed,
            uncertain = known.uncertain + EXCLUDED.uncertain, none = known.none + EXCLUDED.none)
    SELECT version_id, interaction FROM new WHERE outcome = 'failed' ORDER BY interaction"""


class Said(NamedTuple):
    """`day`: the interaction's, in the project's time zone."""

    version: AssertionVersion
    interaction: UUID
    day: date
    outcome: Outcome


def store(project: int, said: Sequence[Said]) -> list[tuple[int, UUID]]:
    """(version, interaction) of those that failed and were not known. One statement."""
    if not said:
        return []
    facts: dict[str, Any] = {
        "project": project,
        "versions": [one.version.pk for one in said],
        "interactions": [one.interaction for one in said],
        "outcomes": [one.outcome.result.value for one in said],
        "reasons": [_reason(one.outcome) for one in said],
        "days": [one.day for one in said],
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, facts)
        found: list[tuple[int, UUID]] = cursor.fetchall()
    return found


def _reason(outcome: Outcome) -> str | None:
    """The message's id and values, so that each reader gets it in their own language."""
    if outcome.result == Result.PASSED:
        return None
    return dumps([outcome.reason, dict(outcome.values)], ensure_ascii=False).replace("\\u0000", "\\ufffd")
