"""An invitation's answer by the person asked, and its end by an owner."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotator import access
from annotator.services import invitations, people
from annotator.web.request import PersonRequest


@login_required
@require_POST
def answer(request: PersonRequest, invitation_id: int) -> HttpResponse:
    """`join` joins the project; anything else declines."""
    asked = access.invitation_to(request.user, invitation_id)
    if "join" not in request.POST:
        invitations.withdraw(asked)
        messages.success(request, _("Declined. Nobody was told."))
        return redirect("home")
    try:
        invitations.join(asked)
    except people.PeopleError as error:  # a member by now, or asked no more
        invitations.withdraw(asked)
        messages.error(request, str(error))
        return redirect("home")
    return redirect("project", asked.project.slug)


@login_required
@require_POST
def withdraw(request: PersonRequest, slug: str, invitation_id: int) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    asked = access.invitation_of(me.project, invitation_id)
    invitations.withdraw(asked)
    messages.success(request, _("%(name)s is not asked any more.") % {"name": asked.user.shown_name})
    return redirect("members", slug)
