"""How the tables are emptied after a test that commits.

`TRUNCATE` of a hundred tables makes five hundred files anew, and every open connection has to learn
of them: ten times the work of deleting what such a test leaves, which is a few rows.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

LARGE = 32  # pages; from there on, what was deleted lies in the way of those who read

# Waits, as TRUNCATE does, for whoever is still at work on a table, so that nobody's row comes after
# this. A table that was analysed is emptied by TRUNCATE too: that forgets what the planner learnt.
EMPTY = """
LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
DO $$
DECLARE
  one regclass;
BEGIN
  IF EXISTS (
    SELECT FROM unnest('{{{names}}}'::regclass[]) AS named JOIN pg_class ON oid = named
    WHERE reltuples >= 0 OR pg_relation_size(oid) > {large} * current_setting('block_size')::int
  ) THEN
    TRUNCATE {tables};
  ELSE
    SET LOCAL session_replication_role = replica; -- all goes, so no row need look for another
    FOR one IN SELECT named FROM unnest('{{{names}}}'::regclass[]) AS named WHERE pg_relation_size(named) > 0
    LOOP
      EXECUTE format('DELETE FROM %s', one);
    END LOOP;
  END IF;
END $$;
"""


def by_deleting(connection: BaseDatabaseWrapper) -> None:
    """Let Django's `flush` empty that database so; what it is told beside the tables, nobody here asks for."""

    def statements(
        style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        assert not reset_sequences
        assert not allow_cascade
        quoted = [connection.ops.quote_name(table) for table in tables]
        return [EMPTY.format(tables=", ".join(quoted), names=",".join(quoted), large=LARGE)] if tables else []

    connection.ops.sql_flush = statements  # type: ignore[method-assign]


def still_connected(connection: BaseDatabaseWrapper, patience: float = 3.0) -> list[tuple[Any, ...]]:
    """Who else holds on to the test database, and what they asked last. They are given time to go."""
    end = time.monotonic() + patience
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT pid, application_name, backend_start, state, left(query, 200) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            found: list[tuple[Any, ...]] = cursor.fetchall()
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.05)
