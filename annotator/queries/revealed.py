"""What an adjudicator sees after the first, blind answer: what the raters said."""

from typing import Any

from django.db import connection

OTHERS = """
    SELECT coalesce(nullif(trim(concat(u.first_name, ' ', u.last_name)), ''), u.username, r.name),
           l.answer, l.note
    FROM annotator_item i
    JOIN annotator_label l ON l.item_id = i.copy_of_id
    JOIN annotator_rater r ON r.id = l.rater_id
    LEFT JOIN annotator_user u ON u.id = r.user_id
    WHERE i.id = %s AND l.question_id = %s AND l.answer NOT IN ('skip', 'undo')
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    ORDER BY l.id"""


def others_of(item: int, question: int) -> list[dict[str, Any]]:
    """The standing answers to this question on what the item is a copy of."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [item, question])
        return [{"rater": who, "answer": answer, "note": note} for who, answer, note in cursor.fetchall()]
