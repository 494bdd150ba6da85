"""Shifts for calendar programs, by a secret link. They sign in nowhere, so the link is the key."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from feedback.access import plan_for
from feedback.queries.calendar import shifts_of
from feedback.services import rota
from feedback.web.ical import calendar_of

BACK, AHEAD = timedelta(days=31), timedelta(days=120)
FRESH = 900  # seconds: programs that ask every minute get their own copy


@require_safe
def calendar_feed(request: HttpRequest, feed: str) -> HttpResponse:
    link = rota.link_by(feed)
    if link is None:
        raise Http404
    now = timezone.now()
    plan = plan_for(link.project)
    today = rota.today_of(plan, now)
    # A plan that is switched off makes no checks: nobody has to look.
    shifts = shifts_of(plan, link.person, first=today - BACK, last=today + AHEAD) if plan.enabled else []
    body = calendar_of(
        link.project,
        shifts,
        person=link.person_id,
        host=urlsplit(settings.PUBLIC_URL).hostname or "localhost",
        url=settings.PUBLIC_URL + reverse("check-calendar", args=[link.project.slug]),
        stamp=now.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"ETag": etag, "Cache-Control": f"private, max-age={FRESH}"},
    )
    answer["Content-Disposition"] = 'attachment; filename="shifts.ics"'
    return get_conditional_response(request, etag=etag, response=answer) or answer
