"""HTML and text, kept apart by their types, and characters that would not be seen, made seen."""

import re
import unicodedata
from collections.abc import Iterable
from html import escape as escape_html
from typing import NewType

from django.utils.translation import gettext as _

from annotator.web.payload.budget import Budget

Html = NewType("Html", str)
"""Ours, or escaped: may stand in a page."""

_TAGS = "\U000e0000-\U000e007f"
_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, tab and line breaks aside
    "\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff"  # zero width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction
    "\u2028\u2029\ufff9-\ufffb"
    "\u115f\u1160\u3164\uffa0\u2800"  # blanks that are letters
    "\U0001d173-\U0001d17a\U000e0100-\U000e01ef"
)
_RUNS = re.compile(f"[{_TAGS}]+|([{_UNSEEN}])\\1*")
_JOINERS = "\u200c\u200d"
_BEYOND_BUDGET = "\u2370"  # ⍰


def escape(text: str, budget: Budget) -> Html:
    """Text as HTML. Direction, zero-width, tag and control characters become visible marks."""
    pieces: list[str] = []
    end = 0
    for run in _RUNS.finditer(text):
        if _belongs(text, run):
            continue
        if not budget.mark():
            return Html(
                "".join(pieces) + escape_html(text[end : run.start()] + _plainly(text[run.start() :]))
            )
        pieces += (escape_html(text[end : run.start()]), _mark(run[0]))
        end = run.end()
    pieces.append(escape_html(text[end:]))
    return Html("".join(pieces))


def together(pieces: Iterable[Html], between: str = "") -> Html:
    return Html(between.join(pieces))


def element(tag: str, inner: Html, *, css: str = "", more: str = "") -> Html:
    """`more`: further attributes, written by us. Values from outside must be escaped before."""
    attributes = (f' class="{css}"' if css else "") + (f" {more}" if more else "")
    return Html(f"<{tag}{attributes}>{inner}</{tag}>")


def fold(summary: Html, inner: Html, *, css: str = "payload-fold", opened: bool = False) -> Html:
    opening = " open" if opened else ""
    return Html(f'<details class="{css}"{opening}><summary>{summary}</summary>{inner}</details>')


def count(number: int) -> str:
    return f"{number:,}"


def _belongs(text: str, run: re.Match[str]) -> bool:
    """Whether the run is part of how a script or an emoji is written, and no hiding place."""
    before = text[run.start() - 1] if run.start() else ""
    after = text[run.end()] if run.end() < len(text) else ""
    if not before or len(run[0]) > 1:
        return False
    if run[0] in _JOINERS and after:
        return (_joins(before) and _joins(after)) or (_pictorial(before) and _pictorial(after))
    if "\U000e0100" <= run[0] <= "\U000e01ef":
        return "CJK UNIFIED" in unicodedata.name(before, "")
    return False


def _joins(character: str) -> bool:
    """Letters of scripts that are written with joiners: Arabic to Sinhala, Tibetan, Mongolian, Khmer."""
    return "\u0600" <= character <= "\u0fff" or "\u1780" <= character <= "\u18af"


def _pictorial(character: str) -> bool:
    return character in "\ufe0f\u2640\u2642\u2695\u2696\u2708\u2764" or character >= "\U0001f000"


def _plainly(text: str) -> str:
    return _RUNS.sub(_BEYOND_BUDGET, text)


def _mark(run: str) -> str:
    if run[0] >= "\U000e0000" and run[0] <= "\U000e007f":
        hidden = "".join(chr(ord(c) - 0xE0000) for c in run if "\U000e0020" <= c <= "\U000e007e")
        title = _("Hidden characters that spell: %(text)s") % {"text": hidden}
        shown = f"U+E00xx ×{len(run)}" if not hidden else hidden[:200]
    else:
        point = f"U+{ord(run[0]):04X}"
        title = f"{point} {unicodedata.name(run[0], '')}".strip()
        shown = point if len(run) == 1 else f"{point} ×{count(len(run))}"
    return f'<span class="payload-mark" title="{escape_html(title)}">{escape_html(shown)}</span>'
