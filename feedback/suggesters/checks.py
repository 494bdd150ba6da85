"""What may not come out of a suggester. Pure."""

import math
import re
import traceback

from annotator.reading.files import UNSTORABLE

MOST_ALTERNATIVES = 5
# Text that is shown and stored as text may hold line breaks and tabs, no other control characters.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.)[^\s<>\"'`)\]]+", re.IGNORECASE)


def confidence(said: float | None) -> float | None:
    """Between 0 and 1; None for what is no number."""
    if said is None or not math.isfinite(said):
        return None
    return min(max(float(said), 0.0), 1.0)


def text_fault(text: str, *, most: int, given: str) -> str:
    """One word for what is wrong with free text; empty: it may be shown.

    An address that the input does not hold is refused: a model must not send anybody anywhere.
    """
    if not text.strip():
        return "empty"
    if len(text) > most:
        return "too_long"
    if CONTROL.search(text) or UNSTORABLE.search(text):
        return "not_plain"
    if any(found[0].rstrip(".,;:!?") not in given for found in ADDRESS.finditer(text)):
        return "address"
    return ""


def place_of(error: BaseException) -> str:
    """An error's kind, and the file and line that it comes from; nothing that it says."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
