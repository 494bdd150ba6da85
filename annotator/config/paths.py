"""Where Genba keeps its state. Everything lies under one folder, `GENBA_VAR`."""

import hashlib
import os
from pathlib import Path

from annotator.config import env

ROOT = Path(__file__).resolve().parents[2]

# A Unix socket's path must fit into 108 bytes with its terminator; the longest name
# we put into the folder is PostgreSQL's ".s.PGSQL.5432.lock" (18 characters).
LONGEST_SOCKET_FOLDER = 107 - 19


def var() -> Path:
    """The folder of all state; absolute, not necessarily there yet."""
    return Path(env.text("GENBA_VAR", str(ROOT / "var"))).expanduser().absolute()


def make_var(folder: Path) -> None:
    """Make the folder of all state, closed to others.

    As root others may pass through it, because the engines' account must reach its own
    folder inside; what lies in it is closed. A folder that is there keeps its mode.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)


def sockets(folder: Path | None = None) -> Path:
    """The folder of the embedded engines' sockets: `var/run`, or a short stand-in.

    The stand-in's name is a hash of the real one and knows neither TMPDIR nor the account, so
    that every process finds the same.
    """
    run = (folder or var()) / "run"
    if len(os.fsencode(run)) <= LONGEST_SOCKET_FOLDER:
        return run
    return Path("/tmp") / f"genba-{hashlib.sha256(os.fsencode(run)).hexdigest()[:24]}"  # noqa: S108
