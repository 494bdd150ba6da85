"""Queues: the list, and one with its progress, its people and its labels."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.models import Label, Project, Queue, QueueKind, RaterKind, Role
from annotator.queries.chains import Asked, chain_of
from annotator.queries.labels import latest_labels
from annotator.queries.mine import progress_seen_by
from annotator.queries.queues import Filled, Progress, listed, progress_of, shares_of
from annotator.queries.stale import stale_in
from annotator.services import held
from annotator.views.queue_page import head
from annotator.web.payload.beginning import words
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest

PAGE = 30
LATEST = 20
EXPORTS = 10


@login_required
@require_safe
def queues(request: PersonRequest, slug: str) -> HttpResponse:
    """The newest first; `?after=ID` pages on."""
    membership = access.membership(request.user, slug)
    found = _page(membership.project, request.GET.get("after", ""))
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "queues",
        "queues": listed(found[:PAGE], request.user),
        # Told each time how many are left, an annotator would see which answers do not count: gold.
        "annotates": membership.role == Role.ANNOTATOR,
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "paged": "after" in request.GET,
    }
    return render(request, "annotator/queues.html", page)


def _page(project: Project, after: str) -> list[Queue]:
    found = Queue.objects.filter(project=project).order_by("-created_at", "-pk")
    try:
        last = Queue.objects.filter(project=project, pk=UUID(after)).first()
    except ValueError:
        last = None
    if last is not None:
        earlier = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)
        found = found.filter(earlier)
    return list(found[: PAGE + 1])


@login_required
@require_safe
def queue(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    membership = access.membership(request.user, slug)
    found = access.queue_of(membership.project, queue_id)
    progress = progress_of([found])[found.pk]
    unaware = request.user if membership.role == Role.ANNOTATOR else None
    if unaware is not None:
        progress = progress_seen_by(found, unaware, progress)
    blind = access.is_blind(membership, found, finished=progress.finished)
    latest = latest_labels(found, only_of=request.user if blind else None)[:LATEST]
    page = {
        **head(membership, found, "queue", places=_places(progress)),
        "progress": progress,
        "held": held.how_many(found)
        if membership.role == Role.OWNER and found.kind == QueueKind.PAIRWISE
        else 0,
        "questions": _questions(found),
        "blind": blind,
        "shares": shares_of(found, unaware=unaware),
        "latest": [_latest(label, found, secret=unaware is not None) for label in latest],
        "may_export": access.may_export(membership, found),
        "exports": found.exports.select_related("job", "created_by").order_by("-created_at")[:EXPORTS],
        "rater_kinds": RaterKind.choices,
    }
    return render(request, "annotator/queue.html", page)


def _questions(queue: Queue) -> list[tuple[Asked, str, list[tuple[int, int]]]]:
    """Each with its guideline, and how many answers stand that older wordings got."""
    chain = chain_of(queue)
    stale = stale_in(queue, chain)
    return [
        (
            asked,
            payload_html(asked.guideline),
            [(row.version, row.answers) for row in stale.get(asked.key, ())],
        )
        for asked in chain
    ]


def _latest(label: Any, queue: Queue, *, secret: bool) -> tuple[Label, str]:
    """A label with a few words of its item. `secret`: a mirrored copy does not say that it is one."""
    if secret:
        label.item.external_id = label.item.name_for_raters(queue)
    return label, words(label.output_start) or words(label.input_start)


def _places(progress: Progress) -> Filled:
    """Where there is no place, there is nothing to label either."""
    return Filled(finished=progress.finished or not progress.places, any=bool(progress.places))
