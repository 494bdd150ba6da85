"""What production is held against: the list, a new one, one with its days, and the ways to work."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.models import Membership, Role, User
from annotator.queries.jobs import Shown
from annotator.reading.errors import BadFile
from annotator.web import refusals
from annotator.web.request import PersonRequest
from drift import access as drift_access
from drift.forms.references import AddForm, ReferenceForm, SampleForm
from drift.models import Coverage, Reference
from drift.queries import references as query
from drift.services import reference_inputs, references, uncovered
from drift.services.reference_inputs import NoInput
from drift.services.references import Made, Taken
from drift.web.references import differences, refusal

LISTED = 12  # groups at once: a page on a phone has an end


@login_required
@require_safe
def listed(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    found = [(one, query.estimate_of(one)) for one in query.references_of(me.project)]
    return render(request, "drift/references.html", _page(me) | {"references": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    posted = request.method == "POST"
    form = ReferenceForm(me.project, request.POST, request.FILES) if posted else ReferenceForm(me.project)
    if form.is_valid() and (made := _made(me, request.user, form)):
        return redirect("drift-reference", slug, made.pk)
    page = _page(me) | {"form": form}
    return render(request, "drift/reference_new.html", page, status=422 if posted else 200)


def _made(me: Membership, by: User, form: ReferenceForm) -> Reference | None:
    """None with the reason in the form."""
    try:
        of = _of(me, by, form)
        return references.make(project=me.project, name=form.cleaned_data["name"], of=of, by=by)
    except BadFile as bad:
        form.add_error("file", refusals.of_file(bad))
    except NoInput as error:
        form.add_error(
            "column",
            _("Say which column is the input. The file has: %(columns)s")
            % {"columns": ", ".join(error.columns[:20])},
        )
    except Taken:
        form.add_error("name", _("There is a reference of this name: choose another one."))
    return None


def _of(me: Membership, by: User, form: ReferenceForm) -> Made:
    if form.chosen_version is not None:
        return Made(version=form.chosen_version, split=form.cleaned_data["split"])
    file, column = form.cleaned_data["file"], form.cleaned_data["column"]
    return Made(file=reference_inputs.keep(project=me.project, file=file, column=column, by=by))


@login_required
@require_safe
def reference(request: PersonRequest, slug: str, reference_id: UUID) -> HttpResponse:
    """Of the newest day; `?day=2026-11-23` of another one."""
    me = access.membership(request.user, slug)
    found = drift_access.reference_of(me.project, reference_id)
    page = _page(me) | {"reference": found, "is_baseline": query.is_baseline(found)} | _progress(found)
    if request.htmx:
        return render(request, "drift/reference.html#live", page)
    days = query.days_of(found)
    chosen = query.day_of(days, _day(request))
    if chosen is None and request.GET.get("day"):
        raise Http404
    page |= {"days": days, "trend": query.freshness(days), "chosen": chosen}
    page |= {"other_space": query.other_space(days)}
    if chosen is not None:
        n, done = query.labelled(me.project)
        page |= {
            "told": query.told(me.project, chosen),
            "listed": ":" if "all" in request.GET else f":{LISTED}",
            "refusal": refusal(chosen),
            "differences": differences(chosen),
            "to_label": n,
            "labelled": done,
            "usual": uncovered.USUAL,
            "add": AddForm(me.project) if page["owns"] and done else None,
        }
    return render(request, "drift/reference.html", page)


def _progress(found: Reference) -> dict[str, Any]:
    embedded = query.embedded_in_use(found)
    shown = Shown(embedded.job, timezone.now()) if embedded and embedded.job else None
    return {
        "embedded": embedded,
        "shown": shown,
        "waits": embedded is None,
        "no_space": embedded is None and not query.has_space(found.project),
    }


def _day(request: PersonRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET["day"]) if "day" in request.GET else None
    except ValueError:
        raise Http404 from None


@login_required
@require_POST
def to_queue(request: PersonRequest, slug: str, reference_id: UUID) -> HttpResponse:
    """A sample of what is uncovered: of a group, or of all."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = drift_access.reference_of(me.project, reference_id)
    form = SampleForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("Nothing was sent: say how many, from 1 to %(most)s.") % {"most": uncovered.MOST}
        )
        return redirect("drift-reference", slug, found.pk)
    coverage = drift_access.coverage_of(found, form.cleaned_data["coverage"])
    rank = form.cleaned_data["group"]
    group = drift_access.coverage_group_of(coverage, rank) if rank else None
    try:
        queue = uncovered.to_queue(uncovered.Asked(coverage, group, form.cleaned_data["n"]), by=request.user)
    except uncovered.NothingLeft:
        messages.error(request, _("No queue was made: the log has none of these inputs any more."))
        return _back(slug, found, coverage)
    return redirect("queue", slug, queue.pk)


@login_required
@require_POST
def to_dataset(request: PersonRequest, slug: str, reference_id: UUID) -> HttpResponse:
    """What was labelled of the uncovered goes into the next version of a dataset."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = drift_access.reference_of(me.project, reference_id)
    form = AddForm(me.project, request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was added: choose a dataset of this project."))
        return redirect("drift-reference", slug, found.pk)
    version, job = uncovered.to_dataset(form.chosen_dataset, by=request.user)
    tasks.ring(job)
    return redirect("dataset-version", slug, form.chosen_dataset.pk, version.number)


@login_required
@require_POST
def delete(request: PersonRequest, slug: str, reference_id: UUID) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    found = drift_access.reference_of(me.project, reference_id)
    was_baseline = references.delete(found)
    messages.success(
        request, _("“%(name)s” is deleted. Queues that were made of it stay.") % {"name": found.name}
    )
    if was_baseline:
        messages.warning(
            request, _("Each day was compared with it: from now on it is compared with the days before.")
        )
    return redirect("drift-references", slug)


def _back(slug: str, found: Reference, coverage: Coverage) -> HttpResponse:
    answer = redirect("drift-reference", slug, found.pk)
    answer["Location"] += f"?day={coverage.day.isoformat()}"
    return answer


def _page(me: Membership) -> dict[str, Any]:
    return {
        "project": me.project,
        "role": me.role,
        "owns": me.role == Role.OWNER,
        "tab": "drift",
        "subtab": "references",
    }
