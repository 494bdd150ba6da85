"""The instance's secret key: made at the first start, never shipped."""

import os
import secrets
from pathlib import Path

from annotator.config import env


def secret_key(var: Path) -> str:
    """SECRET_KEY (or SECRET_KEY_FILE), else `var/secret_key`, made with mode 0600 when missing."""
    given = env.text("SECRET_KEY")
    if given:
        return given
    path = var / "secret_key"
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_urlsafe(50)
    # Two processes may start at once: write aside, then link; the first link wins.
    aside = path.with_name(f"secret_key.{os.getpid()}")
    aside.touch(mode=0o600)
    aside.write_text(key, encoding="utf-8")
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_text(encoding="utf-8").strip()
