"""Which models this instance may load: the built-in one, and what `EMBEDDING_MODELS` names.

An entry is a folder (`/srv/models/e5`, called by its last part), a name and a folder (`korean=/srv/models/e5`), or
the name of a model on the Hugging Face Hub, with a revision or without (`intfloat/multilingual-e5-small@main`).
Projects choose by name: what is not listed here nobody can have read.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

BUILT_IN = ""  # what a project stores for it
BUILT_IN_NAME = "all-MiniLM-L6-v2"
_OF_THE_HUB = re.compile(r"[\w.\-]+/[\w.\-]+(@[\w.\-/]+)?")
LONGEST = 200


class NotPermitted(LookupError):
    """No model of this name is listed."""


@dataclass(frozen=True)
class Permitted:
    """`folder`: where it lies; None for one of the Hub, at `revision`, or the newest when that is empty."""

    name: str
    folder: Path | None = None
    revision: str = ""


def names() -> list[str]:
    """Besides the built-in one, in the order of the setting."""
    return list(_listed())


def find(name: str) -> Permitted:
    """Raises NotPermitted."""
    try:
        return _listed()[name]
    except KeyError:
        raise NotPermitted(name) from None


def title(name: str) -> str:
    """What people call it."""
    return name or BUILT_IN_NAME


def named(title: str) -> str:
    """What a project stores for the model that people call so."""
    return BUILT_IN if title == BUILT_IN_NAME else title


def _listed() -> dict[str, Permitted]:
    found: dict[str, Permitted] = {}
    for entry in settings.EMBEDDING_MODELS:
        with suppress(ValueError):  # the doctor tells
            one = read(entry)
            found.setdefault(one.name, one)
    return found


def read(entry: str) -> Permitted:
    """Raises ValueError with what is wrong with it."""
    name, is_named, folder = entry.partition("=")
    if not is_named and Path(entry).is_absolute():
        name, folder = Path(entry).name, entry
    name, folder = name.strip(), folder.strip()
    if not name or len(name) > LONGEST:
        raise ValueError(f"{entry!r} has no name of 1 to {LONGEST} characters")
    if name == BUILT_IN_NAME:
        raise ValueError(f"{entry!r}: the built-in model is called so")
    if folder:
        if not Path(folder).is_absolute():
            raise ValueError(f"{entry!r} must name a folder from / on")
        return Permitted(name, Path(folder))
    if not _OF_THE_HUB.fullmatch(name):
        raise ValueError(
            f"{entry!r} is neither a folder nor a model’s name such as intfloat/multilingual-e5-small"
        )
    return Permitted(name, None, name.partition("@")[2])
