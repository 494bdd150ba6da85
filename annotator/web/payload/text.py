"""A string: JSON, Markdown or as typed."""

from django.utils.translation import gettext as _

from annotator.web.payload.budget import Budget
from annotator.web.payload.markdown import looks_like_markdown, markdown_html
from annotator.web.payload.markup import Html, element, escape
from annotator.web.payload.plain import as_json, json_html, plain_html


def text_html(text: str, budget: Budget) -> Html:
    if not text.strip():
        return blank_html(text, budget)
    if budget.look(text):
        value = as_json(text)
        if value is not None:
            return json_html(value, budget)
        if looks_like_markdown(text):
            budget.markdown -= len(text)
            return markdown_html(text, budget)
    return plain_html(text, budget)


def blank_html(text: str, budget: Budget) -> Html:
    """Nothing to see is said in words: it is an answer too."""
    words = _("Only white space (%(count)s characters)") % {"count": len(text)} if text else _("Empty text")
    return element("p", escape(words, budget), css="payload-none")
