"""Words that pure modules say, in the reader's language."""

from django import template
from django.utils.translation import gettext as translated

register = template.Library()


@register.filter
def in_words(text: str) -> str:
    """A text that was marked where it stands, with `gettext_noop`."""
    return translated(text)
