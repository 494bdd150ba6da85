"""From a taxonomy value to the text that stands for it before anybody verified an example. Pure."""

import re

PATH = " > "
JOINTS = re.compile(r"[\s_\-/|:\\]+")
# Where a word begins inside a name without spaces: cardArrival, HTTPServer; but iPhone and OAuth are one.
HUMPS = re.compile(r"(?<=[a-z0-9]{2})(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])")


def text_of(value: str) -> str:
    """`card_arrival` is "card arrival"; of a path each part once, the narrowest first.

    `Home > Kitchen > Knives` is "Knives, Kitchen, Home". A value without any letter or digit
    stays as it is.
    """
    parts = [_words(part) for part in reversed(value.split(PATH))]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or value


def _words(part: str) -> str:
    if " " not in part.strip():
        part = HUMPS.sub(" ", part)
    pieces = JOINTS.split(part)
    return " ".join(piece for piece in pieces if any(letter.isalnum() for letter in piece))
