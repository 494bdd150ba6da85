"""Untrusted short texts in templates."""

from django import template
from django.utils.safestring import SafeString

from annotator.web import render

register = template.Library()


@register.filter
def one_line(text: str) -> SafeString:
    """A preview, name or key: escaped, and characters that would not be seen are marked."""
    return render.one_line(text)
