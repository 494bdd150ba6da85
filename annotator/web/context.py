"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from annotator.web.preferences import theme_of


def page(request: HttpRequest) -> dict[str, Any]:
    return {"theme": theme_of(request), "version": settings.VERSION}
