"""Names as text: cleaned as they are read, and put into words for a model. Pure."""

import re

from annotator.reading.files import UNSTORABLE

# Identifiers only: “iPhone”, “YouTube” and “3.5mm” stay what they are.
_HUMPS = re.compile(r"[a-z]{2,}(?:[A-Z][a-z0-9]+)+")
_DOTTED = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def stored(text: str) -> tuple[str, int]:
    """The text with U+0000 and lone surrogates as U+FFFD, and how many there were."""
    return UNSTORABLE.subn("\ufffd", text) if UNSTORABLE.search(text) else (text, 0)


def on_one_line(text: str) -> str:
    """A name or description: every run of white space, line breaks too, is one space."""
    return " ".join(text.split())


def words(path: tuple[str, ...]) -> str:
    """What a value reads like, for embedding and for prompts: `card_arrival` is “card arrival”."""
    return ", ".join(map(_spoken, path))


def _spoken(name: str) -> str:
    """Identifiers are taken apart; what people wrote with spaces stays as it is."""
    if " " in name:
        return name
    if _HUMPS.fullmatch(name):
        return _HUMP.sub(" ", name).lower()
    apart = name.replace(".", " ") if _DOTTED.fullmatch(name) else name
    return on_one_line(apart.replace("_", " ")) or name
