"""A check's digest: the page that is sent on when the looking is done."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.request import PersonRequest
from feedback.access import check_of
from feedback.queries import checks as queries
from feedback.queries.digest import digest as digest_of


@login_required
@require_safe
def digest(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """The rate, how outputs failed, what is new, who looked, the note; in a minute's reading."""
    membership = access.membership(request.user, slug)
    found = check_of(membership.project, day)
    (seen,) = queries.looked([found])
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "checks",
        "check": found,
        "seen": seen,
        "estimate": seen.estimate,
        "digest": digest_of(found),
        "failed": [one for one in queries.items_of(found) if one.bad],
    }
    return render(request, "feedback/digest.html", page)
