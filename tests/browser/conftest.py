"""A real browser before a real web server, which works on the test database.

Every page is watched: an error on its console, a breach of the Content-Security-Policy, a
request to somebody else or an answer of 500 fails the test, whatever else it looked at.
A failed test leaves a picture of each open page in `test-results/`.
"""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from annotator.config import static_files
from annotator.models import User
from tests import world as worlds
from tests.browser import chromium
from tests.browser.guard import Guard
from tests.browser.hosts import Host
from tests.browser.recorder import Recorder
from tests.browser.server import WebServer
from tests.world import World

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()
PATIENCE = 30_000  # milliseconds that only a test which fails waits: a machine may be slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    static_files.gather()
    web = WebServer(tmp_path_factory.mktemp("web") / "server.log")
    web.start()
    yield web
    web.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread; Django would take our own calls for async ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium.path(), args=chromium.ARGUMENTS)
        yield program
        program.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def guard(server: WebServer) -> Guard:
    """What went wrong on any page; `guard.allow(pattern)` for what a test provokes."""
    return Guard(server.url)


@pytest.fixture
def genba(guard: Guard) -> Iterator[Recorder]:
    """Where the widgets on other people's pages send to."""
    recorder = Recorder()
    guard.also(recorder.url)
    yield recorder
    recorder.stop()


@pytest.fixture
def host(genba: Recorder, guard: Guard) -> Iterator[Host]:
    """Somebody else's site, whose pages may talk to Genba."""
    site = Host(genba)
    genba.origins.add(site.url)
    guard.also(site.url)
    yield site
    site.stop()


@pytest.fixture
def window(
    request: pytest.FixtureRequest, transactional_db: None, server: WebServer, browser: Browser, guard: Guard
) -> Iterator[Callable[..., BrowserContext]]:
    """`window(person, **options)`: a browser of that person's own, signed in; None: nobody."""
    for site in {"genba", "host"} & set(request.fixturenames):
        request.getfixturevalue(site)  # so that it outlives the pages, which may send as they close
    opened: list[BrowserContext] = []

    def opening(person=None, **options) -> BrowserContext:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(PATIENCE)
        guard.watch(context)
        if person is not None:
            sign_in(context, person, server)
        opened.append(context)
        return context

    yield opening
    failed = request.node.stash.get(FAILED, False)
    for n, context in enumerate(opened):
        if failed:
            _keep_pictures(context, request.node.nodeid, n)
        context.close()
    with connection.cursor() as cursor:
        # The server may still be at a page's last request when the tables are emptied: whoever
        # waits longest for the other wins, and that shall be the emptying.
        cursor.execute("SET deadlock_timeout = '1min'")
    if not failed:
        guard.check()


@pytest.fixture
def page_of(window: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """`page_of(person, "/path/", **options)`: one page in a browser of that person's own."""

    def opening(person, path: str = "", **options) -> Page:
        page = window(person, **options).new_page()
        if path:
            page.goto(path)
        return page

    return opening


@pytest.fixture
def world(transactional_db: None) -> World:
    """Two projects with one of everything, for the walks over all pages."""
    return worlds.build()


@pytest.fixture
def world_owner(world: World) -> User:
    return User.objects.get(username="owner")


def sign_in(context: BrowserContext, person, server: WebServer) -> None:
    """As that person from now on, in the whole browser."""
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server.url}])


def _keep_pictures(context: BrowserContext, name: str, n: int) -> None:
    folder = settings.ROOT / "test-results"
    folder.mkdir(exist_ok=True)
    plain = re.sub(r"[^\w.-]+", "_", name)
    for m, page in enumerate(context.pages):
        page.screenshot(path=folder / f"{plain}-{n}{m}.png", full_page=True)
