"""Counts of who answers like whom, made in the database: small, however many labels there are.

What counts is what stands, of the rater kinds that are asked for. Skips are no answers. Gold
items are left out, for they test people, and mirrored copies, for they ask the same again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotator.models import Queue, QueueKind, Rater, RaterKind

ANSWERS: dict[str, tuple[str, ...]] = {
    QueueKind.BINARY: ("yes", "no"),
    QueueKind.PAIRWISE: ("left", "tie", "right", "both_bad"),
}
LEAST_SHARED = 10  # items, for two raters to be compared
MOST_PAIRS = 50
MOST_RATERS = 200

STANDING = """
    SELECT l.item_id, l.question_id, l.rater_id, l.answer, l.question_version_id
    FROM annotator_label l
    JOIN annotator_item i ON i.id = l.item_id
    JOIN annotator_rater r ON r.id = l.rater_id
    WHERE l.queue_id = %(queue)s AND l.answer = ANY(%(answers)s) AND r.kind = ANY(%(kinds)s)
      AND i.gold IS NULL AND (i.copy_of_id IS NULL OR %(adjudicates)s)
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""

PATTERNS = f"""
    SELECT question_id, counted, count(*) FROM (
        SELECT question_id, item_id, ARRAY[{{counts}}] AS counted
        FROM ({STANDING}) standing GROUP BY question_id, item_id) by_item
    GROUP BY question_id, counted"""  # noqa: S608 - constants only

ONE_QUESTION = f"SELECT * FROM ({STANDING}) all_of_them WHERE question_id = %(question)s"  # noqa: S608

# No table of labels is joined with another one: right after a bulk load, without statistics, the
# planner takes both for a row or two, and compares each with each.
PAIRS = f"""
    WITH by_item AS (
        SELECT array_agg(rater_id ORDER BY rater_id) AS raters,
               array_agg(answer ORDER BY rater_id) AS answers
        FROM ({ONE_QUESTION}) standing GROUP BY item_id HAVING count(*) > 1),
    cells AS (
        SELECT a.rater AS one, b.rater AS other, a.answer AS said, b.answer AS other_said,
               count(*) AS n, sum(count(*)) OVER (PARTITION BY a.rater, b.rater) AS shared
        FROM by_item
        CROSS JOIN LATERAL unnest(raters, answers) WITH ORDINALITY a(rater, answer, place)
        CROSS JOIN LATERAL unnest(raters, answers) WITH ORDINALITY b(rater, answer, place)
        WHERE b.place > a.place GROUP BY 1, 2, 3, 4),
    ranked AS (
        SELECT *, dense_rank() OVER (ORDER BY shared DESC, one, other) AS place
        FROM cells WHERE shared >= %(least)s),
    counted AS (SELECT *, max(place) OVER () AS pairs FROM ranked)
    SELECT one, other, said, other_said, n, pairs FROM counted
    WHERE place <= %(most)s ORDER BY place"""  # noqa: S608

WITH_OTHERS = f"""
    SELECT rater_id, same - 1, everyone - 1, count(*) FROM (
        SELECT rater_id, count(*) OVER (PARTITION BY item_id, answer) AS same,
               count(*) OVER (PARTITION BY item_id) AS everyone
        FROM ({ONE_QUESTION}) standing) counted
    WHERE everyone > 1 GROUP BY 1, 2, 3"""  # noqa: S608

KINDS = """
    SELECT r.kind, count(*) FROM annotator_label l JOIN annotator_rater r ON r.id = l.rater_id
    WHERE l.queue_id = %(queue)s AND l.answer = ANY(%(answers)s)
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    GROUP BY r.kind"""

Patterns = dict[tuple[int, ...], int]


@dataclass
class Pair:
    """`table[i][j]`: items to which `one` gave the queue's answer i and `other` answer j."""

    one: int
    other: int
    table: list[list[int]]

    @property
    def shared(self) -> int:
        return sum(map(sum, self.table))

    @property
    def same(self) -> int:
        return sum(self.table[n][n] for n in range(len(self.table)))


def answers_of(queue: Queue) -> tuple[str, ...]:
    """What a question of this queue can be answered, in the order of every count here."""
    return ANSWERS[queue.kind]


def facts(queue: Queue, kinds: Sequence[str]) -> dict[str, Any]:
    """The parameters of STANDING."""
    return {
        "queue": queue.pk,
        "answers": list(answers_of(queue)),
        "kinds": list(kinds),
        "adjudicates": queue.adjudicates_id is not None,  # its items are copies, of another queue's
    }


def patterns_of(queue: Queue, kinds: Sequence[str] = (RaterKind.HUMAN,)) -> dict[int, Patterns]:
    """By question: {how often each answer was given on an item: on how many items}."""
    given = facts(queue, kinds)
    counts = []
    for n, answer in enumerate(answers_of(queue)):
        given[f"answer{n}"] = answer
        counts.append(f"count(*) FILTER (WHERE answer = %(answer{n})s)")
    found: dict[int, Patterns] = {}
    for question, counted, items in _rows(PATTERNS.format(counts=", ".join(counts)), given):
        found.setdefault(question, {})[tuple(counted)] = items
    return found


def pairs_of(queue: Queue, question: int, kinds: Sequence[str]) -> tuple[list[Pair], int]:
    """Raters who answered enough of the same items, those with most first, and how many there are."""
    answers = answers_of(queue)
    given = {**facts(queue, kinds), "question": question, "least": LEAST_SHARED, "most": MOST_PAIRS}
    found: dict[tuple[int, int], Pair] = {}
    pairs = 0
    for one, other, said, other_said, n, pairs in _rows(PAIRS, given):  # noqa: B007 - the same in all rows
        empty = [[0] * len(answers) for _ in answers]
        pair = found.setdefault((one, other), Pair(one, other, empty))
        pair.table[answers.index(said)][answers.index(other_said)] = n
    return list(found.values()), pairs


def with_others(queue: Queue, question: int, kinds: Sequence[str]) -> dict[int, dict[tuple[int, int], int]]:
    """By rater: {(others who said the same on an item, others): on how many items}."""
    found: dict[int, dict[tuple[int, int], int]] = {}
    for rater, same, others, items in _rows(WITH_OTHERS, {**facts(queue, kinds), "question": question}):
        found.setdefault(rater, {})[int(same), int(others)] = items
    return found


def answers_by_kind(queue: Queue) -> dict[str, int]:
    """How many answers of each kind of rater stand, gold and copies too: what there is to choose from."""
    return dict(_rows(KINDS, facts(queue, ())))


def names_of(raters: Sequence[int]) -> dict[int, Rater]:
    """The raters with their people, by id."""
    return Rater.objects.select_related("user").in_bulk(raters)


def _rows(sql: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
