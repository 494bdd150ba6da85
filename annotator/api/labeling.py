"""Claim and submit: the same doors for our page and for outside clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from annotator import access
from annotator.api import labeling_answer as answers
from annotator.api import labeling_schema as schema
from annotator.api.auth import ByKeyOrPage, Caller
from annotator.api.errors import Refused
from annotator.api.naming import rater_for, rater_named
from annotator.models import Queue, Rater, Scope
from annotator.queries.chains import chain_of
from annotator.services import labeling

router = Router(tags=["labeling"])
LABELS = ByKeyOrPage(Scope.LABEL)
NAMES = {
    "parameters": [
        {
            "in": "header",
            "name": name,
            "required": False,
            "schema": {"type": "string"},
            "description": text,
        }
        for name, text in (
            ("X-Genba-Rater", "Whom the labels are from; for keys only. Default: the key's name."),
            ("X-Genba-Rater-Kind", "model (default), human, llm or rule"),
        )
    ]
}


def _door(request: HttpRequest, queue_id: UUID) -> tuple[Queue, Rater]:
    """The queue and the rater that the caller labels as."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    queue = caller.queue(queue_id, access.LABELERS)
    if caller.user is not None and not access.is_asked(queue, caller.user):
        raise Refused(403, "Only some people are asked in this queue, and you are not among them.")
    return queue, rater_for(request, caller, queue.project)


@contextmanager
def _own_leases() -> Iterator[None]:
    try:
        yield
    except labeling.NotYours as error:
        raise Refused(404, "One of these leases is not yours: nothing was changed.") from error


@router.post(
    "/queues/{uuid:queue_id}/claim",
    auth=LABELS,
    response=schema.ClaimOut,
    summary="Lease the next items",
    openapi_extra=NAMES,
)
def claim(
    request: HttpRequest,
    queue_id: UUID,
    payload: schema.ClaimIn,
    render: str = "",
) -> HttpResponse:
    """Up to `size` items in the queue's order, yours until `lease_until`; or why there is none.

    Asking again with the same `holder` gives what it holds already, so a lost answer costs
    nothing. Two threads of one rater need two holders. With `?render=html` each item also has
    `html`: its texts as safe HTML, as our own page shows them. A pair has `left` and `right`
    instead of `output`, and `swapped`: show the right side as A. What made them comes with the
    answer's result.
    """
    queue, rater = _door(request, queue_id)
    chain = chain_of(queue)
    claimed = labeling.claim(
        queue=queue,
        rater=rater,
        chain=chain,
        size=payload.size,
        holder=labeling.clean(payload.holder),
        take_over=payload.take_over,
        have=payload.have,
    )
    return answers.claimed(claimed, answers.Shown(queue, rater.pk, chain, html=render == "html"))


@router.post("/labels", auth=LABELS, response=schema.LabelsOut, summary="Submit answers", openapi_extra=NAMES)
def labels(
    request: HttpRequest,
    payload: schema.LabelsIn,
) -> HttpResponse:
    """Each label gets its result, in order; good ones are kept, bad ones are named.

    `answer` may be `skip` (others get the item) and `undo` (takes the newest answer back and
    gives the item to you again; not in a closed queue). The same `idempotency_key` with the same content is a repeat
    and changes nothing. A call with exactly one label answers with that label's own status.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]
    by = rater_named(request, caller)
    read = [answers.read_label(entry) for entry in payload.labels]
    good = [entry for entry in read if isinstance(entry, labeling.Sent)]
    stored = iter(labeling.submit(answers=good, by=by, holder=labeling.clean(payload.holder)) if good else [])
    results = [next(stored) if isinstance(entry, labeling.Sent) else entry for entry in read]
    return answers.submitted(results)


@router.post(
    "/queues/{uuid:queue_id}/renew",
    auth=LABELS,
    response=schema.RenewOut,
    summary="Keep leases",
    openapi_extra=NAMES,
)
def renew(
    request: HttpRequest,
    queue_id: UUID,
    payload: schema.RenewIn,
) -> dict[str, Any]:
    """The time of these leases begins anew. A lease that is not yours: 404, and nothing changes."""
    queue, rater = _door(request, queue_id)
    with _own_leases():
        renewed = labeling.renew(queue=queue, rater=rater, leases=payload.leases)
    return {"lease_until": renewed.until, "renewed": renewed.kept, "lost": renewed.lost}


@router.post(
    "/queues/{uuid:queue_id}/release",
    auth=LABELS,
    response=schema.ReleaseOut,
    summary="Give items back",
    openapi_extra=NAMES,
)
def release(
    request: HttpRequest,
    queue_id: UUID,
    payload: schema.ReleaseIn,
) -> dict[str, Any]:
    """Others get these items at once. What is answered stays answered."""
    queue, rater = _door(request, queue_id)
    holder = None if payload.holder is None else labeling.clean(payload.holder)
    with _own_leases():
        released = labeling.give_back(queue=queue, rater=rater, leases=payload.leases, holder=holder)
    return {"released": released}
