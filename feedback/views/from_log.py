"""Filling a queue from the log, and the way there from the log's list. Owners only."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotator import access, tasks
from annotator.models import Queue
from annotator.services.sent_items import BY_HAND, why_not
from annotator.views.queue_page import head
from annotator.web.request import PersonRequest
from feedback.forms.from_log import FillForm
from feedback.forms.log import LogForm
from feedback.queries import interactions, matching
from feedback.services import from_log as service

LISTED = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def from_log(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """The filters stand in the address, also of what is posted."""
    me = access.membership(request.user, slug, access.OWNERS)
    queue = access.queue_of(me.project, queue_id)
    posted = request.method == "POST"
    page = head(me, queue, "upload") | {"filters_url": reverse("queue-from-log", args=[slug, queue.pk])}
    if refusal := why_not(queue):
        page |= {"why_not": _(refusal)}
        return render(request, "feedback/from_log.html", page, status=422 if posted else 200)
    filters = LogForm(request.GET)
    page |= {"form": filters, "suggestions": interactions.suggestions(me.project)}
    if not filters.is_valid():
        return render(request, "feedback/from_log.html", page, status=400)
    where = filters.where(ZoneInfo(me.project.time_zone))
    count = matching.counted(me.project, where, most=service.MOST)
    fill = FillForm(request.POST if posted else None, queue=queue, where=where, count=count)
    if fill.is_valid():
        job = service.start(queue, fill.wanted(), token=fill.cleaned_data["token"], by=request.user)
        tasks.ring(job)
        return redirect("job", slug, job.pk)
    page |= {
        "query": filters.query(),
        "chips": filters.chips(),
        "fill": fill,
        "count": count,
        "counted_to": interactions.moment_of(count.searched_to) if count.searched_to else None,
        "sampled": queue.items.filter(inclusion_probability__lt=1).exists(),
        "nothing_logged": count.is_all and not count.n and where.everything,
    }
    return render(request, "feedback/from_log.html", page, status=422 if posted else 200)


@login_required
@require_safe
def to_queue(request: PersonRequest, slug: str) -> HttpResponse:
    """Which queue shall get what these filters match?"""
    me = access.membership(request.user, slug, access.OWNERS)
    filters = LogForm(request.GET)
    valid = filters.is_valid()
    queues = Queue.objects.filter(
        project=me.project, closed_at=None, adjudicates=None, origin__in=BY_HAND
    ).order_by("-created_at")
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "log",
        "query": filters.query() if valid else "",
        "chips": filters.chips() if valid else [],
        "queues": queues[:LISTED],
    }
    return render(request, "feedback/log_to_queue.html", page, status=200 if valid else 400)
