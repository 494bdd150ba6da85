"""The first words of a payload from the beginning of its JSON text, cut anywhere."""

import json
import re

LENGTH = 240
_WHOLE = re.compile(r'"((?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*)')  # up to half an escape


def words(start: str | None, length: int = LENGTH) -> str:
    """One line; what is no text is shown as JSON. Empty for nothing and for blank text."""
    if not start:
        return ""
    found = _WHOLE.match(start)
    text = json.loads(f'"{found[1]}"', strict=False) if found else start
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    cut = len(line) > length or (found is not None and start[found.end() :] != '"')
    return f"{line[:length]}…" if cut and line else line
