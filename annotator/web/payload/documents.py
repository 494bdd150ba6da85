"""The documents a model was given."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.web.payload.budget import Budget
from annotator.web.payload.markup import Html, count, element, escape, fold, together
from annotator.web.payload.plain import json_html, json_text
from annotator.web.payload.text import text_html

_SHORT = 700  # characters: such a document lies open
_TEXTS = ("text", "content", "page_content", "body", "document", "passage", "snippet")
_TITLES = ("title", "name", "source", "file", "filename", "url", "id")
_LISTS = ("documents", "docs", "chunks", "passages", "results")


def listed(context: object) -> list[object]:
    """The documents of a context, each a text or an object."""
    if context is None or context in ("", [], {}):
        return []
    if isinstance(context, list):
        return context
    if isinstance(context, dict) and len(context) == 1:
        (inside,) = context.items()
        if inside[0] in _LISTS and isinstance(inside[1], list):
            return inside[1]
    return [context]


def document_html(document: object, number: int, budget: Budget) -> Html:
    """Folded when long, with its name and length to choose by."""
    text, title, more = _read(document)
    length = ngettext("%(count)s character", "%(count)s characters", len(text)) % {"count": count(len(text))}
    short = len(text) <= _SHORT
    heading = title or (_("Document") if short else " ".join(text[:400].split())[:90])
    summary = together(
        (
            element("span", escape(str(number), budget), css="payload-doc-number"),
            element("span", escape(heading[:200], budget), css="payload-doc-title", more='dir="auto"'),
            element("span", escape(length, budget), css="payload-doc-length"),
        )
    )
    body = text_html(text, budget) if isinstance(document, str) or more is not document else Html("")
    if more:
        body = together((body, json_html(more, budget)))
    return fold(summary, body, css="payload-doc", opened=short)


def _read(document: object) -> tuple[str, str, object]:
    """(text, title, what else it holds). A document without text is shown whole as JSON."""
    if isinstance(document, str):
        return document, "", None
    if isinstance(document, dict):
        key = next((k for k in _TEXTS if isinstance(document.get(k), str)), None)
        named = next((k for k in _TITLES if isinstance(document.get(k), str) and document[k]), None)
        if key:
            more: dict[str, Any] = {k: v for k, v in document.items() if k not in {key, named}}
            return document[key], document[named] if named else "", more
        return json_text(document), document[named] if named else "", document
    return json_text(document), "", document
