"""What a client is told at construction, checked there and never again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Seconds, bytes and counts are those of `genba.Client`."""

    url: str
    key: str = field(repr=False)
    timeout: float
    batch_records: int
    flush_interval: float
    max_bytes: int
    spool: Path | None
    spool_bytes: int
    exit_timeout: float

    @property
    def batch_bytes(self) -> int:
        """Before compression. A batch is a small part of what may wait."""
        return max(1, min(2 * MEGABYTE, self.max_bytes // 4))


def checked(
    url: str | None,
    key: str | None,
    *,
    timeout: float,
    batch_records: int,
    flush_interval: float,
    max_bytes: int,
    spool: str | os.PathLike[str] | None,
    spool_bytes: int,
    exit_timeout: float,
) -> Settings:
    """TypeError or ValueError in words that say what to do; neither names the key."""
    for name, number in (("timeout", timeout), ("flush_interval", flush_interval)):
        _positive(name, number, (int, float))
    for name, number in (
        ("batch_records", batch_records),
        ("max_bytes", max_bytes),
        ("spool_bytes", spool_bytes),
    ):
        _positive(name, number, int)
    if exit_timeout != 0:
        _positive("exit_timeout", exit_timeout, (int, float))
    return Settings(
        url=read_url(url),
        key=read_key(key),
        timeout=timeout,
        batch_records=batch_records,
        flush_interval=flush_interval,
        max_bytes=max_bytes,
        spool=None if spool is None else _folder(spool),
        spool_bytes=spool_bytes,
        exit_timeout=exit_timeout,
    )


def _positive(name: str, number: object, kind: type | tuple[type, ...]) -> None:
    if isinstance(number, bool) or not isinstance(number, kind):
        raise TypeError(f"{name} must be a number, not {type(number).__name__}.")
    if not number > 0:  # type: ignore[operator]
        raise ValueError(f"{name} must be above 0.")


def read_url(given: str | None) -> str:
    url = given if given is not None else os.environ.get("GENBA_URL", "")
    if not isinstance(url, str):
        raise TypeError(f"url must be text, not {type(url).__name__}.")
    url = url.strip().rstrip("/")
    if not url:
        raise ValueError("Where is Genba? Give url=… or set GENBA_URL, for example https://genba.example.")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("url must be an address such as https://genba.example.")
    if parts.username or parts.password or parts.query or parts.fragment or "gnb_" in url:
        raise ValueError("url must be the plain address of Genba: a key or password in it ends up in logs.")
    return url


def read_key(given: str | None) -> str:
    key = given if given is not None else os.environ.get("GENBA_API_KEY", "")
    if not isinstance(key, str):
        raise TypeError(f"key must be text, not {type(key).__name__}.")
    key = key.strip()
    if not key:
        raise ValueError(
            "A key is missing: give key=… or set GENBA_API_KEY. Owners make one in Genba under"
            " Project → Settings → API keys."
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("key holds characters that no key has: was it copied whole, and nothing else?")
    return key


def _folder(given: str | os.PathLike[str]) -> Path:
    if not isinstance(given, (str, os.PathLike)):
        raise TypeError(f"spool must be the path of a folder, not {type(given).__name__}.")
    if find_spec("fcntl") is None:  # without them two processes would send one spool
        raise ValueError("spool needs file locks, which this system does not have: leave it out.")
    folder = Path(given).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"spool cannot be made: {error.strerror}: {folder}") from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ValueError(f"spool cannot be written: {folder}")
    return folder
