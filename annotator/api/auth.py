"""Who calls the JSON API: a program with a key, or a signed-in person's own page."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import AuthenticationError, HttpError

from annotator import access
from annotator.models import ApiKey, Queue, Role, Scope, User
from annotator.queries.chains import with_chain
from annotator.services.keys import find_key


@dataclass(frozen=True)
class Caller:
    """Exactly one of `key` and `user` is set."""

    key: ApiKey | None = None
    user: User | None = None

    def queue(self, queue_id: UUID, roles: tuple[Role, ...]) -> Queue:
        """The queue with its questions; 404 for a stranger's, 403 for a person with a lesser role."""
        if self.key is not None:
            return access.queue_of(self.key.project, queue_id, with_chain())
        if self.user is None:
            raise Http404
        return access.queue_for(self.user, queue_id, roles, with_chain())


class _Csrf(CsrfViewMiddleware):
    """Django's check, answering with the reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)


def csrf_refusal(request: HttpRequest) -> str:
    """Why this request's CSRF token is not good; empty when it is."""

    def nothing(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = _Csrf(nothing)
    check.process_request(request)
    refused = check.process_view(request, nothing, (), {})
    return refused.content.decode() if refused else ""


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key in `Authorization: Bearer` or `X-Api-Key`; 401 if one is given and is not good."""
    if "gnb_" in request.META.get("QUERY_STRING", ""):
        raise HttpError(
            400,
            "A key in the address ends up in logs: revoke it, and send a new one as Authorization: Bearer.",
        )
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token and not scheme:
        token = request.headers.get("X-Api-Key", "")
        if not token:
            return None
    elif scheme.lower() != "bearer":
        raise AuthenticationError
    key = find_key(token.strip())
    if key is None:
        raise AuthenticationError
    if not _from_here(request):
        raise HttpError(403, "A page of another site sent this key: keep keys out of browsers and revoke it.")
    return key


def _from_here(request: HttpRequest) -> bool:
    """Programs name no origin; our own pages (the API's description) name this host."""
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.get_host()


class KeyCaller(Caller):
    key: ApiKey


class KeyRequest(HttpRequest):
    auth: KeyCaller  # ByKey lets nobody else in


class ByKey:
    """Authentication for programs: a key with one of the scopes."""

    def __init__(self, *scopes: Scope) -> None:
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Caller | None:
        key = key_of(request)
        if key is None:
            return None
        if not set(self.scopes) & set(key.scopes):
            raise HttpError(403, f"This key lacks the scope “{'” or “'.join(self.scopes)}”.")
        return Caller(key=key)


class ByKeyOrPage(ByKey):
    """The same, or the login cookie of our own page with its CSRF token."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        caller = super().__call__(request)
        if caller is not None:
            return caller
        if not request.user.is_authenticated:
            return None
        if csrf_refusal(request):
            raise HttpError(403, "The page's CSRF token is missing or old: reload the page.")
        return Caller(user=request.user)
