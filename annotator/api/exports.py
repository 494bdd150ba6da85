"""The dataset out: labels as JSON lines, and what they are."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from ninja import Router

from annotator import access
from annotator.api.auth import ByKeyOrPage, Caller
from annotator.api.errors import Refused
from annotator.exports import manifest
from annotator.exports.filters import BadFilter, Filters, given, read
from annotator.models import Membership, Queue, Scope
from annotator.queries.chains import chain_of
from annotator.web.downloads import lines

router = Router(tags=["export"])
EXPORTS = ByKeyOrPage(Scope.EXPORT)
FILTERS: dict[str, Any] = {
    "parameters": [
        {"in": "query", "name": name, "required": False, "schema": {"type": "string"}, "description": text}
        for name, text in (
            ("include", "skipped, surplus, or both with a comma; left out by default"),
            ("question", "a question's key"),
            ("rater_kind", "human, llm, model, rule or end_user"),
            ("rater", "a rater's name"),
            ("since", "a date or time: labels stored from then on"),
        )
    ]
}


def _door(request: HttpRequest, queue_id: UUID) -> tuple[Queue, Filters]:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    queue = caller.queue(queue_id, access.LABELERS)
    if caller.user is not None:
        member = Membership(project=queue.project, user=caller.user, role=vars(queue)["role"])
        if not access.may_export(member, queue):
            raise PermissionDenied
    try:
        return queue, read(given(request.GET), questions=[asked.key for asked in chain_of(queue)])
    except BadFilter as error:
        raise Refused(400, str(error)) from error


@router.get(
    "/queues/{uuid:queue_id}/export.jsonl",
    auth=EXPORTS,
    summary="All labels as JSON lines",
    openapi_extra={
        **FILTERS,
        "responses": {200: {"description": "One label a line", "content": {"application/x-ndjson": {}}}},
    },
)
def export(request: HttpRequest, queue_id: UUID) -> HttpResponseBase:
    """Streamed from one snapshot, in the order of the labels, one line for each that stands.

    A download that was cut is seen: the HTTP client reports an incomplete answer, or the last line
    is half a line that no JSON reader takes. Rows, bytes and SHA-256 of the whole are in the manifest.
    """
    queue, filters = _door(request, queue_id)
    return lines(queue, filters)


@router.get(
    "/queues/{uuid:queue_id}/export.manifest.json",
    auth=EXPORTS,
    summary="What the export is",
    openapi_extra=FILTERS,
)
def export_manifest(request: HttpRequest, queue_id: UUID) -> HttpResponse:
    """Counts, SHA-256, wordings and raters of what export.jsonl gives now, with the same filters."""
    queue, filters = _door(request, queue_id)
    return JsonResponse(
        manifest.of_now(queue, filters), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
