"""What a cell of a CSV says, where it is not text."""

import math

from annotator.reading.errors import BadRecord
from annotator.reading.mapping import payload_in


def number(cell: str, wrong: BadRecord) -> float:
    try:
        found = float(cell)
    except ValueError:
        raise wrong from None
    if not math.isfinite(found):
        raise wrong
    return found


def truth(cell: str, wrong: BadRecord) -> bool:
    """Spreadsheets make TRUE of true, and 1.0 of 1 where some cells are empty."""
    said = cell.strip().casefold()
    if said not in ("true", "1", "1.0", "false", "0", "0.0"):
        raise wrong
    return said in ("true", "1", "1.0")


def json_of(cell: str, opening: str, wrong: BadRecord) -> object:
    """A list or an object, as `opening` says."""
    if cell.lstrip()[:1] != opening:
        raise wrong
    return payload_in(cell)
