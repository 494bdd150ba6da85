"""Statements that PostgreSQL plans once a connection, for the few that are run all day."""

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def prepared_cursor() -> CursorWrapper:
    """A cursor with parameters bound by the server: what it has run some times is kept planned.

    Django's own cursors write the values into the text, so that each call is parsed and planned
    anew, which for a large statement costs more than running it.
    """
    connection.ensure_connection()
    raw = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
    try:
        return connection.cursor()
    finally:
        raw.cursor_factory = usual
