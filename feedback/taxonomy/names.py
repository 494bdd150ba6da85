"""Names as text, cleaned as they are read. Pure."""

from annotator.reading.files import UNSTORABLE


def stored(text: str) -> tuple[str, int]:
    """The text with U+0000 and lone surrogates as U+FFFD, and how many there were."""
    return UNSTORABLE.subn("\ufffd", text) if UNSTORABLE.search(text) else (text, 0)


def on_one_line(text: str) -> str:
    """A name or description: every run of white space, line breaks too, is one space."""
    return " ".join(text.split())
