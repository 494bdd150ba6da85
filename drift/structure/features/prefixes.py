"""Texts that begin with the same characters: a template around what people type, or around an answer.

Only a hash of the beginning is kept: the texts stay in the log.
"""

from hashlib import blake2b

from annotator.reading.errors import gettext_noop
from drift.structure.feature import OTHER, SIDES, Feature, Shape, of_text
from drift.structure.rows import Text

LETTERS = 32
LEAST = 12  # characters behind it, so that a text that is said often is no template


def prefix(text: Text) -> str:
    """A text that is too short to have one is among the rest."""
    line = " ".join(text.whole[: 4 * LETTERS].split()).casefold()
    if len(line) < LETTERS + LEAST:
        return OTHER
    return blake2b(line[:LETTERS].encode(), digest_size=6).hexdigest()


FEATURES = tuple(
    Feature(
        f"{side}.prefix", side, Shape.CATEGORY, gettext_noop("The same beginning"), of_text(prefix, side), 0.03,
        endless=True,
    )
    for side in SIDES
)  # fmt: skip
