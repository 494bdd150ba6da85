"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    theme = getattr(request.user, "theme", "auto") if hasattr(request, "user") else "auto"
    return {"theme": theme, "version": settings.VERSION}
