"""Pages for what went wrong; JSON below /api/."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from annotator.web.middleware import unavailable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "bad_request", _("This request cannot be read."))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "forbidden", _("Your role in this project does not allow that."))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", _("There is no such thing here, or it is not yours to see."))


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. Touches neither database nor session: either may be what broke."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    text = _("Something broke on our side. Nothing you sent was half stored; please try again.")
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "error", "message": text}, status=500)
    return HttpResponse(render_to_string("errors/500.html", {"message": text}), status=500)


def _answer(request: HttpRequest, status: int, code: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "message": text}, status=status)
    return render(request, f"errors/{status}.html", {"message": text}, status=status)
