"""What an adjudicator sees after the first, blind answer: what the raters said."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from annotator.queries.raters import NAME

OTHERS = f"""
    SELECT asked.item, asked.question,
           {NAME},
           l.answer, l.note, l.rater_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS asked(item, question)
    JOIN annotator_item i ON i.id = asked.item
    JOIN annotator_label l ON l.item_id = i.copy_of_id AND l.question_id = asked.question
    JOIN annotator_rater r ON r.id = l.rater_id
    LEFT JOIN annotator_user u ON u.id = r.user_id
    WHERE l.answer NOT IN ('skip', 'undo')
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    ORDER BY l.id"""  # noqa: S608 - constants only

Asked = tuple[int, int]  # item and question


def others_of(asked: Collection[Asked], reader: int | None) -> dict[Asked, list[dict[str, Any]]]:
    """The standing answers to each question on what its item is a copy of. One query, none for nothing.

    `own`: `reader`, a rater, gave it themselves, before they were to decide.
    """
    others: dict[Asked, list[dict[str, Any]]] = {one: [] for one in asked}
    if not others:
        return others
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [[item for item, _ in others], [question for _, question in others]])
        for item, question, who, answer, note, rater in cursor.fetchall():
            told = {"rater": who, "answer": answer, "note": note, "own": rater == reader}
            others[item, question].append(told)
    return others
