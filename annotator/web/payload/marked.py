"""A text with the spans that people marked in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as escape_html
from itertools import pairwise

from annotator.web.payload.budget import Budget
from annotator.web.payload.markup import Html, element, escape, together
from annotator.web.payload.plain import plain_html


@dataclass(frozen=True)
class Mark:
    """Code points `start` to `end`, exclusive, of a text; `title` says what it is and who says so."""

    start: int
    end: int
    title: str


def marked_html(text: str, marks: Sequence[Mark], budget: Budget) -> Html:
    """As typed, never as Markdown: the offsets are of the text. What lies beyond it is left out."""
    inside = [mark for mark in marks if 0 <= mark.start < min(mark.end, len(text))]
    if not inside:
        return plain_html(text, budget)
    last = min(max(mark.end for mark in inside), len(text))
    opened = last if len(text) - last > budget.opening else len(text)
    cuts = sorted({0, opened, *(min(cut, opened) for mark in inside for cut in (mark.start, mark.end))})
    pieces = [_piece(text, start, end, inside, budget) for start, end in pairwise(cuts)]
    shown = element("div", together(pieces), css="payload-text", more='dir="auto"')
    return together((shown, plain_html(text[opened:], budget))) if opened < len(text) else shown


def _piece(text: str, start: int, end: int, marks: Sequence[Mark], budget: Budget) -> Html:
    inner = escape(text[start:end], budget)
    over = dict.fromkeys(mark.title for mark in marks if mark.start < end and mark.end > start)
    if not over:
        return inner
    css = "payload-marked" if len(over) == 1 else "payload-marked payload-marked-twice"
    return element("mark", inner, css=css, more=f'title="{escape_html("; ".join(over))}"')
