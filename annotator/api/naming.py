"""Which rater a request labels as."""

from django.http import HttpRequest

from annotator.api.auth import Caller
from annotator.api.errors import Refused
from annotator.models import ApiKey, Project, Rater, RaterKind, User
from annotator.services import labeling

LONGEST = 150


def rater_for(request: HttpRequest, caller: Caller, project: Project) -> Rater:
    """The person's own rater, or the one that the key's headers name."""
    if caller.user is not None:
        return labeling.rater_of(project, caller.user)
    return _rater_of_key(request, caller)


def rater_named(request: HttpRequest, caller: Caller) -> Rater | User:
    """For a call that names no queue: the person, whose raters are found by their leases."""
    return caller.user if caller.user is not None else _rater_of_key(request, caller)


def _rater_of_key(request: HttpRequest, caller: Caller) -> Rater:
    key: ApiKey | None = caller.key
    if key is None:
        raise Refused(401, "Give a valid API key.")
    kind = request.headers.get("X-Genba-Rater-Kind", "").strip().lower()
    if kind and kind not in RaterKind.values:
        raise Refused(422, f"X-Genba-Rater-Kind is one of: {', '.join(RaterKind.values)}.")
    name = labeling.clean(_text(request.headers.get("X-Genba-Rater", ""))).strip()
    if len(name) > LONGEST:
        raise Refused(422, f"X-Genba-Rater has at most {LONGEST} characters.")
    return labeling.rater_of_key(key, name, kind)


def _text(header: str) -> str:
    """Headers arrive as Latin-1; a client that sent UTF-8 meant UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
