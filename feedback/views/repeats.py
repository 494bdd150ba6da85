"""Inputs that were run several times: which of them the product answers differently."""

from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.request import PersonRequest
from feedback import days
from feedback.access import interaction_of
from feedback.models import Interaction
from feedback.queries import repeats as queries
from feedback.queries.interactions import holds_any


@login_required
@require_safe
def repeats(request: PersonRequest, slug: str) -> HttpResponse:
    """Groups, those first whose runs agree least. `?page=2` goes on."""
    me = access.membership(request.user, slug)
    wanted = request.GET.get("page", "")
    number = min(max(int(wanted), 1), 1000) if wanted.isdecimal() and len(wanted) < 5 else 1
    groups, more = queries.repeated(me.project, page=number - 1)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "log",
        "groups": groups,
        "number": number,
        "more": more,
        "read": queries.READ,
        "logged": bool(groups) or holds_any(me.project),
    }
    return render(request, "feedback/repeats.html", page)


@login_required
@require_safe
def runs(request: PersonRequest, slug: str, interaction_id: UUID) -> HttpResponse:
    """All answers that the input of this interaction got from the same version, the rarest first."""
    me = access.membership(request.user, slug)
    found = interaction_of(me.project, interaction_id)
    group = queries.runs_of(found)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "log",
        "interaction": found,
        "group": group,
        "read": queries.READ,
        "query": _filters(found, group, ZoneInfo(me.project.time_zone)) if group else "",
    }
    return render(request, "feedback/runs.html", page)


def _filters(like: Interaction, group: queries.Runs, zone: ZoneInfo) -> str:
    """The log's filters that match this group, and not what ran before or after it, nor another version's
    where this one tells no model, prompt version or feature."""
    version = {name: getattr(like, name) for name in ("feature", "model", "prompt_version")}
    wanted = {
        "same_input": like.input_hash,
        **version,
        "without": ",".join(name for name, value in version.items() if not value),
        "since": days.day_of(group.first, zone).isoformat(),
    }
    return urlencode({name: value for name, value in wanted.items() if value})
