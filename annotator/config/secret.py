"""The instance's secret key: made at the first start, never shipped."""

import os
import secrets
from pathlib import Path

from annotator.config import env, paths


def secret_key(var: Path) -> str:
    """SECRET_KEY (or SECRET_KEY_FILE), else `var/secret_key`, made with mode 0600 when missing."""
    given = env.text("SECRET_KEY")
    if given:
        return given
    path = var / "secret_key"
    try:
        return path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise env.SettingError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return _make(path)
    except OSError as error:
        raise env.SettingError(
            f"{var} cannot be written ({error.strerror}): Genba keeps all its state there."
            " Name another folder in GENBA_VAR."
        ) from error


def _make(path: Path) -> str:
    paths.make_var(path.parent)
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
