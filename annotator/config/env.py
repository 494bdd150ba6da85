"""Readers of environment values that fail loudly and name the variable."""

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SettingError(ValueError):
    """An environment variable holds something that cannot be used."""


class Secret(str):
    """Shown as stars where values are shown by their `repr`: in a list of settings, in a report of an error."""

    def __repr__(self) -> str:
        return "'***'" if self else "''"


def text(name: str, default: str = "") -> str:
    """NAME, or the content of the file that NAME_FILE points to (for mounted secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from error
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int, *, least: int | None = None) -> int:
    raw = text(name)
    if not raw:
        return default
    try:
        found = int(raw)
    except ValueError as error:
        raise SettingError(f"{name} must be a whole number, not {raw!r}") from error
    if least is not None and found < least:
        raise SettingError(f"{name} must be {least} or more, not {found}")
    return found


def amount(name: str, default: str) -> Decimal:
    """An amount of money, 0 or more."""
    raw = text(name, default)
    try:
        found = Decimal(raw)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or found < 0:
        raise SettingError(f"{name} must be an amount of money, such as 2.50, not {raw!r}")
    return found


def provider(name: str, default: str) -> str:
    """The address of a service that is sent a secret: with HTTPS, unless it is on this machine."""
    raw = text(name, default).rstrip("/")
    try:
        parts = urlsplit(raw)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        plain = bool(parts.hostname) and not (
            parts.username or parts.password or parts.query or parts.fragment
        )
        valid = secure and plain and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise SettingError(f"{name} must be an address that begins with https://, without name or password")
    return raw


def flag(name: str, *, default: bool) -> bool:
    raw = text(name).lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name} must be on or off, not {raw!r}")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
