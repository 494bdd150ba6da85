"""The Python client, before the real web server or one that speaks the contract."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import genba
import pytest

from annotator.config import static_files
from tests.browser.server import WebServer
from tests.clients.contract import Contract

SOURCE = Path(__file__).resolve().parents[2] / "clients" / "python"
KEY = "gnb_00000000_of_a_test"
MOST = 300  # records that the real server takes in one request


@pytest.fixture(scope="module")
def web(django_db_setup, tmp_path_factory) -> Iterator[WebServer]:
    static_files.gather()
    server = WebServer(tmp_path_factory.mktemp("web") / "server.log")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INGEST_MAX_RECORDS", str(MOST))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def contract() -> Iterator[Contract]:
    server = Contract()
    yield server
    server.close()


@pytest.fixture
def connect(monkeypatch) -> Iterator[Callable[..., genba.Client]]:
    """`connect(url, key, **options)`: a client that is closed after the test, sent or not."""
    for name in ("GENBA_URL", "GENBA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = []

    def connecting(url: str, key: str = KEY, **options) -> genba.Client:
        made.append(genba.Client(url, key, **{"flush_interval": 0.05, **options}))
        return made[-1]

    yield connecting
    for client in made:
        client.close(0)


def wait_until(condition: Callable[[], object], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def run_host(script: str, url: str, key: str = KEY, *, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """A host's program in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE / "src"), "GENBA_URL": url, "GENBA_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == expect, done.stderr
    return done
