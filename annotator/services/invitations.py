"""Letting people into a project: a new name gets an account, an account's owner is asked."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from annotator.models import Invitation, Membership, Project, User
from annotator.services.people import PeopleError, add_member, already_member, signin_link


@dataclass(frozen=True)
class Invited:
    """A new account is in at once and comes with a one-time `link`; else `membership` is None."""

    person: User
    membership: Membership | None = None
    link: str = ""


@transaction.atomic
def invite(*, project: Project, username: str, role: str, email: str = "", by: User | None = None) -> Invited:
    """Let a person in by name.

    Somebody who has an account joins by a click of their own: who is in a project decides who may
    make sign-in links for them, and that is nothing a stranger's project may change.
    """
    person, new = User.objects.get_or_create(
        username=username, defaults={"email": email, "password": make_password(None)}
    )
    if not person.is_active:
        raise PeopleError(_("This account is closed."))
    if new:
        membership = add_member(project=project, user=person, role=role, made_account=True)
        return Invited(person, membership, signin_link(person, by=by))
    if project.memberships.filter(user=person).exists():
        raise already_member(person)
    Invitation.objects.update_or_create(project=project, user=person, defaults={"role": role, "by": by})
    return Invited(person)


@transaction.atomic
def join(invitation: Invitation) -> Membership:
    """The person asked says yes; what was withdrawn in this moment is a PeopleError."""
    if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise PeopleError(_("The invitation was withdrawn."))
    return add_member(project=invitation.project, user=invitation.user, role=invitation.role)


def withdraw(invitation: Invitation) -> None:
    """The person asked says no, or an owner thinks better of it."""
    Invitation.objects.filter(pk=invitation.pk).delete()
