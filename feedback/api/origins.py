"""Which pages of other sites may send signals: exact origins, no cookies, nothing else.

A middleware, because a preflight names no project and no route takes OPTIONS. An origin that no
project lists is refused before anything is read; whether it is that of the token's own project
is judged with the token, in `sender`.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from feedback.models import WidgetOrigin

PATH = "/api/v1/signals"
HEADERS = {"authorization", "content-type"}
REMEMBERED_SECONDS = "600"

Handler = Callable[[HttpRequest], HttpResponse]


def from_listed_pages(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path != PATH:
            return get_response(request)
        origin = origin_of(request)
        if origin is None:
            response = get_response(request)
        elif not WidgetOrigin.objects.filter(origin=origin).exists():
            response = _refused("No project lists this page's origin: its owner adds it under Widgets.")
        else:
            response = _preflight(request) if request.method == "OPTIONS" else get_response(request)
            if not getattr(request, "foreign_origin", False):
                response["Access-Control-Allow-Origin"] = origin
        patch_vary_headers(response, ["Origin"])
        return response

    return middleware


def origin_of(request: HttpRequest) -> str | None:
    """As the browser says it; None: a program, or one of our own pages."""
    origin = request.headers.get("Origin")
    return None if origin is None or _host(origin) == request.get_host() else origin


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # a bracket that never closes
        return ""


def _preflight(request: HttpRequest) -> HttpResponse:
    method = request.headers.get("Access-Control-Request-Method", "")
    asked = request.headers.get("Access-Control-Request-Headers", "")
    headers = {name.strip().lower() for name in asked.split(",") if name.strip()}
    if method != "POST" or not headers <= HEADERS:
        return _refused("Pages may POST here, with Authorization and Content-Type.")
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": ", ".join(sorted(HEADERS)),
            "Access-Control-Max-Age": REMEMBERED_SECONDS,
        },
    )


def _refused(message: str) -> HttpResponse:
    return JsonResponse({"code": "forbidden", "message": message}, status=403)
