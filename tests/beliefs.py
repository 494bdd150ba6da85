"""What the database believes about its tables, as a test wants it: plans depend on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


@contextmanager
def believing(pages: int, **rows: int) -> Iterator[CursorWrapper]:
    """Statistics as a bulk load, a mass deletion or an analyze at a bad moment leave them; -1: none."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, count in rows.items():
            cursor.execute(
                "UPDATE pg_class SET relpages = %s, reltuples = %s WHERE relname = %s",
                [pages, count, f"annotator_{table}"],
            )
        yield cursor
        transaction.set_rollback(True)
