"""Titles and keywords quote what users wrote. When an input leaves the log, so does what quotes it.

A title is then the beginning of the next nearest input that is left, and a word stays while one of those has it.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection

from drift import texts
from drift.keywords import Terms, terms_of
from drift.models import AlertGroup, CoverageGroup, DriftGroup, MapDot, Space, Topic
from drift.services import inputs
from drift.services.naming import KEYWORD, TITLE

READ = 200  # inputs of a group
Quoting = DriftGroup | AlertGroup | CoverageGroup | Topic

# What has words, and any of whose inputs the log has lost.
LOST = """
    SELECT id FROM {table} WHERE (title <> left({empty}, {most}) OR keywords <> '{{}}')
    AND EXISTS (SELECT FROM unnest({rows}) one WHERE one IS NOT NULL
                AND NOT EXISTS (SELECT FROM feedback_interaction i WHERE i.id = one)) ORDER BY id"""
NO_TITLE = "''"
# A group with a topic is called as that, also when nothing is left of it (Topic.shown_name).
OF_TOPIC = """
    coalesce((SELECT coalesce(nullif(t.name, ''), nullif(array_to_string(t.keywords, ', '), ''), nullif(t.title, ''),
                              t.number::text) FROM drift_topic t WHERE t.id = topic_id), '')"""
# Of one that had ended before its input was kept nobody knows whether that is left: as if it were not. No input has this id.
OF_TOPICS = """
    ARRAY[CASE WHEN nearest IS NULL AND ended_at IS NOT NULL THEN '00000000-0000-0000-0000-000000000000'
    ELSE nearest END]"""
# What has shrunk beside a reference quotes that.
OF_CHECK = """
    CASE WHEN kind = 'shrunk' AND reference_rows IS NOT NULL THEN '{}'
    ELSE day_rows || baseline_rows || nearest END"""
ROWS = (  # topics first: others tell their names
    (Topic.objects, "drift_topic", OF_TOPICS, NO_TITLE),
    (DriftGroup.objects, "drift_driftgroup", OF_CHECK, NO_TITLE),
    (AlertGroup.objects, "drift_alertgroup", "rows || nearest", NO_TITLE),
    (CoverageGroup.objects, "drift_coveragegroup", "rows || nearest", OF_TOPIC),
)


def quoting() -> Iterator[Quoting]:
    for manager, table, rows, empty in ROWS:
        with connection.cursor() as cursor:
            cursor.execute(LOST.format(table=table, rows=rows, empty=empty, most=TITLE))
            found = [key for (key,) in cursor.fetchall()]
        yield from manager.filter(pk__in=found)


def mend(one: Quoting) -> None:
    """Its title and keywords from what the log still has."""
    project, space, rows = _of(one)
    rows = [*([one.nearest] if one.nearest else []), *rows]  # a week's may not have it
    rule = texts.rule_of(space.rule if space else {})
    there = inputs.texts_of(project, rows, rule)
    left = {row: there[row] for row in rows if there.get(row)}
    terms = terms_of(left.values())
    if isinstance(one, AlertGroup) and one.days > 1:
        one.keywords = _names(one, terms)
    else:
        one.keywords = [word for word in one.keywords if word in terms.texts]
    one.nearest = next(iter(left), None)
    one.title = left[one.nearest][:TITLE] if one.nearest else ""
    if isinstance(one, CoverageGroup) and one.topic is not None:
        one.title = one.topic.shown_name[:TITLE]
    one.save(update_fields=["title", "keywords", "nearest"])


def _names(one: AlertGroup, terms: Terms) -> list[str]:
    """A week's keywords, which are names of topics or the words of one. What no topic is called now keeps its words that
    inputs have."""
    topics = Topic.objects.filter(project=one.alert.project_id)
    called = {topic.shown_name[:KEYWORD] for topic in topics}
    left = (
        name if name in called else ", ".join(word for word in name.split(", ") if word in terms.texts)
        for name in one.keywords
    )
    return [name for name in left if name]


def _of(one: Quoting) -> tuple[int, Space | None, Sequence[UUID]]:
    """The project, the space, and the inputs, those nearest to the middle first."""
    if isinstance(one, DriftGroup):
        rows = one.baseline_rows if one.kind == "shrunk" else one.day_rows
        return one.check_of_day.project_id, one.check_of_day.space, rows[:READ]
    if isinstance(one, AlertGroup):
        return one.alert.project_id, one.space, one.rows[:READ]
    if isinstance(one, CoverageGroup):
        return one.coverage.reference.project_id, one.coverage.space, one.rows[:READ]
    newest = one.shapes.select_related("map__space").order_by("-map__number").first()
    dots = MapDot.objects.filter(topic=one, weight__gt=0).exclude(day__map__in_force_at=None)
    rows = list(dots.order_by("-cosine", "interaction").values_list("interaction", flat=True)[:READ])
    return one.project_id, newest.map.space if newest else None, rows
