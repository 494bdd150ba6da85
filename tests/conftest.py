"""Three people and a project, for every test."""

import base64
import json
import os
import signal
from pathlib import Path

import psycopg
import pytest
import redis
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from hypothesis import settings as hypothesis_settings

from tests import emptying, make, schema
from tests.provider import KEY, serving

# How long an example takes is the machine's affair; what must be quick says so with tests.pace.
hypothesis_settings.register_profile("genba", deadline=None, print_blob=True)
hypothesis_settings.load_profile("genba")

# The slowest files, slowest first; of those not named the browser's are slowest.
SLOWEST = (
    "test_crowd_on_processes.py",
    "test_up.py",
    "test_accessibility.py",
    "test_phone.py",
    "test_long_words.py",
    "test_item_trail.py",
    "test_labeling_stories.py",
    "test_demo.py",
)


# Where the Makefile looks for tests with these marks, so that no phase collects what it does not run.
FAULTS = (Path(__file__).parent / "config", Path(__file__).parent / "faults")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is left alone with it at the end.

    Last of all hooks, after the marks are set and the order is shuffled. The Makefile tells xdist
    to keep this order.
    """
    items.sort(key=_turn)
    for item in items:
        marked = item.get_closest_marker("faults") or item.get_closest_marker("timed")
        if marked and item.path.parent not in FAULTS:
            raise pytest.UsageError(
                f"{item.nodeid} is marked {marked.name}: make test would not run it there"
            )


def _turn(item: pytest.Item) -> int:
    if item.path.name in SLOWEST:
        return SLOWEST.index(item.path.name)
    return len(SLOWEST) if item.get_closest_marker("browser") else len(SLOWEST) + 1


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, postgres):
    """The test database begins as a copy of one that has all tables."""
    with psycopg.connect(**postgres.url, dbname="postgres", autocommit=True) as engine:
        engine.execute("CREATE DATABASE ready")
    schema.fill(postgres, "ready")
    connection.settings_dict["TEST"]["TEMPLATE"] = "ready"


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """Emptying the tables after a test need not bring back what Genba never asks for: Django's
    own permissions and content types. That took four times as long as the emptying.
    """
    emptying.by_deleting(connection)
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    yield
    with django_db_blocker.unblock():
        # The database cannot be dropped then; PostgreSQL only says that there is somebody.
        for other in emptying.still_connected(connection):
            request.node.warn(pytest.PytestWarning(f"left behind on the test database: {other}"))


@pytest.fixture(autouse=True)
def static_files_by_their_own_names(request, settings):
    """Pages of Django's test client need no gathered static files; a real server does."""
    if not request.node.get_closest_marker("browser"):
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """A third of a second each is right for people and wrong for a thousand tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def project(db):
    return make.project()


@pytest.fixture
def owner(project):
    return make.member(project, "olivia", role="owner")


@pytest.fixture
def annotator(project):
    return make.member(project, "amir", role="annotator")


@pytest.fixture
def viewer(project):
    return make.member(project, "vera", role="viewer")


@pytest.fixture
def stranger(db):
    """Somebody with a project of their own, and no business in ours."""
    other = make.project(slug="elsewhere", name="Elsewhere")
    return make.member(other, "stan", role="owner")


@pytest.fixture
def as_(client: Client):
    """`as_(person)`: a browser signed in as that person."""

    def signed_in(person) -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    return signed_in


@pytest.fixture
def provider(settings):
    """The language model's provider, and a key for it."""
    with serving() as found:
        settings.ANTHROPIC_API_KEY, settings.ANTHROPIC_BASE_URL = KEY, found.url
        yield found


class Broker:
    """What was put on the queues, and a broker that can be made to fail."""

    def __init__(self, server) -> None:
        self.server = server
        self.client = redis.Redis(unix_socket_path=str(server.socket))

    def rung(self, queue: str = "default") -> list[str]:
        """Ids of the jobs that were rung for, oldest first."""
        messages = [json.loads(raw) for raw in reversed(self.client.lrange(queue, 0, -1))]
        return [
            json.loads(base64.b64decode(message["body"]))[0][0]
            for message in messages
            if message["headers"]["task"].startswith("annotator.tasks.work")
        ]

    def pause(self) -> None:
        os.kill(self.server.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.server.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.server.stop(signal.SIGKILL)


@pytest.fixture
def broker(redis_server):
    """The test run's Redis, empty; running again afterwards whatever was done to it."""
    found = Broker(redis_server)
    found.client.flushall()
    yield found
    if redis_server.process.poll() is None:
        found.go_on()
    else:
        redis_server.start()
