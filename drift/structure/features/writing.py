"""How a text is written: capitals, punctuation, what it ends with."""

import unicodedata

from annotator.reading.errors import gettext_noop
from drift.structure.feature import SIDES, Feature, Scale, Shape, Side, of_text
from drift.structure.rows import Text

LEAST = 4  # letters that have capitals, before a text's casing says something
SHOUTED = 0.8
ENDS = tuple(".!?…。！？．؟।")
AROUND = "\"'”’)]}»」』*_` \t\r\n"


def casing(text: Text) -> str | None:
    """“lower”: no capital at all. “upper”: mostly capitals. “sentence”: begins with one. Else “other”."""
    upper = sum(count for letter, count in text.letters.items() if letter.isupper())
    lower = sum(count for letter, count in text.letters.items() if letter.islower())
    if upper + lower < LEAST:
        return None
    if not upper:
        return "lower"
    if upper >= SHOUTED * (upper + lower):
        return "upper"
    first = next(letter for letter in text.prose if letter.isalpha())
    return "sentence" if first.isupper() else "other"


def punctuation(text: Text) -> float:
    """Its share of the characters that are not space."""
    marks = sum(count for letter, count in text.letters.items() if unicodedata.category(letter)[0] == "P")
    spaces = sum(count for letter, count in text.letters.items() if letter.isspace())
    return marks / max(len(text.prose) - spaces, 1)


def ends(text: Text) -> bool:
    return text.whole[-200:].rstrip(AROUND).endswith(ENDS)


def _both(side: Side) -> tuple[Feature, ...]:
    return (
        Feature(f"{side}.casing", side, Shape.CATEGORY, gettext_noop("Capitals"), of_text(casing, side), 0.05),
        Feature(
            f"{side}.punctuation", side, Shape.AMOUNT, gettext_noop("Punctuation"), of_text(punctuation, side),
            1.2, least_step=0.005, scale=Scale.PLAIN, unit="share",
        ),
        Feature(
            f"{side}.end_mark", side, Shape.SHARE, gettext_noop("Ends with a full stop or its like"),
            of_text(ends, side), 0.05,
        ),
    )  # fmt: skip


FEATURES = tuple(feature for side in SIDES for feature in _both(side))
