"""How far people agree in a queue, what its items' answers are, and who decides the rest."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotator import access, tasks
from annotator.forms.adjudication import AdjudicatorsForm
from annotator.models import Consensus, Membership, Queue, Role
from annotator.queries.agreement import answers_by_kind, names_of
from annotator.queries.chains import chain_of
from annotator.queries.consensus import PAGE, WHICH, Wanted, decided
from annotator.queries.jobs import Shown
from annotator.queries.queues import progress_of
from annotator.services import adjudication as service
from annotator.services.agreement import KINDS, compare_raters, measure
from annotator.services.consensus import ask_consensus, known_of
from annotator.services.reports import is_outdated
from annotator.views.queue_page import head
from annotator.web import panels
from annotator.web.payload.beginning import words
from annotator.web.quality import ConsensusTold, other_answers, told_of
from annotator.web.request import PersonRequest


def _open(
    request: PersonRequest, slug: str, queue_id: UUID, roles: tuple[Role, ...] = access.ANYBODY
) -> tuple[Membership, Queue]:
    membership = access.membership(request.user, slug, roles)
    return membership, access.queue_of(membership.project, queue_id)


def _seeing(request: PersonRequest, slug: str, queue_id: UUID) -> tuple[Membership, Queue]:
    """For what would tell an annotator too early what others said."""
    membership, queue = _open(request, slug, queue_id)
    if access.is_blind(membership, queue):
        raise PermissionDenied
    return membership, queue


def _kinds(request: PersonRequest) -> str:
    asked = request.GET.get("raters", "")
    return asked if asked in KINDS else "people"


@login_required
@require_safe
def quality(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """The frame, at once: what has to be counted comes by and by. `?raters=programs|all`."""
    membership, queue = _open(request, slug, queue_id)
    page = head(membership, queue, "quality") | {"raters": _kinds(request)}
    if access.is_blind(membership, queue, finished=page["finished"]):
        return render(request, "annotator/quality_blind.html", page)
    page |= {"adjudicates": queue.adjudicates} | _consensus(membership, queue)
    return render(request, "annotator/quality.html", page)


@login_required
@require_safe
def agreement(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """A fragment: each question's numbers."""
    membership, queue = _seeing(request, slug, queue_id)
    raters = _kinds(request)
    page = {
        "project": membership.project,
        "queue": queue,
        "raters": raters,
        "measured": measure(queue, KINDS[raters]),
        "others": other_answers(answers_by_kind(queue), raters),
    }
    return render(request, "annotator/quality_agreement.html", page)


@login_required
@require_safe
def raters(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """A fragment: each person, and people two by two, on one question (`?question=KEY`)."""
    membership, queue = _seeing(request, slug, queue_id)
    chain = chain_of(queue)
    key = request.GET.get("question", "")
    asked = next((one for one in chain if one.key == key), chain[0] if chain else None)
    page = {
        "project": membership.project,
        "queue": queue,
        "chain": chain,
        "asked": asked,
        "raters": _kinds(request),
        "compared": compare_raters(queue, asked.id, KINDS[_kinds(request)]) if asked else None,
    }
    return render(request, "annotator/quality_raters.html", page)


def _consensus(membership: Membership, queue: Queue) -> dict[str, Any]:
    known = known_of(queue)
    names = names_of(ConsensusTold.raters_in(known.questions))
    return {
        "known": known,
        "told": [told_of(asked, known.questions.get(asked.key), names) for asked in chain_of(queue)],
        "working": Shown(known.job, timezone.now()) if known.job else None,
        "may_decide": membership.role == Role.OWNER,
        "outdated": queue.overlap > 1 and not known.job and is_outdated(known.report, known.newer),
        "time_zone": membership.project.time_zone,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consensus(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """POST computes it. GET lists the items: `?which=disputed|undecided|differs&question=KEY&after=ID`;
    for htmx, the panel of the queue's page."""
    if request.method == "POST":
        _membership, queue = _open(request, slug, queue_id, access.OWNERS)
        tasks.ring(ask_consensus(queue=queue, by=request.user))
        return redirect("queue-quality", slug, queue_id)
    membership, queue = _seeing(request, slug, queue_id)
    if request.htmx:
        page = {"project": membership.project, "queue": queue} | _consensus(membership, queue)
        return render(request, "annotator/quality_consensus.html", page)
    return render(request, "annotator/consensus.html", _listed(request, membership, queue))


def _listed(request: PersonRequest, membership: Membership, queue: Queue) -> dict[str, Any]:
    which, key = request.GET.get("which", ""), request.GET.get("question", "")
    after = request.GET.get("after", "")
    wanted = Wanted(
        which if which in WHICH else "",
        queue.questions.filter(key=key).first(),
        int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,
    )
    rows = list(decided(queue, wanted)[: PAGE + 1])
    return head(membership, queue, "quality") | {
        "wanted": wanted,
        "chain": chain_of(queue),
        "report": known_of(queue),
        "rows": [_row(queue, row) for row in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
    }


def _row(queue: Queue, row: Any) -> tuple[Consensus, str, str]:
    """With a few words of its item, and where that came from."""
    text = words(row.output_start) or words(row.input_start)
    return row, text, panels.item_url(queue.project, row.item)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjudication(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """GET is a fragment: what is disputed, and where that is decided. POST sends it there; the
    first time it makes the queue, for `people`."""
    if request.method != "POST":
        membership, queue = _seeing(request, slug, queue_id)
        return render(request, "annotator/quality_adjudication.html", _decided_by(membership, queue))
    membership, queue = _open(request, slug, queue_id, access.OWNERS)
    if queue.adjudicates_id is not None:
        messages.error(request, _("What is decided here is decided: it is not sent on."))
        return redirect("queue-quality", slug, queue_id)
    form = AdjudicatorsForm(membership.project, request.POST)
    if not form.is_valid():
        page = head(membership, queue, "quality") | {"raters": "people"} | _consensus(membership, queue)
        page |= _decided_by(membership, queue, form)
        return render(request, "annotator/quality.html", page, status=422)
    into = service.make_adjudication(queue=queue, people=form.cleaned_data["people"], by=request.user)
    if into.closed_at is not None:
        messages.error(request, _("The adjudication queue is closed: nothing was sent."))
    elif sent := service.send(queue):
        messages.success(request, _("Sent to be decided: %(n)d.") % {"n": sent})
    else:
        messages.info(request, _("Nothing to send: everything disputed was sent before."))
    return redirect("queue-quality", slug, queue_id)


def _decided_by(membership: Membership, queue: Queue, form: AdjudicatorsForm | None = None) -> dict[str, Any]:
    into = service.adjudication_of(queue)
    chosen = into.people.order_by("username") if into and into.restricted else ()
    return {
        "project": membership.project,
        "queue": queue,
        "into": into,
        "progress": progress_of([into])[into.pk] if into else None,
        "chosen": [person.shown_name for person in chosen],
        "disputed": service.disputed(queue),
        "form": form or AdjudicatorsForm(membership.project),
        "may_decide": membership.role == Role.OWNER,
        "panel": True,
    }
