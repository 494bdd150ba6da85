"""Pages for what went wrong; JSON below /api/."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from annotator.web import failures


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        limit = getattr(exception, "limit", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        text = _("What was sent is larger than %(limit)s bytes: send it in smaller parts.")
        return _answer(request, 413, "too_large", text % {"limit": limit})
    return _answer(request, 400, "bad_request", _("This request cannot be read."))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "forbidden", _("Your role in this project does not allow that."))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", _("There is no such thing here, or it is not yours to see."))


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. Touches neither database nor session: either may be what broke."""
    error = sys.exc_info()[1]
    if failures.of_the_machine(error):
        return failures.answer(request, error)
    text = _("Something broke on our side. Nothing you sent was half stored; please try again.")
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "error", "message": text}, status=500)
    return HttpResponse(render_to_string("errors/500.html", {"message": text}), status=500)


def _answer(request: HttpRequest, status: int, code: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "message": text}, status=status)
    template = f"errors/{400 if status == 413 else status}.html"
    return render(request, template, {"message": text}, status=status)
