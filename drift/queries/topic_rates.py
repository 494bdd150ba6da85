"""How often inputs of each topic fail, by the answers of vibe checks, and how often suggestions to them are taken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.models import Membership, Project
from annotator.stats.intervals import Estimate, Undefined, wilson
from drift.models import MappedDay
from feedback.models import SuggestionTask, Verdict
from feedback.queries import labelled, rates
from feedback.queries.estimates import answers_of

MOST_DOTS = 50_000

# The topic of the interaction that an item was made from, by its newest count. OFFSET 0 keeps the database at the
# few rows of each item: free to join, it reads whole tables while its statistics are of ones just filled.
TOPICS = """
    SELECT wanted.id, found.topic_id
    FROM unnest(%(items)s::bigint[]) wanted (id)
    JOIN LATERAL (
        SELECT CASE WHEN json_typeof(i.metadata) = 'object' AND i.metadata->>'interaction' ~ '^[0-9a-f-]{36}$'
            THEN (i.metadata->>'interaction')::uuid END AS key
        FROM annotator_item i WHERE i.id = wanted.id OFFSET 0) made ON true
    JOIN LATERAL (
        SELECT dot.topic_id FROM drift_mapdot dot
        JOIN drift_mappedday day ON day.id = dot.day_id
        JOIN drift_topicmap map ON map.id = day.map_id
        WHERE dot.interaction = made.key AND map.project_id = %(project)s AND map.in_force_at IS NOT NULL
        ORDER BY map.number DESC LIMIT 1) found ON true"""

# A suggestion's id is the external id of the interaction that was logged with it.
VERDICTS = """
    SELECT seen.topic_id, given.verdict, count(*)
    FROM (
        SELECT dot.topic_id, dot.interaction FROM drift_mapdot dot
        WHERE dot.day_id = ANY(%(days)s) AND dot.topic_id IS NOT NULL AND dot.weight > 0
        LIMIT %(most)s) seen
    JOIN LATERAL (
        SELECT CASE WHEN x.external_id ~ '^[0-9a-f-]{36}$' THEN x.external_id::uuid END AS key
        FROM feedback_interaction x WHERE x.id = seen.interaction OFFSET 0) logged ON true
    JOIN LATERAL (
        SELECT s.verdict FROM feedback_suggestion s JOIN feedback_suggestiontask t ON t.id = s.task_id
        WHERE s.id = logged.key AND t.project_id = %(project)s
        AND NOT s.hidden AND s.value <> '' AND s.verdict <> '' OFFSET 0) given ON true
    GROUP BY seen.topic_id, given.verdict"""


def topics_of_items(
    project: Project, items: Sequence[int], *, using: BaseDatabaseWrapper | None = None
) -> dict[int, int | None]:
    """By item; None where it is near no topic. Those whose input was never embedded are left out. One query."""
    with (using or connection).cursor() as cursor:
        cursor.execute(TOPICS, {"project": project.pk, "items": list(items)})
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Failures:
    """The failure rate of each topic by its id, and of all inputs that are on the map, over the last weeks' checks.
    `withheld`: answers are left out, since whoever looks may still be asked the same."""

    of_topic: dict[int, Estimate]
    overall: Estimate
    withheld: bool = False


def failures_of(project: Project, today: date, *, seen_by: Membership | None = None) -> Failures:
    """As `seen_by` may know it: a topic may have one answered item, whose answer its rate would tell."""
    checks = rates.recent_checks(project, today=today)
    given, bad = answers_of(checks)
    every = [item for rows in given.values() for _chance, item in rows]
    if seen_by is not None:
        known = frozenset(labelled.visible(seen_by, every))
        given = {key: [row for row in rows if row[1] in known] for key, rows in given.items()}
    topics = topics_of_items(project, [item for rows in given.values() for _chance, item in rows])
    sorted_in = {item: topic for item, topic in topics.items() if topic is not None}
    everything = rates.by_key(checks, dict.fromkeys(topics, ""), bad, given)
    overall = everything.get("", Estimate(reason=Undefined.NO_ANSWERS))
    left = sum(len(rows) for rows in given.values())
    return Failures(rates.by_key(checks, sorted_in, bad, given), overall, withheld=left < len(every))


def accepted_of(project: Project, days: Sequence[date]) -> dict[int, Estimate] | None:
    """The share of suggestions that were accepted unchanged, of those that were seen and judged, by topic; None
    where the project suggests nothing."""
    if not SuggestionTask.objects.filter(project=project).exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(VERDICTS, {"project": project.pk, "days": _ids(project, days), "most": MOST_DOTS})
        found: dict[int, Counter[str]] = {}
        for topic, verdict, n in cursor.fetchall():
            found.setdefault(topic, Counter())[verdict] += n
    return {topic: wilson(counts[Verdict.ACCEPTED], counts.total()) for topic, counts in found.items()}


def _ids(project: Project, days: Sequence[date]) -> list[int]:
    rows = MappedDay.objects.filter(map__project=project, day__in=days).exclude(map__in_force_at=None)
    return list(rows.values_list("pk", flat=True))
