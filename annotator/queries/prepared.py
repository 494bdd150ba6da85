"""Statements that PostgreSQL plans once a connection, for the few that are run all day."""

from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor
from psycopg.errors import FeatureNotSupported
from psycopg.pq import TransactionStatus


class _Cursor(Cursor[Any]):
    """A migration may give a column another type: then what this connection prepared is of no use."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        try:
            return super().execute(query, params, **how)
        except FeatureNotSupported:  # "cached plan must not change result type"
            self.connection.prepare_threshold = None  # from now on everything is planned anew
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise  # the transaction is lost: see services.collisions
        return super().execute(query, params, **how)


def prepared_cursor() -> CursorWrapper:
    """A cursor with parameters bound by the server: what it has run some times is kept planned.

    Django's own cursors write the values into the text, so that each call is parsed and planned
    anew, which for a large statement costs more than running it.
    """
    connection.ensure_connection()
    raw = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, _Cursor
    try:
        return connection.cursor()
    finally:
        raw.cursor_factory = usual
