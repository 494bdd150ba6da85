"""Static files gathered for the web server, when one of them has changed."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = ".genba-stamp"


def gather() -> bool:
    """`collectstatic`, unless the files are those of the last time; whether it ran."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    now = fingerprint()
    try:
        if stamp.read_text(encoding="ascii") == now:
            return False
    except OSError:
        pass
    # Only a folder of our own is emptied first: STATIC_ROOT may name any.
    ours = Path(settings.STATIC_ROOT).is_relative_to(settings.VAR)
    call_command("collectstatic", interactive=False, verbosity=0, clear=ours)
    stamp.write_text(now, encoding="ascii")
    return True


def fingerprint() -> str:
    """Of all sources: where, how large, how new. Their content is not read."""
    seen = hashlib.sha256(settings.VERSION.encode())
    for line in sorted(_sources()):
        seen.update(line.encode())
    return seen.hexdigest()


def _sources() -> Iterable[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))  # noqa: PTH116 - a string comes, a number is wanted
            yield f"{storage.path(path)} {found.st_size} {found.st_mtime_ns}\n"
