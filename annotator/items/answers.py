"""The answers to each kind of question, and how files spell them."""

from typing import Any

from annotator.chain_rules import ANSWERS
from annotator.reading.errors import BadRecord, gettext_noop

# Spreadsheets make TRUE of true, and 1.0 of 1 where some cells are empty.
SPELLINGS = {
    "binary": {"true": "yes", "1": "yes", "1.0": "yes", "false": "no", "0": "no", "0.0": "no"},
    "pairwise": {"a": "left", "b": "right"},
}
RULES = {
    "binary": gettext_noop("must be yes or no"),
    "pairwise": gettext_noop("must be left, right, tie or both_bad"),
}


def read(field: str, sent: Any, kind: str, *, spelled: bool, more: tuple[str, ...] = ()) -> str:
    """The answer to a question of this kind. `spelled`: as files spell it; `more` is allowed too."""
    allowed = (*ANSWERS[kind], *more)
    if isinstance(sent, str) and sent in allowed:
        return sent
    if spelled and isinstance(sent, (str, bool, int, float)):
        said = str(sent).strip().casefold().replace(" ", "_").replace("-", "_")
        said = SPELLINGS[kind].get(said, said)
        if said in allowed:
            return said
    raise BadRecord(field, RULES[kind])
