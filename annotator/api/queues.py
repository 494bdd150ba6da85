"""Queues: made, listed, told of; filled by `annotator.api.items`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from annotator import access
from annotator.api import labeling_schema as schema
from annotator.api.auth import ByKey, ByKeyOrPage, Caller
from annotator.api.errors import Refused
from annotator.api.queues_schema import QueueIn, StepIn
from annotator.models import Project, Queue, Role, Scope, User
from annotator.queries.chains import chain_of
from annotator.queries.mine import progress_seen_by
from annotator.queries.people import labelers_of
from annotator.queries.queues import progress_of
from annotator.services.labeling import clean
from annotator.services.new_queue import Step, set_up
from annotator.services.queues import BadChain

router = Router(tags=["queues"])


@router.post(
    "/queues",
    auth=ByKey(Scope.QUEUES),
    response={201: schema.QueueDetailOut},
    operation_id="post_queues",
    summary="Make a queue",
)
def post_queues(request: HttpRequest, payload: QueueIn) -> Status[dict[str, Any]]:
    """An empty queue with its chain of questions. Fill it with `POST /queues/{id}/items`.

    There is no idempotency key: the same call twice makes two queues, the second of which can be
    left empty.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]
    assert caller.key is not None  # noqa: S101 - ByKey lets nobody else in
    project, settings = caller.key.project, _settings(payload)
    people = _people(project, payload.people)
    try:
        made = set_up(
            project=project,
            steps=[_step(step) for step in payload.questions],
            restricted=payload.people is not None,
            people=people,
            origin="api",
            **settings,
        )
    except BadChain as bad:
        fields = [
            {"field": f"questions.{fault.step}.{fault.field}", "error": fault.text} for fault in bad.faults
        ]
        raise Refused(422, f"{fields[0]['field']}: {fields[0]['error']}", errors=fields) from bad
    return Status(201, _detail(made))


def _settings(payload: QueueIn) -> dict[str, Any]:
    settings = payload.model_dump(exclude={"questions", "people"})
    settings["name"] = clean(payload.name).strip()
    if not settings["name"]:
        raise Refused(422, "name: is empty")
    if payload.kind == "binary" and payload.mirror_share:
        raise Refused(422, "mirror_share: only pairs can be shown with their sides swapped")
    if payload.kind == "pairwise" and any(step.desirable for step in payload.questions):
        raise Refused(422, "questions: of two outputs neither is the desirable answer")
    return settings


def _step(step: StepIn) -> Step:
    return Step(
        key=step.key,
        text=clean(step.text).strip(),
        guideline=clean(step.guideline),
        desirable=step.desirable,
        after=step.after.question if step.after else "",
        after_answer=step.after.answer if step.after else "",
        stops_on=step.stops_on or "",
    )


def _people(project: Project, names: list[str] | None) -> list[User]:
    if not names:
        return []
    known = {user.username: user for user in labelers_of(project)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused(422, f"people: nobody who labels in this project is called “{unknown[0][:150]}”")
    return [known[name] for name in dict.fromkeys(names)]


def _detail(queue: Queue, *, unaware: User | None = None) -> dict[str, Any]:
    row = {name: getattr(queue, name) for name in schema.QueueOut.model_fields}
    progress = progress_of([queue])[queue.pk]
    if unaware is not None:
        progress = progress_seen_by(queue, unaware, progress)
    return {**row, "questions": chain_of(queue), **vars(progress)}


@router.get(
    "/queues",
    auth=ByKey(Scope.LABEL, Scope.EXPORT, Scope.QUEUES),
    response=list[schema.QueueOut],
    summary="The queues",
)
def queues(request: HttpRequest, limit: int = 100) -> list[Queue]:
    """The queues of the key's project, the newest first, at most 500."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    assert caller.key is not None  # noqa: S101 - ByKey lets nobody else in
    found = Queue.objects.filter(project=caller.key.project).order_by("-created_at", "-pk")
    return list(found[: max(1, min(limit, 500))])


@router.get(
    "/queues/{uuid:queue_id}",
    auth=ByKeyOrPage(Scope.LABEL, Scope.EXPORT, Scope.QUEUES),
    response=schema.QueueDetailOut,
    summary="One queue and how far it is",
)
def queue(request: HttpRequest, queue_id: UUID) -> dict[str, Any]:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    found = caller.queue(queue_id, access.ANYBODY)
    annotates = caller.user is not None and vars(found)["role"] == Role.ANNOTATOR
    return _detail(found, unaware=caller.user if annotates else None)
