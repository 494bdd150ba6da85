"""Where Genba keeps its state. Everything lies under one folder, `GENBA_VAR`."""

import hashlib
import os
import tempfile
from pathlib import Path

from annotator.config import env

ROOT = Path(__file__).resolve().parents[2]

# A Unix socket's path must fit into 108 bytes with its terminator; the longest name
# we put into the folder is PostgreSQL's ".s.PGSQL.5432.lock" (18 characters).
LONGEST_SOCKET_FOLDER = 107 - 19


def var() -> Path:
    """The folder of all state; absolute, not necessarily there yet."""
    return Path(env.text("GENBA_VAR", str(ROOT / "var"))).expanduser().absolute()


def sockets(folder: Path | None = None) -> Path:
    """The folder of the embedded engines' sockets: `var/run`, or a short stand-in.

    The stand-in's name is a hash of the real one, so that every process finds the same.
    """
    run = (folder or var()) / "run"
    if len(os.fsencode(run)) <= LONGEST_SOCKET_FOLDER:
        return run
    mark = hashlib.sha256(os.fsencode(run)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"genba-{os.getuid()}-{mark}"
