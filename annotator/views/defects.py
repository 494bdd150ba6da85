"""A project's list of defect kinds: added to, renamed, retired. Owners only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator import access
from annotator.forms.queues import DefectKindForm
from annotator.models import DefectKind, Project
from annotator.services import defects
from annotator.web.request import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kinds(request: PersonRequest, slug: str) -> HttpResponse:
    """`do` is begin, add, rename, retire or restore; the last three name a kind by its `key`."""
    me = access.membership(request.user, slug, access.OWNERS)
    error = _change(me.project, request) if request.method == "POST" else ""
    if request.method == "POST" and not error and not request.htmx:
        return redirect("defect-kinds", slug)
    if error and not request.htmx:
        messages.error(request, error)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "queues",
        "defects": DefectKind.objects.filter(project=me.project),
        "defect_error": error,
        "typed": _typed(request) if error else {},
    }
    template = "annotator/defect_list.html" if request.htmx else "annotator/defects.html"
    # htmx swaps in what has a good status only; the words say what went wrong.
    return render(request, template, page, status=422 if error and not request.htmx else 200)


def _typed(request: PersonRequest) -> dict[str, str]:
    """What was refused, to be mended where it was typed: `key` is empty for a new kind."""
    renames = request.POST.get("do") == "rename"
    return {
        "key": request.POST.get("key", "") if renames else "",
        "name": request.POST.get("name", "")[:1000],
    }


def _change(project: Project, request: PersonRequest) -> str:
    """Do what the form says; the answer is what is wrong with it."""
    do, form = request.POST.get("do", ""), DefectKindForm(request.POST)
    if do == "begin":
        defects.ensure_defect_kinds(project)
        return ""
    if do in {"add", "rename"} and not form.is_valid():
        return _("Give a name of at most 80 characters.")
    if do == "add":
        return _add(project, form.cleaned_data["name"])
    kind = DefectKind.objects.filter(project=project, key=request.POST.get("key", "")).first()
    if kind is None or do not in {"rename", "retire", "restore"}:
        return _("Nothing was changed: that is not something one can do here.")
    if do == "rename":
        defects.rename_defect_kind(kind, form.cleaned_data["name"])
    elif do == "retire":
        defects.retire_defect_kind(kind)
    else:
        defects.restore_defect_kind(kind)
    return ""


def _add(project: Project, name: str) -> str:
    try:
        defects.add_defect_kind(project, name)
    except defects.TooMany:
        return _("There are %(n)s already: retire one first, so that people can read the list.") % {
            "n": defects.MOST
        }
    return ""
