"""Failure modes: the list, one mode, its words, and what owners do with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.models import Membership, Project, Role
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest
from feedback.access import mode_of
from feedback.forms.modes import FixForm, MergeForm, ModeForm
from feedback.models import FailureMode
from feedback.queries import modes as queries
from feedback.queries import rates
from feedback.queries.interns import interns
from feedback.queries.product_versions import has_arrived, known_versions
from feedback.queries.shifts import zone_of
from feedback.queries.waiting import today_in
from feedback.services import look_again, modes
from feedback.templatetags.vibe import short_day
from feedback.trend import trend
from feedback.web.mode_items import mode_items

Page = dict[str, Any]


def _page(me: Membership, **more: Any) -> Page:
    return {"project": me.project, "role": me.role, "tab": "failures", **more}


@login_required
@require_safe
def mode_list(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    return render(
        request,
        "feedback/modes.html",
        _page(me, modes=queries.seen_modes(me.project), interns=interns(me.project)),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mode_new(request: PersonRequest, slug: str) -> HttpResponse:
    """A mode that nobody has seen yet."""
    me = access.membership(request.user, slug, access.OWNERS)
    form = ModeForm(request.POST or None)
    if form.is_valid():
        try:
            mode = modes.make(
                me.project, form.words(), severity=form.cleaned_data["severity"], by=request.user
            )
        except modes.NameTaken as taken:
            form.add_error("name", _taken(taken))
        except modes.TooMany:
            form.add_error(None, _too_many())
        else:
            messages.success(request, _("Made. It is offered in the next check."))
            return redirect("failure-mode", slug, mode.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "feedback/mode_form.html", _page(me, form=form), status=status)


@login_required
@require_safe
def mode(request: PersonRequest, slug: str, mode_id: int) -> HttpResponse:
    """One mode: what it is, how often it is seen, in which versions, on which items. `?page=2`"""
    me = access.membership(request.user, slug)
    found = mode_of(me.project, mode_id)
    if found.merged_into_id:
        return render(request, "feedback/mode_merged.html", _page(me, mode=found))
    page = _page(
        me,
        seen=queries.seen_mode(found),
        mode=found,
        versions=[(one, payload_html(look_again.guideline(one))) for one in _versions(found)],
        by_version=queries.by_version(found),
        **_rates(found),
        merged=list(found.merged.order_by("name")),
        assertions=list(found.assertions.filter(retired_at=None)),
        may_make=me.role in access.LABELERS,
        pages=mode_items(found, request.GET.get("page", "")),
    )
    if me.role == Role.OWNER:
        page |= {"fix": FixForm(), "merge": MergeForm(found), "known": known_versions(me.project)}
    return render(request, "feedback/mode.html", page)


def _rates(mode: FailureMode) -> Page:
    """Its rate of each week in which a check was looked at."""
    checks = rates.recent_checks(mode.project, today=today_in(mode.project, timezone.now()))
    weeks = rates.by_week(checks, queries.counted(mode))
    return {
        "weeks": list(reversed(weeks)),
        "trend": trend([(week.monday, week.estimate) for week in weeks]),
        "by_week": True,
    }


def _versions(mode: FailureMode) -> list[Any]:
    return list(mode.versions.select_related("created_by").order_by("-number"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mode_edit(request: PersonRequest, slug: str, mode_id: int) -> HttpResponse:
    """Word it anew: a new version, under which nothing was seen yet."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = mode_of(me.project, mode_id)
    newest = modes.newest_version(found)
    known = {name: getattr(newest, name) for name in modes.WORDS}
    form = ModeForm(
        request.POST or None, initial={**known, "severity": found.severity, "seen": newest.number}
    )
    if form.is_valid() and _reword(request, found, form):
        return redirect("failure-mode", slug, mode_id)
    status = 422 if request.method == "POST" else 200
    page = _page(
        me, form=form, mode=found, stale=queries.sightings_of(found).values("item").distinct().count()
    )
    return render(request, "feedback/mode_form.html", page, status=status)


def _reword(request: PersonRequest, mode: FailureMode, form: ModeForm) -> bool:
    told = form.cleaned_data
    try:
        version, new = modes.reword(
            mode, form.words(), severity=told["severity"], seen=told["seen"], by=request.user
        )
    except modes.NameTaken as taken:
        form.add_error("name", _taken(taken))
        return False
    except modes.ChangedMeanwhile:
        form.data = request.POST.copy()
        form.data["seen"] = str(modes.newest_version(mode).number)
        form.add_error(None, _("Somebody reworded it meanwhile. Save again to put your words after theirs."))
        return False
    if new:
        messages.success(
            request,
            _("Version %(n)s is in force. What was seen under an older wording can be looked at again.")
            % {"n": version.number},
        )
    else:
        messages.success(request, _("Saved. Its words are the same, so nothing becomes stale."))
    return True


