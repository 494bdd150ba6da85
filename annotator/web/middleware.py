"""What holds for every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from annotator.web import failures

Handler = Callable[[HttpRequest], HttpResponse]


def machine_fails(get_response: Handler) -> Handler:
    """No database, or no room on the disk: not the sender's fault, and not 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return failures.answer(request, error) if failures.of_the_machine(error) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def refusals_are_json(get_response: Handler) -> Handler:
    """A wrong method below /api/ is answered as everything else there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        allowed = response.headers.get("Allow", "")
        body = {"code": "method_not_allowed", "message": f"Use {allowed} here, not {request.method}."}
        return JsonResponse(body, status=405, headers={"Allow": allowed})

    return middleware


def private_by_default(get_response: Handler) -> Handler:
    """Pages may hold other people's data: no cache keeps them unless the view says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cache-Control", "no-store, private")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return middleware


def language_of_person(get_response: Handler) -> Handler:
    """The person's own choice, else the visitor's cookie, else what the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not request.path.startswith("/api/") and request.user.is_authenticated:
            language = request.user.language or language
        if language not in dict(settings.LANGUAGES):
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    return middleware


def fragments_stay_fragments(get_response: Handler) -> Handler:
    """A fragment asked for by somebody who was signed out meanwhile is 401, not a redirect.

    htmx would follow it and put the sign-in page into the middle of the page. On 401 it swaps
    nothing, so that what was typed stays, and static/js/signed_out.js says what happened.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        to_signin = response.headers.get("Location", "").startswith(f"{reverse(settings.LOGIN_URL)}?")
        if to_signin and response.status_code == 302 and request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        return response

    return middleware
