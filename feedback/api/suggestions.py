"""Suggestions for a host's server, and tokens for its pages."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from django.db import IntegrityError
from ninja import Router, Schema
from pydantic import Field

from annotator.api.auth import ByKey, KeyRequest
from annotator.api.errors import Refused
from annotator.models import Project, Scope
from feedback import tokens
from feedback.api.body import read_json
from feedback.api.interactions_schema import Refusal
from feedback.models import Suggestion, SuggestionTask, Suggests
from feedback.services import suggest
from feedback.services.suggest import OURS
from feedback.services.suggestion_tasks import current
from feedback.suggesters.llm_prompt import MOST_CHOICES

router = Router(tags=["suggestions"])

MOST_CANDIDATES = 1000
IDS = "id: must be a UUID, written in lower case and with its hyphens"
LONGEST = 300  # characters of a candidate
ANSWERS: Any = {(400, 401, 403, 404, 409, 413, 415, 422, 503): Refusal}


class Asked(msgspec.Struct):
    """What a host sends."""

    task: str
    input: str | list[Any] | dict[str, Any]
    id: str | None = None
    candidates: list[str] | None = None
    user: str = ""
    session: str = ""
    metadata: dict[str, Any] | None = None


class Alternative(Schema):
    value: str
    confidence: float


class SuggestionOut(Schema):
    id: str = Field(description="Also the id of the interaction that is logged with it.")
    task: str
    value: str | None = Field(description="Null: no suggestion, go on without; `reason` says why.")
    confidence: float | None = Field(description="The chance that the value is right, 0 to 1.")
    alternatives: list[Alternative] = Field(description="At most five others, the likeliest first.")
    suggester: str
    version: str
    reason: str | None = Field(description="hidden, late, unknown, failed, over_budget or closed.")
    token: str = Field(description="For the page that shows it: may send signals about this, for a day.")
    expires_at: str


class TokenIn(msgspec.Struct):
    interaction: str


class TokenOut(Schema):
    token: str
    expires_at: str


_asked = msgspec.json.Decoder(Asked).decode
_token = msgspec.json.Decoder(TokenIn).decode


@router.post(
    "/suggestions",
    auth=ByKey(Scope.SUGGEST),
    response={200: SuggestionOut, **ANSWERS},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {
        "type": "object",
        "required": ["task", "input"],
        "properties": {
            "task": {"type": "string", "description": "The task's key."},
            "input": {"description": "Text, chat messages or an object: what the suggestion is for."},
            "id": {"type": "string", "format": "uuid",
                   "description": "Made by you: asked again with it, the same suggestion is told again."},
            "candidates": {"type": "array", "items": {"type": "string"},
                           "description": "Only these of the task's values."},
            "user": {"type": "string"}, "session": {"type": "string"}, "metadata": {"type": "object"},
        },
    }}}}},
    operation_id="post_suggestions",
    summary="Ask for a suggestion",
)  # fmt: skip
def post_suggestions(request: KeyRequest) -> dict[str, Any]:
    """Answered within the task's time (800 ms unless set otherwise), with a suggestion or without.

    A share of the answers, set per task, is without one on purpose (`hidden`): what people do then
    is what suggestions are measured against. Show nothing, and send the page's signals all the same.
    """
    sent: Asked = read_json(request, _asked, limit=settings.INGEST_MAX_RECORD_BYTES)
    project = request.auth.key.project
    task = _task(project, sent.task)
    version = current(task)
    if version is None:
        raise Refused(409, f"The task “{task.key}” is not set up yet: give it a suggester in its settings.")
    made = _id(sent.id)
    try:
        return _told(_known(task, made) or suggest.suggest(task, version, _checked(sent, task), made))
    except IntegrityError:  # asked twice at once
        known = _known(task, made)
        if known is None:
            raise
        return _told(known)


@router.post(
    "/feedback/tokens",
    auth=ByKey(Scope.SUGGEST),
    response={200: TokenOut, **ANSWERS},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {
        "type": "object",
        "required": ["interaction"],
        "properties": {"interaction": {"type": "string", "description": "Your own id of the interaction."}},
    }}}}},
    operation_id="post_feedback_tokens",
    summary="A token for a page",
)  # fmt: skip
def post_feedback_tokens(request: KeyRequest) -> dict[str, Any]:
    """A token with which a page may send signals about one interaction, for a day.

    The interaction may be logged before or after.
    """
    sent: TokenIn = read_json(request, _token, limit=settings.INGEST_MAX_RECORD_BYTES)
    if not 1 <= len(sent.interaction) <= 256:
        raise Refused(422, "interaction: must be text of 1 to 256 characters")
    token, expires = tokens.make(request.auth.key.project.pk, sent.interaction)
    return {"token": token, "expires_at": expires.isoformat()}


def _task(project: Project, key: str) -> SuggestionTask:
    found = SuggestionTask.objects.filter(project=project, key=key[:60]).first()
    if found is None:
        known = ", ".join(SuggestionTask.objects.filter(project=project).values_list("key", flat=True)[:20])
        raise Refused(
            404, f"There is no task “{key[:60]}” in this project. There are: {known or 'none yet'}."
        )
    found.project = project
    return found


def _known(task: SuggestionTask, made: UUID) -> Suggestion | None:
    found = Suggestion.objects.filter(pk=made).select_related("task", "version__taxonomy").first()
    if found is not None and found.task_id != task.pk:
        raise Refused(409, "id: another suggestion has it.")
    return found


def _id(sent: str | None) -> UUID:
    if sent is None:
        return uuid4()
    try:
        found = UUID(sent)
    except ValueError as error:
        raise Refused(422, IDS) from error
    if str(found) != sent:  # signals name it as it is written here
        raise Refused(422, IDS)
    return found


def _checked(sent: Asked, task: SuggestionTask) -> suggest.Asked:
    candidates = sent.candidates
    if candidates is not None:
        # Free text has no list from which the likeliest could be chosen first.
        most = MOST_CHOICES if task.suggests == Suggests.TEXT else MOST_CANDIDATES
        if not 1 <= len(candidates) <= most:
            raise Refused(422, f"candidates: 1 to {most} of them for this task")
        if any(not 1 <= len(one) <= LONGEST for one in candidates):
            raise Refused(422, f"candidates: each is text of 1 to {LONGEST} characters")
    if not sent.input:
        raise Refused(422, "input: is empty")
    for name, value in (("user", sent.user), ("session", sent.session)):
        if len(value) > 256:
            raise Refused(422, f"{name}: must be text of at most 256 characters")
    if OURS in (sent.metadata or {}):
        raise Refused(422, f"metadata: “{OURS}” is where we log what was suggested; take another name")
    return suggest.Asked(
        sent.input, None if candidates is None else tuple(candidates), sent.user, sent.session, sent.metadata
    )


def _told(row: Suggestion) -> dict[str, Any]:
    shown = row.value and not row.hidden
    token, expires = tokens.make(row.task.project_id, str(row.pk))
    return {
        "id": str(row.pk),
        "task": row.task.key,
        "value": row.value if shown else None,
        "confidence": row.confidence if shown else None,
        "alternatives": [{"value": value, "confidence": one} for value, one in row.alternatives]
        if shown
        else [],
        "suggester": row.suggester,
        "version": row.version.name,
        "reason": None if shown else (suggest.HIDDEN if row.hidden else row.reason),
        "token": token,
        "expires_at": expires.isoformat(),
    }
