"""The labeling screen. Its items come by the JSON API, from the page's own script."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

from annotator import access
from annotator.models import DefectKind, ItemOrder, Queue, QueueKind, User
from annotator.queries.chains import Asked, chain_of
from annotator.queries.mine import Mine, progress_by_pass, progress_for, skipped_by
from annotator.services import beside
from annotator.views.queue_page import is_to_be_filled
from annotator.web import label_texts
from annotator.web.panels import queue_end_url
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest


@login_required
@require_GET
def annotate(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    membership = access.membership(request.user, slug, access.LABELERS)
    queue = access.queue_of(membership.project, queue_id)
    if not access.may_label(membership, queue):
        raise PermissionDenied
    chain = chain_of(queue)
    mine = _progress(queue, request.user, len(chain))
    skipped = skipped_by(request.user, queue, chain)
    config = _config(request, queue, mine)
    asks = config["beside"]["asks"] if config["beside"] else []
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "queues",
        "queue": queue,
        "questions": [_question(asked) for asked in chain],
        "answered": mine.answered,
        "total": mine.total,
        "end_url": queue_end_url(queue),
        "to_fill": mine.total == 0 and is_to_be_filled(membership, queue),
        "pairwise": queue.kind == QueueKind.PAIRWISE,
        "says_why": _says_why(queue, chain),
        "has_tools": queue.kind == QueueKind.PAIRWISE or queue.marks,
        "actions": label_texts.actions(queue.kind, marks=queue.marks, asks=asks).items(),
        "panel_keys": label_texts.panel_keys() if asks else [],
        "config": {
            **config,
            "texts": {**label_texts.screen(), "actions": label_texts.all_actions(asks)},
            "questions": {asked.key: asked.text for asked in chain},
            "skipped": skipped,
        },
    }
    return render(request, "annotator/annotate.html", page)


def _progress(queue: Queue, user: User, questions: int) -> Mine:
    return progress_by_pass(queue, user, questions) if queue.by_pass else progress_for(queue, user)


def _says_why(queue: Queue, chain: list[Asked]) -> bool:
    """Whether the line below the question is likely to be used: it has its room from the start."""
    return len(chain) > 1 or queue.order != ItemOrder.GIVEN


def _question(asked: Asked) -> dict[str, str]:
    return {
        "key": asked.key,
        "text": asked.text,
        "guideline": asked.guideline,
        "html": payload_html(asked.guideline) if asked.guideline else "",
    }


def _config(request: PersonRequest, queue: Queue, mine: Mine) -> dict[str, Any]:
    """What static/js/label/main.js is told."""
    api = reverse("api:api-root")
    return {
        "user": str(request.user.pk),
        "csrf": get_token(request),
        "session": reverse("session"),
        "queue": str(queue.pk),
        "kind": queue.kind,
        "byPass": queue.by_pass,
        "marks": queue.marks,
        "defectKinds": _defect_kinds(queue),
        "adjudicates": queue.adjudicates_id is not None,
        "beside": _beside(queue),
        "answered": mine.answered,
        "total": mine.total,
        "more": mine.more,
        "leaseSeconds": settings.LEASE_SECONDS,
        "urls": {
            "claim": f"{api}queues/{queue.pk}/claim?render=html",
            "renew": f"{api}queues/{queue.pk}/renew",
            "release": f"{api}queues/{queue.pk}/release",
            "labels": f"{api}labels",
            "htmx": static("django_htmx/htmx-2.min.js"),
        },
    }


def _beside(queue: Queue) -> dict[str, Any] | None:
    """What is asked beside an answer by the app that made the queue."""
    taken = beside.of(queue.origin)
    return taken.asks(queue) if taken and taken.asks else None


def _defect_kinds(queue: Queue) -> list[dict[str, str]]:
    if not queue.marks:
        return []
    kinds = DefectKind.objects.filter(project=queue.project_id, retired_at=None)
    return [{"key": kind.key, "name": kind.name} for kind in kinds]
