"""What every answer carries, and what the deployment check says."""

import os
import subprocess
import sys

import pytest

from tests import world as worlds
from tests.routes import path_of, rows
from tests.test_static_rules import ROOT

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def check(answer, kept: str = "no-store") -> None:
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert kept in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer


def test_every_page_and_every_refusal(db):
    world = worlds.build()
    for row in rows():
        for role in ("nobody", "stranger", "viewer", "owner", "export"):
            if row.method == "GET":
                answer = world.call(role, "GET", path_of(row.route, world.ids))
                # A calendar asks again every few minutes, for a secret that is in its address.
                feed = row.route.startswith("calendar/") and answer.status_code == 200
                check(answer, "private" if feed else "no-store")
                if answer.streaming:
                    list(answer.streaming_content)


def test_errors_of_all_kinds(owner, as_, client, monkeypatch):
    check(client.get("/nosuch/"))
    check(client.get("/signin/", headers={"host": "evil.example"}))
    check(client.post("/signin/", b"x" * 3_000_000, content_type="application/x-www-form-urlencoded"))
    browser = as_(owner)
    browser.raise_request_exception = False

    def broken(*_args, **_more):
        raise RuntimeError("secret of the machine room")

    monkeypatch.setattr("annotator.queries.people.projects_of", broken)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "secret of the machine room" not in answer.content.decode()
    check(answer)


def test_an_evil_host_is_refused(client):
    assert client.get("/signin/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/signin/", headers={"x-forwarded-host": "evil.example"}).status_code == 200


def test_a_database_that_does_not_answer_is_503_on_every_way_in(owner, as_, monkeypatch):
    """Not only in views: the session is read from the database before any of them."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import OperationalError

    browser = as_(owner)
    browser.raise_request_exception = False

    def away(*_args, **_more):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(SessionStore, "load", away)
    answer = browser.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    check(answer)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, db):
    client.post("/preferences/", {"theme": "dark", "language": "ko"})
    client.get("/signin/")
    for name, cookie in client.cookies.items():
        assert cookie["samesite"] == "Lax", name
        assert cookie["httponly"] or name == "genba_csrf", name


@pytest.fixture(scope="module")
def deployed() -> dict[str, str]:
    """The environment of an instance behind HTTPS, without what browser tests set for themselves."""
    return {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},
        "PUBLIC_URL": "https://genba.example.com",
        "TRUST_PROXY": "on",
        "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
        "GENBA_ROLE": "web",
    }


def test_the_deployment_check_is_clean(deployed):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    answer = subprocess.run(command, cwd=ROOT, env=deployed, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_behind_https_cookies_are_secure_and_bound_to_the_host(deployed):
    look = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.LANGUAGE_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.DEBUG, '*' in s.ALLOWED_HOSTS)"
    )
    environment = {**deployed, "DJANGO_SETTINGS_MODULE": "annotator.config.settings", "DEBUG": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["__Host-genba", "__Host-genba-csrf", *["True"] * 4, "False", "False"]
