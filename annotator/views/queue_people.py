"""Raters of a queue: how much, how fast, how right on gold, how evenly, how far pre-labels move them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.models import RaterKind
from annotator.queries.raters import (
    LEAST,
    MOST,
    STREAK,
    Suggested,
    Worker,
    suggested_in,
    workers_of,
)
from annotator.views.queue_page import head
from annotator.web.rater_words import drift_sentence, influence_sentence, rightness_sentence
from annotator.web.request import PersonRequest


@login_required
@require_safe
def people(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    membership = access.membership(request.user, slug)
    queue = access.queue_of(membership.project, queue_id)
    page = head(membership, queue, "people")
    alone = access.is_asked_still(membership, queue, finished=page["finished"])
    found = workers_of(queue, only=request.user if alone else None, gold=not alone)
    compared = [worker for worker in found.workers if worker.drift and worker.drift.enough]
    page |= {
        "alone": alone,
        "workers": found.workers,
        "many": len(found.workers) == MOST,
        "several_questions": queue.chain.count() > 1,
        "any_gold": any(worker.gold for worker in found.workers),
        "drifts": [
            (worker.name, drift_sentence(worker.drift, queue.kind)) for worker in compared if worker.drift
        ],
        "too_few": sum(_is_person(worker) for worker in found.workers) - len(compared),
        "least": LEAST,
        "streaks": [(worker.name, streak) for worker in found.workers for streak in worker.streaks],
        "streak": STREAK,
        "bound": None if found.bound_ms is None else found.bound_ms / 1000,
        "suggested": [] if alone else [_said(one) for one in suggested_in(queue)],
    }
    return render(request, "annotator/queue_people.html", page)


def _is_person(worker: Worker) -> bool:
    return worker.kind == RaterKind.HUMAN


def _said(found: Suggested) -> tuple[Suggested, str, str]:
    return found, influence_sentence(found), rightness_sentence(found)
