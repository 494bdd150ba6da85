"""Is all well? For machines as JSON, for people as a strip on each page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET, require_safe

from annotator.health.examine import Found, examine
from annotator.health.registry import State
from annotator.models import Membership, Role, User
from annotator.web.request import PersonRequest


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """`{"status": ok | degraded | down, "checks": [{"name", "state", "text", "advice"}]}`, in English.

    503 only for “down”: the database is away or its tables are old, so that this process can
    serve nobody and a load balancer should leave it out. A missing worker or broker is an error
    in the list and “degraded” with 200: restarting the web server would not bring it back.
    """
    with translation.override("en"):
        found = examine()
        status = _status(found)
        checks = [
            {
                "name": one.check.name,
                "state": one.finding.state,
                "text": one.finding.text,
                "advice": one.finding.advice,
            }
            for one in found
        ]
    return JsonResponse({"status": status, "checks": checks}, status=503 if status == "down" else 200)


def _status(found: list[Found]) -> str:
    errors = [one for one in found if one.finding.state == State.ERROR]
    if any(one.check.vital for one in errors):
        return "down"
    return "degraded" if errors else "ok"


@login_required
@require_GET
def strip(request: PersonRequest) -> HttpResponse:
    """The worst in one line, all of them when it is opened; nothing at all when all is well.

    With `?notes` what is switched off instead: no trouble, but who could switch it on may look for it.
    """
    if "notes" in request.GET and not _may_set_up(request.user):
        return HttpResponse()
    found = examine()
    if "notes" in request.GET:
        notes = [one.finding for one in found if one.finding.state == State.INFO]
        return render(request, "ui/health_notes.html", {"notes": notes}) if notes else HttpResponse()
    trouble = [one.finding for one in found if one.is_trouble]
    trouble.sort(key=lambda finding: finding.state != State.ERROR)
    if not trouble:
        return HttpResponse()  # not even a line break: the strip is shown unless it is empty
    badge = "badge-no" if trouble[0].state == State.ERROR else "badge-warn"
    page = {"trouble": trouble, "more": len(trouble) - 1, "badge": badge}
    return render(request, "ui/health_strip.html", page)


def _may_set_up(user: User) -> bool:
    """Administrators can change settings; owners know whom to ask."""
    return user.is_superuser or Membership.objects.filter(user=user, role=Role.OWNER).exists()
