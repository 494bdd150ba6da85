"""Kept connections: looked at before each request, and planned statements kept in them."""

import pytest
from django.db import connection

from annotator.queries.prepared import prepared_cursor


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _ended_by_the_server() -> None:
    """As a restart of PostgreSQL ends it: from another connection, without a word to ours."""
    pid = _backend()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


def _next_request() -> None:
    connection.health_check_done = False  # type: ignore[attr-defined]
    connection.health_check_enabled = True  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_made_anew_before_the_next_request():
    before = _backend()
    _ended_by_the_server()
    _next_request()
    assert _backend() != before


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_lives_is_kept_and_asked_nothing(django_assert_num_queries):
    before = _backend()
    _next_request()
    with django_assert_num_queries(1):
        assert _backend() == before
    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_a_closed_connection_is_not_usable():
    _backend()
    connection.connection.close()
    try:
        assert not connection.is_usable()
    finally:
        connection.close()


@pytest.mark.django_db
def test_a_prepared_statement_is_planned_once_and_counted_as_a_query(django_assert_num_queries):
    with django_assert_num_queries(6):
        for n in range(6):
            with prepared_cursor() as cursor:
                cursor.execute("SELECT %(n)s::int + 1", {"n": n})
                assert cursor.fetchone() == (n + 1,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert cursor.fetchall() == [("SELECT $1::int + 1",)]


@pytest.mark.django_db
def test_other_statements_stay_as_they_are():
    with prepared_cursor() as cursor:
        cursor.execute("SELECT 1")
    for _ in range(6):
        _backend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%backend_pid%%'")
        assert cursor.fetchone() == (0,)
