"""What of a day's inputs and outputs is other than on the days before: a part of the day's page."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.request import PersonRequest
from drift.queries import structural
from drift.web.structure_page import page_of


@login_required
@require_safe
def structure(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """Of a day that was not compared it says so."""
    project = access.membership(request.user, slug).project
    changes, read = structural.changes_of(project, day), structural.day_of(project, day)
    found = page_of(project, changes, read, week=not structural.tells_of_week(project, day))
    return render(request, "drift/structure.html", {"project": project, "day": day, "page": found})
