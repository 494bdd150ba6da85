"""What changed lately: the days that were judged."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.request import PersonRequest
from drift.models import DriftCheck

SHOWN = 60


@login_required
@require_safe
def overview(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "drift",
        "checks": DriftCheck.objects.filter(project=me.project)[:SHOWN],
    }
    return render(request, "drift/overview.html", page)
