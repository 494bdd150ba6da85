"""Who sends signals: a program with a key, or an end user's browser with a feedback token."""

from dataclasses import dataclass

from django.http import HttpRequest
from ninja.errors import HttpError

from annotator.api.auth import ByKey, Caller
from annotator.api.errors import Refused
from annotator.models import Project, Scope
from feedback import tokens
from feedback.api.origins import origin_of
from feedback.models import WidgetOrigin
from feedback.tokens import BadToken

OVER = "This feedback token is not one of ours, or has expired: let your server ask for another."


@dataclass(frozen=True)
class Sender:
    """`interaction`: what a token is bound to; None: a key's, which may name any."""

    project: Project
    token: str = ""
    interaction: str | None = None


class SenderRequest(HttpRequest):
    auth: Sender


class ByKeyOrToken:
    """Authentication of the door for signals. Cookies count for nothing."""

    def __init__(self) -> None:
        self._by_key = ByKey(Scope.INGEST)

    def __call__(self, request: HttpRequest) -> Sender | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token.strip().startswith(tokens.PREFIX):
            return self._by_token(request, token.strip())
        caller: Caller | None = self._by_key(request)
        return Sender(caller.key.project) if caller is not None and caller.key is not None else None

    def _by_token(self, request: HttpRequest, token: str) -> Sender:
        try:
            bound = tokens.read(token)
        except BadToken:
            raise Refused(401, OVER) from None
        project = Project.objects.filter(pk=bound.project).first()
        if project is None:
            raise Refused(401, OVER)
        origin = origin_of(request)
        if origin is not None and not WidgetOrigin.objects.filter(project=project, origin=origin).exists():
            request.foreign_origin = True  # type: ignore[attr-defined]
            raise HttpError(403, "This token's project does not list this page's origin.")
        return Sender(project, token, bound.interaction)
