"""Rows of a version, read a page at a time: many short statements instead of one long one.

Frozen rows need no snapshot, so that nobody waits for a slow reader, and no statement runs into the web's
time limit however long a download takes.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import connection

from annotator.datasets.content import Row, Split
from annotator.models import DatasetVersion

FIRST_ROWS, MOST_ROWS = 50, 2000
PAGE_BYTES = 1024 * 1024

PAGE = """
    SELECT position, "group"::text, content FROM annotator_datasetrow
    WHERE version_id = %s AND split = %s AND position > %s ORDER BY position LIMIT %s"""

_decode = msgspec.json.Decoder(Row).decode
_set = msgspec.structs.force_setattr


class Gone(Exception):
    """The version was deleted while it was read: what came so far is not all of it."""


def row_of(content: str, *, split: str, group: str) -> Row:
    row = _decode(content)
    _set(row, "split", split)
    _set(row, "group", group)
    return row


def rows_of(version: DatasetVersion, split: Split) -> Iterator[Row]:
    """In order. Raises Gone instead of ending early."""
    left, after, size = expected(version, split), 0, FIRST_ROWS
    while left > 0:
        with connection.cursor() as cursor:
            cursor.execute(PAGE, [version.pk, split, after, size])
            page: list[tuple[int, str, str]] = cursor.fetchall()
        if not page:
            raise Gone
        for _position, group, content in page:
            yield row_of(content, split=split, group=group)
        after = page[-1][0]
        left -= len(page)
        per_row = max(1, sum(len(content) for _position, _group, content in page) // len(page))
        size = max(1, min(MOST_ROWS, PAGE_BYTES // per_row))


def expected(version: DatasetVersion, split: str) -> int:
    counts: dict[str, Any] = version.counts or {}
    return int(counts.get("splits", {}).get(split, 0))
