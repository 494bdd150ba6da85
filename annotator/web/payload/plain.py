"""Text as it was typed, and JSON as it was sent."""

import json
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from annotator.web.payload.budget import Budget
from annotator.web.payload.markup import Html, count, element, escape, fold, together

_PIECE = 8_000  # characters: a browser lays out many small blocks faster than a large one
_FOLD_LINES = 60


def plain_html(text: str, budget: Budget) -> Html:
    """Line breaks and spaces kept; of a very long text the beginning, and the rest on demand."""
    if len(text) <= budget.opening * 5 // 4:
        return _piece(text, budget)
    opening, *rest = _pieces(text, budget.opening)
    summary = _("Show everything (%(count)s characters)") % {"count": count(len(text))}
    return together(
        (
            _piece(opening, budget),
            fold(escape(summary, budget), together(_piece(piece, budget) for piece in rest)),
        )
    )


def code_html(text: str, budget: Budget, *, language: str = "") -> Html:
    """Code or JSON, left to right; folded when long."""
    label = element("span", escape(language[:60], budget), css="payload-language") if language else Html("")
    lines = text.count("\n") + 1
    if lines <= _FOLD_LINES and len(text) <= budget.opening:
        return together((label, _code(text, budget)))
    opening, *rest = _pieces(text, budget.opening // 3)
    summary = _("Show everything (%(lines)s lines, %(count)s characters)") % {
        "lines": count(lines),
        "count": count(len(text)),
    }
    if not rest:
        return together((label, _code(opening, budget)))
    more = together(_code(piece, budget) for piece in rest)
    return together((label, _code(opening, budget), fold(escape(summary, budget), more)))


def json_html(value: object, budget: Budget) -> Html:
    """Keys in the order they came in."""
    return code_html(json_text(value), budget)


def json_text(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=2)
    except RecursionError:
        return _("This is nested too deeply to be shown.")


def _piece(text: str, budget: Budget) -> Html:
    return element("div", escape(text, budget), css="payload-text", more='dir="auto"')


def _code(text: str, budget: Budget) -> Html:
    return element("pre", element("code", escape(text, budget)), css="payload-code", more='dir="ltr"')


def _pieces(text: str, first: int) -> Iterator[str]:
    """The text cut at line breaks, else at spaces, else in mid word. A break at a cut is not doubled."""
    start, size = 0, first
    while len(text) - start > size:
        cut = max(text.rfind("\n", start, start + size), start)
        if cut == start:
            cut = max(text.rfind(" ", start, start + size), start)
        if cut == start:
            cut = start + size
        yield text[start:cut]
        start, size = cut + (text[cut] == "\n"), _PIECE
    yield text[start:]


_OPENS = re.compile(r"\s*[{\[]")


def as_json(text: str) -> object | None:
    """The object or list that a text spells, if that is what it is: models often answer in JSON."""
    if not _OPENS.match(text):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if value and isinstance(value, (dict, list)) else None
