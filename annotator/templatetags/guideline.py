"""Guidelines in templates: Markdown that a member wrote."""

from django import template
from django.utils.safestring import SafeString

from annotator.web.render import payload_html

register = template.Library()


@register.filter
def guideline(text: str | None) -> SafeString | str:
    """Safe HTML; empty for no text."""
    return payload_html(text) if text and text.strip() else ""
