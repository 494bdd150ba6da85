"""Making a project, its first page and its settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotator import access
from annotator.forms.projects import NewProjectForm, ProjectForm
from annotator.queries.people import members_of, waiting
from annotator.services import people
from annotator.web.request import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    form = NewProjectForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            project = people.make_project(owner=request.user, **form.cleaned_data)
        except IntegrityError:  # somebody took the short name a moment ago
            form.add_error("slug", _("This short name is taken: choose another."))
        else:
            return redirect("project", project.slug)
    return render(request, "project_new.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_safe
def overview(request: PersonRequest, slug: str) -> HttpResponse:
    membership = access.membership(request.user, slug)
    project = membership.project
    page = {
        "project": project,
        "role": membership.role,
        "tab": "overview",
        "queues": waiting([project.pk], request.user, each=5)[project.pk],
        "members": members_of(project),
    }
    return render(request, "project.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    membership = access.membership(request.user, slug, access.OWNERS)
    project = membership.project
    known = {"name": project.name, "time_zone": project.time_zone}
    form = ProjectForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        people.change_project(project, **form.cleaned_data)
        messages.success(request, _("The project is saved."))
        return redirect("project-settings", slug)
    page = {"project": project, "role": membership.role, "tab": "settings", "subtab": "general", "form": form}
    return render(request, "project_settings.html", page, status=422 if form.is_bound else 200)
