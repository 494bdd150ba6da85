"""How pages look to a visitor: kept in the browser, and in the account of a person."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from annotator.models import User

THEME_COOKIE = "genba_theme"


def theme_of(request: HttpRequest) -> str:
    """`auto`, `light` or `dark`."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in dict(User.THEMES) else "auto"


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
