"""Alerts: the list and its files, one alert, what people do with it, the strip on other pages."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access
from annotator.models import Membership
from annotator.stats.intervals import Estimate, wilson
from annotator.web.request import PersonRequest
from drift import alert_words
from drift.access import alert_group_of, alert_of
from drift.alert_rules import Do
from drift.forms.alerts import GIVE, NOTE, ChangeForm, FilterForm
from drift.models import Alert, AlertGroup, AlertState, DriftCheck, WeekCheck
from drift.queries import alerts as queries
from drift.queries.alike import shared
from drift.services import alert_changes, alert_queue
from drift.web import told
from feedback.queries.waiting import today_in

Page = dict[str, Any]
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
WRITERS = {"csv": told.as_table, "jsonl": told.as_lines}


def _page(me: Membership, **more: Any) -> Page:
    return {"project": me.project, "role": me.role, "tab": "drift", "subtab": "alerts", **more}


@login_required
@require_safe
def alert_list(request: PersonRequest, slug: str) -> HttpResponse:
    """The newest first, by filters in the address. `?page=2`"""
    me = access.membership(request.user, slug)
    form = FilterForm(request.GET, project=me.project)
    if not form.is_valid():
        return render(request, "drift/alerts.html", _page(me, form=form, alerts=[]), status=400)
    found = Paginator(queries.alerts_of(me.project, form.wanted()), queries.PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    here = found.get_page(request.GET.get("page", "1"))
    page = _page(me, form=form, alerts=here, query=query.urlencode(), nothing=not found.count)
    return render(request, "drift/alerts.html", page)


@login_required
@require_safe
def alert_file(request: PersonRequest, slug: str, form: str) -> HttpResponseBase:
    """What the list shows, all of it, as CSV or JSON lines."""
    me = access.membership(request.user, slug)
    filters = FilterForm(request.GET, project=me.project)
    if not filters.is_valid():
        raise Http404
    found = queries.alerts_of(me.project, filters.wanted()).iterator(chunk_size=200)
    response = StreamingHttpResponse(WRITERS[form](me.project, found), content_type=TYPES[form])
    name = f"{me.project.slug}-drift-alerts-{today_in(me.project, timezone.now())}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@dataclass(frozen=True)
class Shown:
    """A group as its alert's page shows it."""

    group: AlertGroup
    name: str
    sentence: str
    rows: queries.Rows
    count: int
    now: Estimate
    then: Estimate


@login_required
@require_safe
def alert(request: PersonRequest, slug: str, alert_id: int) -> HttpResponse:
    me = access.membership(request.user, slug)
    return render(request, "drift/alert.html", _alert_page(me, alert_of(me.project, alert_id)))


def _alert_page(me: Membership, found: Alert, **more: Any) -> Page:
    groups = list(
        found.groups.select_related("before__alert", "queue").defer("centroid").prefetch_related("seen")
    )
    rows = queries.rows_of(me.project, groups)
    return _page(
        me,
        alert=found,
        groups=[_shown(one, rows[one.pk], me.project.time_zone) for one in groups],
        events=list(found.events.select_related("by", "to", "group").defer("group__centroid", "group__rows")),
        people=queries.owners_of(me.project) if me.role in access.LABELERS else [],
        may_change=me.role in access.LABELERS,
        is_open=found.state == AlertState.OPEN,
        day=DriftCheck.objects.filter(project=me.project, day=found.day).only("day", "alarm").first(),
        week=WeekCheck.objects.filter(project=me.project, day=found.day).only("day", "alarm").first(),
        **more,
    )


def _shown(group: AlertGroup, rows: queries.Rows, zone: str) -> Shown:
    facts = alert_words.told(group, zone)
    return Shown(
        group,
        alert_words.name(group),
        alert_words.sentence(facts),
        rows,
        facts["rows"],
        wilson(facts["rows"], group.n),
        wilson(group.then_rows, group.then_n),
    )


@login_required
@require_POST
def change(request: PersonRequest, slug: str, alert_id: int) -> HttpResponse:
    """To another state or owner, or a note. What cannot be done any more changes nothing and says so."""
    me = access.membership(request.user, slug, access.LABELERS)
    found = alert_of(me.project, alert_id)
    form = ChangeForm(request.POST, project=me.project)
    if not form.is_valid():
        return render(request, "drift/alert.html", _alert_page(me, found, form=form), status=422)
    do, note = form.cleaned_data["do"], form.cleaned_data["note"]
    if do == GIVE:
        alert_changes.give(found, form.cleaned_data["to"], by=request.user, note=note)
    elif do == NOTE:
        alert_changes.note(found, note, by=request.user)
    else:
        try:
            alert_changes.change(found, Do(do), by=request.user, note=note)
        except alert_changes.CannotBe:
            messages.warning(request, _("Somebody was quicker: look at the alert again."))
    return redirect("drift-alert", slug, alert_id)


@login_required
@require_safe
def in_common(request: PersonRequest, slug: str, alert_id: int, rank: int) -> HttpResponse:
    """A fragment of the alert's page: it looks through the baseline."""
    me = access.membership(request.user, slug)
    group = alert_group_of(alert_of(me.project, alert_id), rank)
    page = {
        "project": me.project,
        "group": group,
        "shared": [(one, _column(one.common.column)) for one in shared(group)],
    }
    return render(request, "drift/alert_in_common.html", page)


def _column(name: str) -> str:
    known = {
        "feature": _("Feature"),
        "model": _("Model"),
        "prompt_version": _("Prompt version"),
        "variant": _("Variant"),
        "end_user": _("User"),
        "hours": _("Time of day"),
    }
    return known.get(name, name.removeprefix("metadata."))


@login_required
@require_POST
def to_queue(request: PersonRequest, slug: str, alert_id: int, rank: int) -> HttpResponse:
    """The group's queue; the second time the same one."""
    me = access.membership(request.user, slug, access.LABELERS)
    group = alert_group_of(alert_of(me.project, alert_id), rank)
    try:
        queue = alert_queue.open_queue(group, by=request.user)
    except alert_queue.NothingLeft:
        messages.warning(request, _("The log has none of these rows any more."))
        return redirect("drift-alert", slug, alert_id)
    return redirect("queue", slug, queue.pk)


@login_required
@require_safe
def strip(request: PersonRequest, slug: str) -> HttpResponse:
    """One line for the pages of others: what is open, or that nothing is. Nothing at all without a plan."""
    me = access.membership(request.user, slug)
    lately = queries.lately(me.project)
    if lately is None:
        return HttpResponse()
    names = [alert_words.name(group) for one in lately.open for group in one.groups.all()]
    page = {"project": me.project, "lately": lately, "names": names[:3], "more": len(names[3:])}
    return render(request, "drift/strip.html", page)
