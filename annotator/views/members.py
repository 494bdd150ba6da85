"""Who is in a project. Everybody in it sees that; owners change it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator import access
from annotator.forms.projects import InviteForm, RoleForm
from annotator.models import Membership, Role
from annotator.queries.people import members_of
from annotator.services import invitations, members_change, people
from annotator.web.request import PersonRequest

Page = dict[str, object]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: PersonRequest, slug: str) -> HttpResponse:
    inviting = request.method == "POST"
    me = access.membership(request.user, slug, access.OWNERS if inviting else access.ANYBODY)
    form = InviteForm(request.POST if inviting else None)
    if form.is_valid():
        try:
            invited = invitations.invite(project=me.project, by=request.user, **form.cleaned_data)
        except people.PeopleError as error:
            form.add_error("username", str(error))
        else:
            if invited.membership is not None:
                return _hand_over(request, me, invited.membership, invited.link)
            messages.success(
                request,
                _("%(name)s has an account and is asked to join, on their home page.")
                % {"name": invited.person.shown_name},
            )
            return redirect("members", slug)
    page = {**_page(me), "members": members_of(me.project), "form": form}
    if me.role == Role.OWNER:
        page["asked"] = me.project.invitations.select_related("user").order_by("-pk")
    return render(request, "members.html", page, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: PersonRequest, slug: str, member_id: int) -> HttpResponse:
    """One member: another role, a new way in, or out of the project."""
    me = access.membership(request.user, slug, access.OWNERS)
    them = access.member_of(me.project, member_id)
    posted, remove = request.method == "POST", "remove" in request.POST
    form = RoleForm(request.POST if posted and not remove else None, initial={"role": them.role})
    try:
        if remove:
            return _remove(request, them)
        if form.is_valid():
            with members_change.changing(me.project, request.user):
                people.change_role(them, form.cleaned_data["role"])
            messages.success(request, _("The role is changed."))
            return redirect("members", slug)
    except people.MemberGone as error:
        messages.error(request, str(error))
        return redirect("members", slug)
    except people.PeopleError as error:
        messages.error(request, str(error))
    may_link = people.may_make_link(request.user, them.user)
    page = {**_page(me), "them": them, "form": form, "may_link": may_link}
    return render(request, "member.html", page, status=422 if posted else 200)


@login_required
@require_POST
def link(request: PersonRequest, slug: str, member_id: int) -> HttpResponse:
    """A new one-time link for somebody who cannot get in."""
    me = access.membership(request.user, slug, access.OWNERS)
    them = access.member_of(me.project, member_id)
    if not people.may_make_link(request.user, them.user):
        raise PermissionDenied
    return _hand_over(request, me, them, people.signin_link(them.user, by=request.user))


def _page(me: Membership) -> Page:
    return {"project": me.project, "role": me.role, "me": me, "tab": "settings", "subtab": "members"}


def _hand_over(request: PersonRequest, me: Membership, them: Membership, link: str) -> HttpResponse:
    """Shown in the answer itself, not after a redirect: so it is stored nowhere on the way."""
    return render(request, "member_link.html", {**_page(me), "them": them, "link": link})


def _remove(request: PersonRequest, them: Membership) -> HttpResponse:
    with members_change.changing(them.project, request.user):
        people.remove_member(them)
    messages.success(request, _("%(name)s is out of the project.") % {"name": them.user.shown_name})
    if them.user_id == request.user.pk:
        return redirect("home")
    return redirect("members", them.project.slug)
