"""The topics of a project: the map, the list, one topic."""

from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access, tasks
from annotator.models import Job, JobState, Membership, Role
from annotator.web.request import PersonRequest
from drift.access import topic_of
from drift.forms.topics import NameForm, QueueForm
from drift.models import EmbeddedDay
from drift.queries import map_dots
from drift.queries.topic_maps import in_force
from drift.queries.topics import other_space, standing, trend_of
from drift.services import topic_queues
from drift.services import topics as service
from feedback.trend import trend

Page = dict[str, Any]
LISTED = 12


def _page(me: Membership, **more: Any) -> Page:
    return {"project": me.project, "role": me.role, "tab": "drift", "subtab": "topics", **more}


@login_required
@require_safe
def topics(request: PersonRequest, slug: str) -> HttpResponse:
    """The map and the list; before the first fit what is to come."""
    me = access.membership(request.user, slug)
    found = in_force(me.project)
    jobs = Job.objects.filter(project=me.project, kind=service.FIT).order_by("-created_at")
    page = _page(me, token=uuid4(), job=jobs.first(), running=(JobState.DUE, JobState.LEASED))
    if found is None:
        days = EmbeddedDay.objects.filter(space__project=me.project).exclude(finished_at=None)
        return render(request, "drift/topics.html", page | {"days": days.count()})
    found.project = me.project
    today = timezone.now().astimezone(ZoneInfo(me.project.time_zone)).date()
    told = standing(found, today, seen_by=me)
    shown = told.topics if "all" in request.GET else told.topics[:LISTED]
    page |= {"standing": told, "shown": shown, "more": len(shown) < len(told.topics)}
    return render(request, "drift/topics.html", page)


@login_required
@require_safe
def dots(request: PersonRequest, slug: str) -> HttpResponse:
    """What the map draws, as JSON."""
    me = access.membership(request.user, slug)
    found = in_force(me.project)
    return JsonResponse(map_dots.dots(found) if found else {"day": "", "topics": [], "dots": []})


@login_required
@require_safe
def dot(request: PersonRequest, slug: str, interaction_id: UUID) -> HttpResponse:
    """The beginning of one dot's text, as JSON: `text` is null when the log has it no more."""
    me = access.membership(request.user, slug)
    try:
        row = map_dots.behind(me.project, interaction_id)
    except LookupError as error:
        raise Http404 from error
    return JsonResponse({"text": row.input_preview if row else None})


@login_required
@require_POST
def fit(request: PersonRequest, slug: str) -> HttpResponse:
    """Find topics anew, on demand."""
    me = access.membership(request.user, slug, access.OWNERS)
    job = service.ask_for_a_fit(me.project, token=_token(request), by=request.user)
    tasks.ring(job)
    return redirect("job", slug, job.pk)


def _token(request: PersonRequest) -> UUID:
    """The page's own: sent twice it is one job."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()


@login_required
@require_safe
def topic(request: PersonRequest, slug: str, topic_id: int) -> HttpResponse:
    """One topic: its share day by day, its inputs. `?before=` the id where a page begins."""
    me = access.membership(request.user, slug)
    return render(request, "drift/topic.html", _one(request, me, topic_id))


def _one(request: PersonRequest, me: Membership, topic_id: int) -> Page:
    found = topic_of(me.project, topic_id)
    try:
        before = UUID(request.GET["before"]) if "before" in request.GET else None
    except ValueError:
        before = None
    rows, more = map_dots.rows_of(found, before=before)
    points = trend_of(found)
    page = _page(
        me,
        topic=found,
        rows=rows,
        more=more,
        paged=before is not None,
        nearest=map_dots.nearest_of(found) if before is None else [],
        trend=trend(points),
        points=list(reversed(points)),
        other_space=other_space(me.project.pk),
    )
    if me.role in access.LABELERS:
        page["name_form"] = NameForm(initial={"name": found.name}, label_suffix="")
    if me.role == Role.OWNER:
        page["queue_form"] = QueueForm(project=me.project)
        page["may_ask"] = bool(settings.ANTHROPIC_API_KEY) and found.named_by_id is None
        page["token"] = uuid4()
    return page


@login_required
@require_POST
def rename(request: PersonRequest, slug: str, topic_id: int) -> HttpResponse:
    me = access.membership(request.user, slug, access.LABELERS)
    found = topic_of(me.project, topic_id)
    form = NameForm(request.POST, label_suffix="")
    if not form.is_valid():
        page = _one(request, me, topic_id) | {"name_form": form}
        return render(request, "drift/topic.html", page, status=422)
    service.rename(found, form.cleaned_data["name"], by=request.user)
    messages.success(request, _("Saved: it is called “%(name)s”.") % {"name": found.shown_name})
    return redirect("drift-topic", slug, topic_id)


@login_required
@require_POST
def ask_name(request: PersonRequest, slug: str, topic_id: int) -> HttpResponse:
    """Ask the language model for a name."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = topic_of(me.project, topic_id)
    if not settings.ANTHROPIC_API_KEY:
        messages.error(request, _("No language model is set up."))
        return redirect("drift-topic", slug, topic_id)
    job = service.ask_for_a_name(found, token=_token(request), by=request.user)
    tasks.ring(job)
    return redirect("job", slug, job.pk)


@login_required
@require_POST
def to_queue(request: PersonRequest, slug: str, topic_id: int) -> HttpResponse:
    """Put a random sample of its inputs into a queue."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = topic_of(me.project, topic_id)
    form = QueueForm(request.POST, project=me.project)
    if not form.is_valid():
        page = _one(request, me, topic_id) | {"queue_form": form}
        return render(request, "drift/topic.html", page, status=422)
    told = form.cleaned_data
    job = topic_queues.start(found, told["queue"], told["n"], token=told["token"], by=request.user)
    tasks.ring(job)
    return redirect("job", slug, job.pk)
