"""Storing signals: each once, whoever sends it again and whenever it comes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from annotator.models import Project
from feedback.models import SignalMeaning
from feedback.services import settle
from feedback.signals.record import SentSignal

INSERT = """
    INSERT INTO feedback_signal
        (project_id, interaction, event_id, kind, polarity, value, occurred_at, by_token, settled)
    SELECT %(project)s, interaction, event_id, kind, polarity, value::json, occurred_at, %(by_token)s, false
    FROM unnest(%(interactions)s::text[], %(events)s::text[], %(kinds)s::text[], %(polarities)s::text[],
                %(values)s::text[], %(times)s::timestamptz[])
        AS sent (interaction, event_id, kind, polarity, value, occurred_at)
    ON CONFLICT (project_id, interaction, event_id) DO NOTHING
    RETURNING interaction"""


@dataclass(frozen=True)
class Stored:
    """How many are new, and how many were there."""

    accepted: int
    duplicates: int


@transaction.atomic
def store(project: Project, signals: Sequence[SentSignal], *, by_token: bool) -> Stored:
    """Store what is new, and bring the suggestions that they are about up to date. The same event
    of the same interaction is a duplicate, whatever else it says. A constant number of queries."""
    ordered = sorted(
        signals, key=lambda one: (one.interaction, one.event_id)
    )  # one order for all: no deadlock
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "project": project.pk,
                "by_token": by_token,
                "interactions": [one.interaction for one in ordered],
                "events": [one.event_id for one in ordered],
                "kinds": [one.kind for one in ordered],
                "polarities": [one.polarity for one in ordered],
                "values": [one.value for one in ordered],
                "times": [one.occurred_at for one in ordered],
            },
        )
        new = [interaction for (interaction,) in cursor.fetchall()]
    if new:
        settle.suggestions(project, set(new))
    return Stored(len(new), len(signals) - len(new))


def meanings(project: Project) -> dict[str, str]:
    """The project's own polarities, by kind."""
    return dict(SignalMeaning.objects.filter(project=project).values_list("kind", "polarity"))
