"""The answers that a consensus rests on, read at one moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from annotator.models import Queue, RaterKind
from annotator.queries.agreement import STANDING, facts

# Of two adjudicators the one who owns the place counts, then the later one.
ADJUDICATED = """
    SELECT DISTINCT ON (i.copy_of_id, l.question_id) i.copy_of_id, l.question_id, l.answer,
           l.question_version_id
    FROM annotator_label l
    JOIN annotator_item i ON i.id = l.item_id
    JOIN annotator_item o ON o.id = i.copy_of_id
    JOIN annotator_rater r ON r.id = l.rater_id
    WHERE l.queue_id = (SELECT id FROM annotator_queue WHERE adjudicates_id = %(queue)s) AND o.queue_id = %(queue)s AND o.gold IS NULL
      AND l.answer = ANY(%(answers)s) AND r.kind = ANY(%(kinds)s)
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    ORDER BY i.copy_of_id, l.question_id, l.surplus, l.id DESC"""

# All rows, whatever they say: labels are only ever added, so that a larger number means news.
STATE = """
    SELECT count(*), coalesce(max(l.id), 0) FROM annotator_label l
    WHERE l.queue_id = %(queue)s
       OR l.queue_id = (SELECT id FROM annotator_queue WHERE adjudicates_id = %(queue)s)"""

SNAPSHOT = f"""
    SELECT said.*, v.number FROM (
        SELECT item_id, question_id, rater_id, answer, NULL, question_version_id FROM ({STANDING}) standing
        UNION ALL
        SELECT copy_of_id, question_id, NULL, NULL, answer, question_version_id
        FROM ({ADJUDICATED}) adjudicated) said
    JOIN annotator_questionversion v ON v.id = said.question_version_id
    ORDER BY 1, 2, 3"""  # noqa: S608 - constants only

Key = tuple[int, int]  # item, question


@dataclass
class Votes:
    """`given`: [(rater, answer)] by item and question; both in the order of the items."""

    given: dict[Key, list[tuple[int, str]]] = field(default_factory=dict)
    adjudicated: dict[Key, str] = field(default_factory=dict)

    def keys(self) -> list[Key]:
        return sorted({*self.given, *self.adjudicated})

    def of(self, question: int) -> Iterator[tuple[int, list[tuple[int, str]]]]:
        """(item, its answers) of one question."""
        return ((item, given) for (item, asked), given in self.given.items() if asked == question)


def state_of(queue: Queue) -> tuple[int, int]:
    """How many rows of labels there are, adjudicated ones too, and the newest of them."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"queue": queue.pk})
        rows, newest = cursor.fetchone()
    return rows, newest


def read(queue: Queue) -> Votes:
    """What people say; programs have no voice in it.

    A decision about an older wording than people have answered since decides nothing.
    """
    votes, newest = Votes(), dict[Key, int]()
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT, facts(queue, (RaterKind.HUMAN,)))
        for item, question, rater, answer, adjudicated, _, version in cursor.fetchall():
            key = item, question  # raters come before who decides: NULLs are last
            if not adjudicated:
                votes.given.setdefault(key, []).append((rater, answer))
                newest[key] = max(version, newest.get(key, 0))
            elif version >= newest.get(key, 0):
                votes.adjudicated[key] = adjudicated
    return votes
