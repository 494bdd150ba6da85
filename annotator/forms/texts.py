"""Fields of texts that people paste: what is too long is said and stays, and is never cut by the browser."""

from typing import Any

from django import forms


class _Whole:
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)  # type: ignore[misc]
        return {name: value for name, value in attrs.items() if name != "maxlength"}


class TextField(_Whole, forms.CharField):
    pass


class PatternField(_Whole, forms.RegexField):
    pass


class SlugField(_Whole, forms.SlugField):
    pass
