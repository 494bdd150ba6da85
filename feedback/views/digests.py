"""A check's digest: the page that is sent on when the looking is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from annotator import access
from annotator.models import Membership, User
from annotator.web.request import PersonRequest
from feedback.access import check_of
from feedback.models import FailureMode, VibeCheck
from feedback.queries import checks as queries
from feedback.queries.digest import digest as digest_of
from feedback.queries.modes import modes_on
from feedback.services import digests


@dataclass(frozen=True)
class Named:
    """An item that is not good, with the failure modes that were seen in it."""

    seen: queries.Seen
    modes: Sequence[FailureMode]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """The rate, how outputs failed, what is new, who looked, the note; in a minute's reading.

    POST sends it to the members: `to` is rotation or members.
    """
    posted = request.method == "POST"
    me = access.membership(request.user, slug, access.LABELERS if posted else access.ANYBODY)
    found = check_of(me.project, day)
    if posted:
        _send(request, me, found)
        return redirect("check-digest", slug, day)
    (seen,) = queries.looked([found])
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "checks",
        "check": found,
        "seen": seen,
        "estimate": seen.estimate,
        "digest": digest_of(found),
        "failed": _failed(seen),
        "may_send": me.role in access.LABELERS and found.queue_id is not None,
        "goes_out": digests.goes_out(found),
    }
    return render(request, "feedback/digest.html", page)


def _failed(seen: queries.Looked) -> list[Named]:
    """What was not good, with how it fails."""
    rows = queries.items_of(seen.check, most=seen.bad) if seen.bad else []
    named = modes_on([one.item.pk for one in rows])
    return [Named(one, named.get(one.item.pk, [])) for one in rows]


def _send(request: PersonRequest, me: Membership, check: VibeCheck) -> None:
    """Without a channel it would be told to nobody, and count as told once there is one."""
    if not digests.goes_out(check):
        messages.warning(request, _("No channel sends digests yet: it shows in the application alone."))
        return
    people = User.objects.filter(memberships__project=me.project, is_active=True)
    if request.POST.get("to") == "rotation":
        people = people.filter(rotationmember__plan__project=me.project)
    people = people.order_by("pk").distinct()
    sent = digests.send(check, list(people))
    if sent.told:
        said = ngettext("Sent to one person.", "Sent to %(n)s people.", sent.told) % {"n": sent.told}
        messages.success(request, said)
    elif len(sent.unreached) < len(people):
        messages.info(request, _("Everybody whom it reaches has it already, as it is now."))
    if sent.unreached:
        names = ", ".join(one.shown_name for one in sent.unreached)
        said = _("No e-mail to %(names)s: there is no address in their account.") % {"names": names}
        messages.warning(request, said)
