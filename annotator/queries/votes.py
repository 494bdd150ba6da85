"""The votes of a queue of pairs, and what each was about."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from annotator.models import Queue
from annotator.ordering.answers import everything_answered
from annotator.pair_results.votes import Given

# Pairs of the same input are told by its hash; a pair without one stands for itself. Gold pairs
# are for measuring people and rank nobody.
VOTES = """
    WITH pairs AS MATERIALIZED (
        SELECT i.id, o.id AS original, i.left_variant, i.right_variant,
               md5(coalesce(i.input::text, 'pair ' || coalesce(o.id, i.id))) AS prompt,
               coalesce(length(i.left #>> '{}'), 0) AS left_length,
               coalesce(length(i.right #>> '{}'), 0) AS right_length
        FROM annotator_item i LEFT JOIN annotator_item o ON o.id = i.copy_of_id AND o.queue_id = i.queue_id
        WHERE i.queue_id = %(queue)s AND i.gold IS NULL)
    SELECT l.question_id, l.item_id, p.original, l.rater_id, r.kind, r.name, p.prompt, p.left_variant,
           p.right_variant, p.left_length, p.right_length, l.answer, l.swapped, l.chosen AND %(any_left)s
    FROM annotator_label l JOIN pairs p ON p.id = l.item_id JOIN annotator_rater r ON r.id = l.rater_id
    WHERE l.queue_id = %(queue)s AND l.answer IN ('left', 'right', 'tie', 'both_bad')
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    ORDER BY l.id"""


def votes_in(queue: Queue) -> Iterator[Given]:
    """What stands, by people and by programs, on pairs and on their mirrored repeats.

    When all are answered there is no choice left in them.
    """
    facts: dict[str, Any] = {"queue": queue.pk, "any_left": not everything_answered(queue)}
    with connection.cursor() as cursor:
        cursor.execute(VOTES, facts)
        while rows := cursor.fetchmany(5000):
            yield from (Given(*row) for row in rows)
