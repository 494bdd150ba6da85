"""What an item tells of itself, for templates."""

from django import template

from annotator.models import Item

register = template.Library()


@register.filter
def feature_of(item: Item) -> str:
    """The feature that it was logged under; empty when it tells none."""
    told = item.metadata.get("feature") if isinstance(item.metadata, dict) else None
    return told if isinstance(told, str) else ""
