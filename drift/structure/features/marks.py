"""Code and links in a text."""

import re

from annotator.reading.errors import gettext_noop
from drift.structure.feature import SIDES, Feature, Shape, Side, of_text
from drift.structure.rows import Text

_LINK = re.compile(r"\bhttps?://\w|\bwww\.\w+\.\w", re.IGNORECASE)
# A fence, or lines that end or begin as hardly any sentence does.
_CODE = re.compile(
    r"```|^\s*(?:def \w+\(|class \w+[:(]|import \w+|from \w+ import |#include\b|(?:const|let|var) \w+ ?=|"
    r"(?:public|private) \w+|function \w*\(|SELECT .+ FROM |</?\w+>$)|[;{]\s*$",
    re.MULTILINE,
)


def code(text: Text) -> bool:
    return _CODE.search(text.head) is not None and not text.head.lstrip().startswith(("{", "["))


def links(text: Text) -> bool:
    return _LINK.search(text.head) is not None


def _both(side: Side) -> tuple[Feature, ...]:
    return (
        Feature(f"{side}.code", side, Shape.SHARE, gettext_noop("With code"), of_text(code, side), 0.02),
        Feature(f"{side}.links", side, Shape.SHARE, gettext_noop("With a link"), of_text(links, side), 0.02),
    )


FEATURES = tuple(feature for side in SIDES for feature in _both(side))
