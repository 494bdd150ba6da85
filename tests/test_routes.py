"""The authorisation table: every route, every method, everybody.

routes.csv holds one line for each route and method that somebody may use. A route without a
line, a line without a route, a method that answers without a line, or another status than
the line says fails here. `in` is a redirect to the sign-in page; `=` stands for what nobody
gets, because pages do not look at API keys.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from annotator.models import Project
from feedback.models import VibeCheck
from feedback.services.handover import state_of
from tests import world as worlds
from tests.routes import METHODS, Row, all_routes, parameters, path_of, rows
from tests.world import KEYS, PEOPLE, ROLES, World

pytestmark = pytest.mark.django_db
TABLE = rows()
NOT_ALLOWED = {"405", "in"}

# What is sent where an empty body would be refused before anybody is asked who they are.
BODIES: dict[str, Callable[[World], Any]] = {
    "": lambda world: {},
    "claim": lambda world: json.dumps({"size": 1}),
    "label": lambda world: json.dumps({"labels": [_label(world)]}),
    "leases": lambda world: json.dumps({"leases": [world.lease]}),
    "interaction": lambda world: json.dumps({"id": "new", "input": "a", "output": "b"}),
    "invite": lambda world: {"username": "newcomer", "role": "viewer"},
    "role": lambda world: {"role": "annotator"},
    "key": lambda world: {"name": "server", "scopes": ["ingest"], "days": ""},
    "project": lambda world: {"name": "New", "slug": "", "time_zone": "UTC"},
    "settings": lambda world: {"name": "New", "time_zone": "UTC"},
    "theme": lambda world: {"theme": "dark"},
    "account": lambda world: {"first_name": "", "email": "", "language": "", "theme": "auto"},
    "held": lambda world: {"do": "ask", "item": str(world.ids["item_id"])},
    "gold": lambda world: {"right-good": "yes"},
    "wording": lambda world: {"text": "Is it ours, really?", "guideline": "", "seen": "1"},
    "signal": lambda world: json.dumps({"event_id": "e-1", "kind": "kept", "interaction": "new"}),
    "task": lambda world: {
        "name": "Colour",
        "key": "shade",
        "suggests": "taxonomy",
        "values": "Red\nBlue",
        "suggester": "rule",
        "rules": 'contains "rose" -> Red',
        "hidden_share": "5",
        "budget_ms": "800",
        "ignored_after_minutes": "60",
    },
    "baseline": lambda world: {"baseline_kind": "rolling", "baseline_days": "21"},
    "topic": lambda world: {"name": "Refunds"},
    "mode": lambda world: {"name": "Rude", "severity": "minor", "seen": "1"},
    "assertion": lambda world: {
        "kind": "lacks",
        "name": "No thorns",
        "set_phrases": "thorn",
        "share": "100",
        "do": "save",
    },
    "suite": lambda world: {"name": "Release", "key": "release", "assertions": world.ids["assertion_id"]},
    "dataset": lambda world: {
        "name": "New",
        "sources": ["answers"],
        "rater_kinds": ["human"],
        "min_votes": "1",
        "agreement": "0",
        "duplicates": "near",
        "train": "80",
        "dev": "10",
        "test": "10",
        "seed": "0",
    },
    "embedding": lambda world: {
        "enabled": "on",
        "hour": "5",
        "sample_size": "5000",
        "kind": "last_user",
        "encoder": "",
    },
    "origin": lambda world: {"origin": "https://shop.example"},
    "review": lambda world: {"queue": "", "a_day": "50"},
    "days": lambda world: {"weekdays": ["0", "1"], "week_start": "0", "reminder_hours": "4"},
    "away": lambda world: _soon("first", "last"),
    "holiday": lambda world: {**_soon("day"), "name": "Day off"},
    "withdraw": lambda world: {"do": "withdraw"},
    "test": lambda world: {"do": "test"},
    "alert": lambda world: {"do": "note", "note": "Looked at."},
    "note": lambda world: {
        "note": "All well.",
        "seen": state_of(VibeCheck.objects.get(project__slug="shop")),
    },
}


def _soon(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, (timezone.now() + timedelta(days=9)).date().isoformat())


def _label(world: World) -> dict[str, Any]:
    """The annotator's answer to the item in hand; anybody else's would be a stranger's."""
    return {"lease": world.lease, "question": "good", "answer": "yes", "idempotency_key": "once"}


def shown(answer: Any) -> str:
    """The status as the table writes it. Reads a streamed answer to its end."""
    if answer.streaming:
        list(answer.streaming_content)
    if answer.status_code == 302 and answer["Location"].startswith("/signin/?next="):
        return "in"
    return str(answer.status_code)


def ask(world: World, role: str, method: str, row_or_route: Row | str) -> str:
    """The status, with all that it did undone."""
    route = row_or_route if isinstance(row_or_route, str) else row_or_route.route
    body = BODIES[row_or_route.send](world) if isinstance(row_or_route, Row) else {}
    with transaction.atomic():
        status = shown(world.call(role, method, path_of(route, world.ids), body))
        transaction.set_rollback(True)
    return status


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once: every question undoes what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


