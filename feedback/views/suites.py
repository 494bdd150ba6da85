"""Suites: the list, one with its accepted runs, and which assertions it has."""

import shlex
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access
from annotator.models import Membership
from annotator.web.request import PersonRequest
from feedback.access import suite_of
from feedback.forms.suites import SuiteForm
from feedback.queries import suites as found
from feedback.services import suites as services
from feedback.services.assertions import in_force
from feedback.web import suite_rows

PAGE = 25  # runs
KNOWN = 50  # failures that are named


@login_required
@require_safe
def suites(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    rows = [suite_rows.listed(one) for one in found.all_of(me.project)]
    page = {
        **_page(me),
        "suites": rows,
        "assertions": bool(rows) or in_force(me.project).exists(),
    }
    return render(request, "feedback/suites.html", page)


@login_required
@require_safe
def suite(request: PersonRequest, slug: str, suite_key: str) -> HttpResponse:
    """What it has, what the accepted run said, and the runs before it."""
    me = access.membership(request.user, slug)
    shown = found.find(me.project, suite_key)
    if shown is None:
        raise Http404
    newest = found.newest(me.project, suite_key)
    before = _moment(request.GET.get("before", ""))
    runs = found.runs(me.project, suite_key, PAGE + 1, before)
    older = runs[PAGE - 1].created_at if len(runs) > PAGE else None
    page = {
        **_page(me),
        "suite": shown,
        "retired": found.retired(shown.suite) if shown.suite else [],
        "too_many": len(shown.versions) > services.MOST_ASSERTIONS,
        "most": services.MOST_ASSERTIONS,
        "rows": suite_rows.assertions(shown.versions, newest),
        "newest": newest,
        "known": suite_rows.failures(newest, KNOWN) if newest else [],
        "more": max(len(newest.failed) - KNOWN, 0) if newest else 0,
        "runs": [suite_rows.run(one) for one in runs[:PAGE]],
        "paged": before is not None,
        "older": urlencode({"before": older.isoformat()}) if older else None,
        "origin": settings.PUBLIC_URL,
        "quoted": shlex.quote(shown.key),
    }
    return render(request, "feedback/suite.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    form = SuiteForm(
        request.POST if request.method == "POST" else None,
        offered=[one.assertion for one in in_force(me.project)],
        taken=list(me.project.suites.values_list("key", flat=True)),
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.make(
                project=me.project, key=data["key"], name=data["name"], assertions=form.chosen(), by=me.user
            )
        except IntegrityError:  # somebody took the short name a moment ago
            form.add_error("key", form.TAKEN)
        else:
            messages.success(request, _("The suite is made. How a build runs it is written below."))
            return redirect("suite", slug, made.key)
    return render(
        request, "feedback/suite_form.html", {**_page(me), "form": form}, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: PersonRequest, slug: str, suite_key: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    changed = suite_of(me.project, suite_key)
    form = SuiteForm(
        request.POST if request.method == "POST" else None,
        offered=[*(one.assertion for one in in_force(me.project)), *found.retired(changed)],
        fixed=True,
        initial=SuiteForm.of(changed),
    )
    if form.is_valid():
        services.change(changed, name=form.cleaned_data["name"], assertions=form.chosen())
        messages.success(request, _("Saved."))
        return redirect("suite", slug, changed.key)
    page = {**_page(me), "form": form, "suite": changed}
    return render(request, "feedback/suite_form.html", page, status=422 if form.is_bound else 200)


@login_required
@require_POST
def remove(request: PersonRequest, slug: str, suite_key: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    gone = suite_of(me.project, suite_key)
    services.remove(gone)
    messages.success(request, _("The suite “%(name)s” is removed.") % {"name": gone.name})
    return redirect("suites", slug)


def _moment(text: str) -> datetime | None:
    """None, too, for what is no moment with a time zone."""
    try:
        read = parse_datetime(text)
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None


def _page(me: Membership) -> dict[str, object]:
    return {"project": me.project, "role": me.role, "tab": "failures"}