@login_required
@require_POST
def mode_change(request: PersonRequest, slug: str, mode_id: int) -> HttpResponse:
    """`do`: fix, open, merge, unmerge, retire or back. Each can be undone by another."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = mode_of(me.project, mode_id)
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None:
        messages.error(request, _("Nothing was changed: choose one of the buttons."))
    else:
        try:
            messages.success(request, change(request, found))
        except modes.NameTaken as taken:
            messages.error(request, _taken(taken))
        except (modes.Circle, _Incomplete) as error:
            messages.error(request, str(error) or _("A failure mode cannot be merged into itself."))
    return redirect("failure-mode", slug, mode_id)


class _Incomplete(ValueError):
    """What was sent is not enough; the text is for people."""


def _fix(request: PersonRequest, mode: FailureMode) -> str:
    form = FixForm(request.POST)
    if not form.is_valid():
        raise _Incomplete(_("Say which prompt or model version mended it."))
    version = form.cleaned_data["version"]
    try:
        modes.fix(mode, version, timezone.now())
    except modes.SeenInIt as seen:
        day = short_day(timezone.localtime(seen.at, zone_of(mode.project)))
        said = _("It was seen in %(version)s on %(day)s: name the version that came after.")
        raise _Incomplete(said % {"version": version, "day": day}) from seen
    return " ".join([_("Marked as mended."), _not_here(mode.project, version)]).strip()


def _not_here(project: Project, version: str) -> str:
    """That nothing of this version is in the log, as far as is known: it may be mistyped."""
    arrived = has_arrived(project, version)
    if arrived:
        return ""
    if arrived is None:
        said = _("None of the newest interactions is of %(version)s.")
    else:
        said = _("No interaction of %(version)s has arrived yet.")
    return said % {"version": version}


def _open(_request: PersonRequest, mode: FailureMode) -> str:
    modes.open_again(mode)
    return _("Open again.")


def _merge(request: PersonRequest, mode: FailureMode) -> str:
    form = MergeForm(mode, request.POST)
    if not form.is_valid():
        raise _Incomplete(_("Choose the failure mode that it is merged into."))
    into = form.cleaned_data["into"]
    modes.merge(mode, into)
    return _("Merged: what was seen of it counts for “%(name)s”.") % {"name": into.name}


def _unmerge(_request: PersonRequest, mode: FailureMode) -> str:
    modes.unmerge(mode)
    return _("It is on its own again.")


def _retire(_request: PersonRequest, mode: FailureMode) -> str:
    modes.retire(mode, timezone.now())
    return _("Retired: it is no longer offered. What was seen stays.")


def _back(_request: PersonRequest, mode: FailureMode) -> str:
    modes.bring_back(mode)
    return _("It is offered again.")


CHANGES = {
    "fix": _fix,
    "open": _open,
    "merge": _merge,
    "unmerge": _unmerge,
    "retire": _retire,
    "back": _back,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mode_split(request: PersonRequest, slug: str, mode_id: int) -> HttpResponse:
    """Some of its items become another mode's. `?page=2`"""
    me = access.membership(request.user, slug, access.OWNERS)
    found = mode_of(me.project, mode_id)
    form = ModeForm(request.POST or None, initial={"severity": found.severity})
    chosen = {int(one) for one in request.POST.getlist("item") if one.isdecimal() and len(one) < 19}
    if request.method == "POST" and not chosen:
        form.add_error(None, _("Choose the items that the new failure mode takes over."))
    if form.is_valid():
        items = list(queries.items_of(found).filter(pk__in=chosen))
        try:
            new = modes.split(found, form.words(), items, by=request.user)
        except modes.NameTaken as taken:
            form.add_error("name", _taken(taken))
        except modes.TooMany:
            form.add_error(None, _too_many())
        else:
            messages.success(request, _("Split off, with what was seen on the items that you chose."))
            return redirect("failure-mode", slug, new.pk)
    pages = mode_items(found, request.GET.get("page", ""))
    page = _page(me, mode=found, form=form, pages=pages, chosen=chosen)
    status = 422 if request.method == "POST" else 200
    return render(request, "feedback/mode_split.html", page, status=status)


@login_required
@require_POST
def mode_look_again(request: PersonRequest, slug: str, mode_id: int) -> HttpResponse:
    """A queue of what was told under an older wording."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = mode_of(me.project, mode_id)
    try:
        queue, job = look_again.begin(found, request.user)
    except look_again.NothingStale:
        messages.info(request, _("Nothing to look at again: all was told under the wording in force."))
        return redirect("failure-mode", slug, mode_id)
    if job is None:
        return redirect("queue", slug, queue.pk)
    tasks.ring(job)
    return redirect("job", slug, job.pk)


def _taken(taken: modes.NameTaken) -> str:
    return _(
        "There is a failure mode “%(name)s” already: merge this one into it, or choose another name."
    ) % {"name": taken.mode.name}


def _too_many() -> str:
    return _("There are %(n)s failure modes: nobody can choose from more. Merge or retire some.") % {
        "n": modes.MOST
    }
