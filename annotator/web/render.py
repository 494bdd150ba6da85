"""Payloads for people's eyes. Everything in a payload is untrusted; what leaves here is safe.

The one place that may call HTML safe: every text went through `markup.escape`, and what
Markdown made also through nh3 with an allow-list of our own. Styles: static/css/payload.css.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from annotator.web.payload.budget import OPENING, Budget
from annotator.web.payload.documents import document_html, listed
from annotator.web.payload.marked import Mark, marked_html
from annotator.web.payload.markup import Html, element, escape, fold, together
from annotator.web.payload.plain import json_html, json_text, plain_html
from annotator.web.payload.text import blank_html, text_html
from annotator.web.payload.turns import messages_of, turns_html


def payload_html(
    value: object, *, error: str = "", absent: str = "", as_typed: bool = False, opening: int = OPENING
) -> SafeString:
    """Readable HTML of any payload.

    A text is shown as Markdown if it is some, else as typed; chat messages as turns; an
    object as JSON; None as a visible mark, in the words of `absent` or "No output". `error`
    stands before all. `as_typed` shows text without Markdown and all else as JSON. Of text and
    JSON longer than about `opening` characters the beginning is shown, the rest on demand.
    """
    budget = Budget(opening=opening)
    if value is None:
        inner = element("p", escape(absent or _("No output"), budget), css="payload-none payload-absent")
    else:
        inner = _typed(value, budget) if as_typed else _shown(value, budget)
    if error:
        inner = together((_error(error, budget), inner))
    return _safe(element("div", inner, css="payload"))


def marked_payload_html(value: object, marks: Sequence[Mark], *, error: str = "") -> SafeString:
    """The same with marked spans. Only a text can have them; anything else is shown as ever."""
    if not marks or not isinstance(value, str):
        return payload_html(value, error=error)
    budget = Budget()
    inner = marked_html(value, marks, budget)
    if error:
        inner = together((_error(error, budget), inner))
    return _safe(element("div", inner, css="payload"))


def input_html(value: object) -> SafeString:
    """What the model was asked; empty when it was asked nothing, so that no page has a place for it."""
    return payload_html(value) if is_given(value) else _safe(Html(""))


def is_given(value: object) -> bool:
    """Whether there is anything in it. White space is: it is shown in words."""
    return value not in (None, "", [], {})


def documents_html(context: object, *, as_typed: bool = False) -> SafeString:
    """The documents given to the model, long ones folded; empty when there were none."""
    budget = Budget()
    documents = listed(context)
    if not documents:
        return _safe(Html(""))
    if as_typed:
        return _safe(element("div", _typed(context, budget), css="payload"))
    shown: list[Html] = []
    for at, document in enumerate(documents):
        if not budget.block():
            words = _("%(count)s more documents") % {"count": len(documents) - at}
            shown.append(fold(escape(words, budget), json_html(documents[at:], budget)))
            break
        shown.append(document_html(document, at + 1, budget))
    return _safe(element("div", together(shown), css="payload payload-docs"))


def one_line(text: str) -> SafeString:
    """A preview, name or key in a list: escaped, what would not be seen marked."""
    return _safe(escape(text, Budget(marks=20)))


def _shown(value: object, budget: Budget) -> Html:
    if isinstance(value, str):
        return text_html(value, budget)
    if messages := messages_of(value):
        return turns_html(messages, budget)
    if isinstance(value, dict) and (messages := messages_of(value.get("messages"))):
        more = {key: inner for key, inner in value.items() if key != "messages"}
        return together((turns_html(messages, budget), _more(more, budget)))
    return json_html(value, budget)


def _more(fields: dict[str, Any], budget: Budget) -> Html:
    if not fields:
        return Html("")
    return fold(escape(_("More fields"), budget), json_html(fields, budget))


def _typed(value: object, budget: Budget) -> Html:
    if isinstance(value, str) and not value.strip():
        return blank_html(value, budget)
    text = value if isinstance(value, str) else json_text(value)
    return element("div", plain_html(text, budget), css="payload-typed")


def _error(error: str, budget: Budget) -> Html:
    label = element("strong", escape(_("Error"), budget))
    return element("div", together((label, plain_html(error, budget))), css="payload-error")


def _safe(html: Html) -> SafeString:
    return mark_safe(html)  # noqa: S308 - the one place; see the module's docstring
