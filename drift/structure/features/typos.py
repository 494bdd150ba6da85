"""Words in no dictionary: typing errors, and names; the names are there every day.

The lists are frequency dictionaries of the package pyspellchecker, of the language that the text is in.
A list made from the project's own earlier texts would not do: texts that made it know all of its words and
a fresh day never does, which looks like a change every day.
"""

import gzip
import json
import re
from functools import lru_cache
from importlib.resources import files

from annotator.reading.errors import gettext_noop
from drift.structure.feature import SIDES, Feature, Scale, Shape, of_text
from drift.structure.features.languages import language
from drift.structure.rows import Text

LISTS = ("en", "de", "es", "fr", "it", "nl", "pt")
LETTERS = 4  # shorter words are too often abbreviations
LEAST = 3  # words to judge by
MOST = 400  # words of a text that are looked up
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@lru_cache(maxsize=3)  # the English one takes 20 MB
def _known(code: str) -> frozenset[str]:
    packed = files("spellchecker").joinpath("resources", f"{code}.json.gz").read_bytes()
    return frozenset(json.loads(gzip.decompress(packed)))


def unknown(text: Text) -> float | None:
    """The share of its words that its language's dictionary lacks. None: no such list, or too few words."""
    code = language(text)
    if code not in LISTS:
        return None
    words = [word for word in _WORD.findall(text.prose) if len(word) >= LETTERS and not word.isupper()][:MOST]
    if len(words) < LEAST:
        return None
    known = _known(code)
    return sum(word.lower().replace("’", "'") not in known for word in words) / len(words)


FEATURES = tuple(
    Feature(
        f"{side}.unknown_words", side, Shape.AMOUNT, gettext_noop("Words in no dictionary"),
        of_text(unknown, side), 1.25, least_step=0.01, scale=Scale.PLAIN, unit="share",
    )
    for side in SIDES
)  # fmt: skip
