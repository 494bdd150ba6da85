"""Kept connections: looked at before each request, and planned statements kept in them."""

import pytest
from django.db import connection, transaction

from annotator.queries.prepared import prepared_cursor
from annotator.services.collisions import begins_anew
from annotator.services.keys import find_key
from tests import make


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
def test_after_a_pause_it_is_asked_for_something_between_may_have_forgotten_it(monkeypatch):
    before = _backend()
    connection.used_at -= 10
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.is_usable", lambda _self: False)
    _next_request()
    assert _backend() != before


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


@pytest.fixture
def column_of_another_type():
    """After a migration, by another process, while this one has its statements planned."""

    def change(kind: str) -> None:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(f"ALTER TABLE annotator_project ALTER COLUMN name TYPE varchar({kind})")
        finally:
            other.close()

    yield lambda: change("333")
    change("120")


@pytest.mark.django_db(transaction=True)
def test_a_migration_under_a_running_process_goes_unnoticed(column_of_another_type):
    token = make.api_key(make.project())
    for _ in range(6):
        assert find_key(token)

    column_of_another_type()

    assert find_key(token)
    assert find_key(token)


@pytest.mark.django_db(transaction=True)
def test_what_was_in_a_transaction_then_begins_anew(column_of_another_type):
    make.project()

    @begins_anew
    def read():
        with transaction.atomic(), prepared_cursor() as cursor:
            cursor.execute("SELECT name FROM annotator_project WHERE slug = %s", ["shop"])
            return cursor.fetchone()[0]

    for _ in range(6):
        read()
    column_of_another_type()
    assert read() == "Shop assistant"
