"""Pytest plugin (named in pyproject): real engines for every test.

An embedded PostgreSQL and Redis of the test run's own, in a temporary folder. A plugin and
not a conftest, because the environment must be set before Django's settings are read.
With pytest-xdist each worker process gets engines of its own.
"""

import atexit
import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

# Five thousand tests and all that they import stay to the end. By its usual measure Python looks
# through them for garbage again and again, which took a fifth of the time of a run.
gc.set_threshold(100_000, 20, 50)

_BASE = Path(tempfile.mkdtemp(prefix="genba-test-", dir=os.environ.get("GENBA_TEST_TMP")))
_BASE.chmod(0o711)  # as root, PostgreSQL runs under another account and must reach its folder
os.environ["GENBA_VAR"] = str(_BASE / "var")
for _name in (
    "DATABASE_URL",
    "REDIS_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "PUBLIC_URL",
    "ALLOWED_HOSTS",
):
    os.environ.pop(_name, None)

from annotator.config import catalogues, paths  # noqa: E402
from annotator.config.embedded.postgres import Postgres  # noqa: E402
from annotator.config.embedded.redis import Redis  # noqa: E402

_engines: list[Postgres | Redis] = []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Engines run before pytest-django asks for its test database."""
    controller = getattr(session.config.option, "numprocesses", None) is not None
    if session.config.option.collectonly or (controller and not hasattr(session.config, "workerinput")):
        return  # only collecting, or the xdist controller, which runs no test itself
    catalogues.compile_stale()
    var = Path(os.environ["GENBA_VAR"])
    var.mkdir(parents=True, exist_ok=True)
    var.chmod(0o711)
    postgres = Postgres(var / "postgres", paths.sockets(), log=var / "postgres.log", durable=False)
    redis = Redis(var / "redis", paths.sockets() / "redis.sock", log=var / "redis.log")
    for engine in (postgres, redis):
        engine.start()
        _engines.append(engine)


@atexit.register
def _stop_engines() -> None:
    for engine in _engines:
        engine.stop(signal.SIGQUIT if isinstance(engine, Postgres) else signal.SIGKILL)
    shutil.rmtree(_BASE, ignore_errors=True)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    return next(engine for engine in _engines if isinstance(engine, Postgres))


@pytest.fixture(scope="session")
def redis_server() -> Redis:
    return next(engine for engine in _engines if isinstance(engine, Redis))