def test_every_route_has_a_line_and_every_line_a_route():
    routes, lines = set(all_routes()), {row.route for row in TABLE}
    assert routes - lines == set(), "routes without a line in tests/routes.csv"
    assert lines - routes == set(), "lines in tests/routes.csv without a route"
    assert len({(row.route, row.method) for row in TABLE}) == len(TABLE), "a line twice"


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_everybody_gets_what_the_table_says(world: World, row: Row):
    got = {role: ask(world, role, row.method, row) for role in ROLES}

    assert got == row.expected, row.note


def test_methods_without_a_line_are_refused_to_everybody(world: World):
    allowed = {(row.route, row.method) for row in TABLE}
    nothing_there = {row.route for row in TABLE if set(row.expected.values()) == {"404"}}
    wrong = []
    for route in all_routes():
        for method in METHODS:
            if (route, method) in allowed or (method == "HEAD" and (route, "GET") in allowed):
                continue
            for role in ("nobody", "owner", "label"):
                status = ask(world, role, method, route)
                if status not in NOT_ALLOWED and not (status == "404" and route in nothing_there):
                    wrong.append(f"{method} /{route} as {role}: {status}")
    assert wrong == []


@pytest.mark.parametrize("row", [row for row in TABLE if row.method == "GET"], ids=str)
def test_head_is_judged_like_get(world: World, row: Row):
    for role in ("nobody", "stranger", "viewer", "owner"):
        assert ask(world, role, "HEAD", row) in {row.expected[role], "405"}


@pytest.mark.parametrize("row", [row for row in TABLE if row.method != "GET"], ids=str)
def test_no_page_of_another_site_can_send_in_a_persons_name(world: World, row: Row):
    """Without the CSRF token: refused, whatever the person may do."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = world.clients["owner"].cookies
    careless = replace(world, clients={**world.clients, "owner": strict})

    assert ask(careless, "owner", row.method, row) in {"401", "403"}


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_forged_htmx_header_opens_nothing(world: World, row: Row):
    forged = {"HX-Request": "true", "HX-Target": "main"}
    for role in ("nobody", "stranger", "viewer"):
        with transaction.atomic():
            body = BODIES[row.send](world)
            answer = world.call(role, row.method, path_of(row.route, world.ids), body, headers=forged)
            # Of a fragment the redirect to the sign-in page is 401: it would land inside the page.
            assert shown(answer) == row.expected[role].replace("in", "401")
            transaction.set_rollback(True)


@pytest.mark.parametrize("row", [row for row in TABLE if parameters(row.route)], ids=str)
def test_ids_of_another_project_are_not_found_and_nothing_changes(world: World, row: Row):
    """Each id in the address replaced by the stranger's: like one that does not exist."""
    for parameter in parameters(row.route):
        if parameter in {"name", "day", "token", "feed", "number", "other", "position", "rank"}:
            continue  # no ids: they mean the same in every project
        before = everything()
        mixed = {**world.ids, parameter: world.foreign[parameter]}
        for role in ("owner", "label", "export", "ingest"):
            expected = row.expected[role]
            answer = shown(world.call(role, row.method, path_of(row.route, mixed), BODIES[row.send](world)))
            no_door = answer == expected == "401"  # it takes keys only, whoever asks
            assert answer == "404" or no_door or (role in KEYS and answer == expected in {"403", "in"})
        assert everything() == before


def everything() -> dict[str, str | None]:
    """Of each table what its rows come to, but of those that any visit changes. In one question: ten thousand rows are
    asked for hundreds of times."""
    from django.apps import apps

    passing = {"Session", "SigninTry", "ApiKey"}  # a key notes when it was last used
    tables = [
        model._meta.db_table
        for app in ("annotator", "feedback", "drift")
        for model in apps.get_app_config(app).get_models()
        if model.__name__ not in passing
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', (SELECT md5(string_agg(md5(one::text), '' ORDER BY md5(one::text))) FROM {table} one)"  # noqa: S608
                for table in tables
            )
        )
        return dict(cursor.fetchall())


def test_what_everything_comes_to_shows_the_smallest_change(world: World):
    before = everything()
    assert len(before) > 90
    with transaction.atomic():
        Project.objects.filter(slug="shop").update(name="Shop assistant.")
        assert everything() != before
        transaction.set_rollback(True)
    assert everything() == before


def test_unknown_addresses_are_not_found_in_the_shape_of_their_place(world: World):
    for role in (*PEOPLE, *KEYS):
        assert shown(world.call(role, "GET", "/nosuch/")) == "404"
        answer = world.call(role, "GET", "/api/v1/nosuch")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    for path in ("/static/../manage.py", "/static/%2e%2e/manage.py", "/static..%2fsettings.py", "/admin/"):
        assert shown(world.call("owner", "GET", path)) == "404"
