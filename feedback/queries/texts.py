"""Searching texts: in previews, error, external id and payloads."""

import json
from typing import Any

from django.db.models import BooleanField, F, Func, Q, TextField, Value

_PLAIN = ("input_preview", "output_preview", "error", "external_id")
_PAYLOADS = ("input", "output", "context", "metadata")


class _Like(Func):
    """`text ILIKE pattern`; both given ready, so that no lookup of a field's own comes in between."""

    template = "(%(expressions)s)"
    arg_joiner = " ILIKE "
    output_field = BooleanField()


class Stored(Func):
    """A payload's JSON as it was sent. Compared in collation C, which takes half the time and
    knows no capital letters beyond ASCII: `_spellings` brings them."""

    template = '(%(expressions)s::text COLLATE "C")'
    output_field = TextField()


def holds(text: str) -> Q:
    """Rows with the text somewhere, in capitals or not."""
    wanted = Q(pk=None)
    for name in _PLAIN:
        wanted |= Q(_Like(F(name), Value(_pattern(text))))
    for spelling in _spellings(text):
        for name in _PAYLOADS:
            wanted |= Q(_Like(Stored(F(name)), Value(_pattern(spelling))))
    return wanted


def _spellings(text: str) -> list[str]:
    """How JSON may spell it: letters beyond ASCII as they are or as \\u00e9."""
    cases = (text,) if text.isascii() else (text, text.lower(), text.upper())
    both: list[Any] = [
        json.dumps(case, ensure_ascii=ascii)[1:-1] for case in cases for ascii in (False, True)
    ]
    return list(dict.fromkeys(both))


def _pattern(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"
