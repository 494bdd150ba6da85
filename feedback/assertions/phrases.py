"""Finding given words in a text. Nothing in them is a pattern, so that no text takes long. Pure."""

import re
from functools import lru_cache

from feedback.assertions.outcome import Span


@lru_cache(maxsize=4096)
def _compiled(phrase: str, case: bool, whole: bool) -> re.Pattern[str]:
    pattern = r"\s+".join(re.escape(word) for word in phrase.split())
    if whole:
        pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
    return re.compile(pattern, 0 if case else re.IGNORECASE)


def find(text: str, phrase: str, *, case: bool = False, whole: bool = False) -> Span | None:
    """Its first place. White space in it stands for any; `whole`: no letter or digit stands next to it."""
    found = _compiled(phrase, case, whole).search(text)
    return Span(*found.span()) if found else None
