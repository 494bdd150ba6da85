"""What waits for me."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator.queries import people
from annotator.web.request import PersonRequest


@login_required
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    memberships = people.projects_of(request.user)
    waiting = people.waiting([membership.project_id for membership in memberships], request.user)
    cards = [(membership, waiting[membership.project_id]) for membership in memberships]
    asked = people.invitations_of(request.user)
    return render(request, "home.html", {"cards": cards, "asked": asked})
