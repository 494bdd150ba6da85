"""Labelled items of a project: what people call bad and good, the newest labels first."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from annotator.models import Item, Membership, Project, Role

MOST = 2_000  # items
READ = 20_000  # of a queue's newest labels
STEP = 250  # items read at a time

# Whoever may still be asked about an item i of the queue q must not learn what others said of it.
KNOWN = """((q.closed_at IS NOT NULL OR (q.overlap = 1 AND q.gold_rate = 0 AND q.mirror_share = 0)
             OR EXISTS (SELECT FROM annotator_label o JOIN annotator_rater m ON m.id = o.rater_id
                        WHERE o.item_id = i.id AND m.user_id = %(user)s))
            AND NOT EXISTS (SELECT FROM annotator_item c JOIN annotator_queue d ON d.id = c.queue_id
                            JOIN annotator_place p ON p.item_id = c.id
                            WHERE c.copy_of_id = i.id AND d.adjudicates_id = q.id AND p.done_at IS NULL))"""
# An item's newest label by a person counts; what an adjudication decided is a later one, of a copy. Which
# answer is bad, the question's wording says; that of a check is good unless it says otherwise.
FOUND = f"""
    WITH labels AS (
        SELECT DISTINCT ON (coalesce(i.copy_of_id, i.id)) l.id AS label, i.id AS item,
               l.answer <> coalesce(nullif(v.desirable, ''), 'yes') AS bad
        FROM annotator_queue q
        CROSS JOIN LATERAL (
            SELECT * FROM annotator_label n WHERE n.queue_id = q.id ORDER BY n.id DESC LIMIT %(read)s) l
        JOIN annotator_rater r ON r.id = l.rater_id AND r.kind = 'human'
        JOIN annotator_questionversion v ON v.id = l.question_version_id
        JOIN annotator_item i ON i.id = l.item_id
        WHERE q.project_id = %(project)s AND q.kind = 'binary' AND l.answer IN ('yes', 'no')
          AND (v.desirable <> '' OR q.origin = 'vibecheck')
          AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
          AND (%(features)s::text[] = '{{}}' OR i.metadata->>'feature' = ANY(%(features)s::text[]))
          AND i.output IS NOT NULL
          AND (NOT %(blind)s OR {KNOWN})
        ORDER BY coalesce(i.copy_of_id, i.id), l.id DESC)
    SELECT label, item, bad FROM labels ORDER BY label DESC LIMIT %(most)s"""  # noqa: S608 - made of a constant
VISIBLE = f"""
    SELECT i.id FROM annotator_item i JOIN annotator_queue q ON q.id = i.queue_id
    WHERE i.id = ANY(%(items)s::bigint[]) AND q.project_id = %(project)s
      AND (NOT %(blind)s OR {KNOWN})"""  # noqa: S608 - made of a constant

TEXTS = """
    SELECT id, input::text, output::text, context::text, metadata::text,
           (SELECT e.text #>> '{}' FROM feedback_expectation e WHERE e.item_id = i.id AND e.current
            ORDER BY e.id DESC LIMIT 1)
    FROM annotator_item i WHERE id = ANY(%(items)s::bigint[])"""


@dataclass(frozen=True)
class Labelled:
    """An item, and whether people call it bad. Payloads as they were logged."""

    item: int
    bad: bool
    input: Any
    output: Any
    context: Any
    metadata: Any
    expected: str | None  # what somebody said that it should have been


def found(
    project: Project | int, features: Sequence[str], *, seen_by: Membership | None = None, most: int = MOST
) -> list[tuple[int, bool]]:
    """(item, whether it is bad), the newest label first. `seen_by`: who may still be asked about an item
    must not learn what others said of it, and an annotator may."""
    project_id = project.pk if isinstance(project, Project) else project
    facts: dict[str, Any] = {
        "project": project_id,
        "features": list(features),
        **_eyes(seen_by),
        "read": READ,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(FOUND, facts)
        return [(item, bad) for _label, item, bad in cursor.fetchall()]


def visible(me: Membership, items: Sequence[int]) -> list[int]:
    """Those of them of which this person may know what others said."""
    facts = {"items": list(items), "project": me.project_id, **_eyes(me)}
    with connection.cursor() as cursor:
        cursor.execute(VISIBLE, facts)
        return [item for (item,) in cursor.fetchall()]


def _eyes(member: Membership | None) -> dict[str, Any]:
    blind = member is not None and member.role == Role.ANNOTATOR
    return {"blind": blind, "user": member.user_id if member else None}


def with_texts(rows: Sequence[tuple[int, bool]]) -> Iterator[Labelled]:
    """In the same order, a few at a time."""
    for at in range(0, len(rows), STEP):
        part = rows[at : at + STEP]
        with connection.cursor() as cursor:
            cursor.execute(TEXTS, {"items": [item for item, _ in part]})
            texts = {row[0]: row[1:] for row in cursor.fetchall()}
        for item, bad in part:
            if item in texts:
                *payloads, expected = texts[item]
                given, output, context, metadata = map(_read, payloads)
                yield Labelled(item, bad, given, output, context, _own(metadata), expected)


def texts_of(me: Membership, item: Item) -> Labelled:
    """Of one item, labelled or not; what others expected of it only where this person may know it."""
    [found] = with_texts([(item.pk, False)])
    return found if found.expected is None or visible(me, [item.pk]) else replace(found, expected=None)


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _own(metadata: Any) -> Any:
    """A copy of an interaction keeps its metadata beside where it came from."""
    if isinstance(metadata, dict) and "interaction" in metadata:
        return metadata.get("metadata")
    return metadata
