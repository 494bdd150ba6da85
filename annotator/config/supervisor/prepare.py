"""What must be there before the web server starts. Each step looks first whether it is."""

import http.client
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from annotator.config import catalogues, static_files
from annotator.config.supervisor.errors import StartRefused

DATABASE_PATIENCE = 15.0


def files(say: Callable[[str], None]) -> None:
    """Catalogues and static files. An image brings both along and lets nobody write them."""
    for step in (catalogues.compile_stale, static_files.gather):
        try:
            step()
        except OSError as error:
            say(f"Translations or static files stay as they are: {error}")


def database(say: Callable[[str], None], pause: Callable[[float], None]) -> None:
    """Wait for it, then migrate if something is missing."""
    _wait_for_database(pause)
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say("Bringing the database up to date …")
        call_command("migrate", interactive=False, verbosity=0)


def _wait_for_database(pause: Callable[[float], None]) -> None:
    end = time.monotonic() + DATABASE_PATIENCE
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() > end:
                where = "the embedded PostgreSQL" if settings.EMBEDDED_POSTGRES else "DATABASE_URL"
                raise StartRefused(f"The database ({where}) does not answer: {error}") from error
            pause(0.5)
        else:
            return


def web_answers() -> bool:
    """Whether the web server serves pages by now; which one is all the same."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    client = http.client.HTTPConnection(host, settings.PORT, timeout=10)
    try:
        client.request("GET", "/signin/", headers={"Host": "localhost"})
        client.getresponse().read()
    except OSError:
        return False
    finally:
        client.close()
    return True
