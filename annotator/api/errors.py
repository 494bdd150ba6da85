"""One shape for every refusal: `{"code", "message"}` and what else helps."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

CODES = {400: "bad_request", 401: "unauthenticated", 403: "forbidden", 404: "not_found"}
CODES |= {409: "conflict", 413: "too_large", 415: "unsupported_type", 422: "invalid", 429: "too_many"}


class Refused(Exception):
    """A request that cannot be served, in words for the caller. `extra` joins the answer; of it
    `retry_after`, in seconds, is a header as well."""

    def __init__(self, status: int, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status, self.message, self.extra = status, message, extra


def register(api: NinjaAPI) -> None:
    def answer(request: HttpRequest, status: int, message: str, **extra: Any) -> HttpResponse:
        body = {"code": CODES.get(status, "error"), "message": message, **extra}
        response = api.create_response(request, body, status=status)
        if status == 401:
            response["WWW-Authenticate"] = "Bearer"
        if "retry_after" in extra:
            response["Retry-After"] = str(extra["retry_after"])
        return response

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return answer(request, error.status, error.message, **error.extra)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(request, error.status_code, str(error))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(request, 401, "Give a valid API key: Authorization: Bearer gnb_…")

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, "There is no such thing here, or it is not yours to see.")

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return answer(request, 403, "Your role in this project does not allow that.")

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first = error.errors[0]
        place = ".".join(str(part) for part in first.get("loc", ()) if part not in {"body", "payload"})
        fields = [
            {"field": ".".join(map(str, e.get("loc", ())[1:])), "error": e.get("msg", "")}
            for e in error.errors[:20]
        ]
        return answer(request, 422, f"{place}: {first.get('msg', 'is not valid')}", errors=fields)
