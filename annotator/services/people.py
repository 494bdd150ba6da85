"""People, how they get in, and which project they belong to."""

import hashlib
import secrets
from datetime import timedelta
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from annotator.models import Membership, Project, Role, SigninLink, User
from annotator.services.leases import give_back_all


class PeopleError(ValueError):
    """A change that a rule about people forbids; the text is for the person who asked."""


class MemberGone(PeopleError):
    """Somebody else took the person out of the project meanwhile."""


# --- accounts and ways in ------------------------------------------------------------------


def make_owner(username: str = "owner") -> User:
    """The instance's administrator, made on the first run; the same one when asked again."""
    return User.objects.get_or_create(
        username=username, defaults={"is_superuser": True, "password": make_password(None)}
    )[0]


def signin_link(user: User, *, hours: int = 24, by: User | None = None) -> str:
    """An absolute one-time address that signs `user` in. Only its hash is kept: show it now.

    `by`: who will hand it over; None for a command on the machine.
    """
    now = timezone.now()
    user.signin_links.filter(expires_at__lte=now).delete()
    token = secrets.token_urlsafe(32)
    user.signin_links.create(token_hash=_hash(token), expires_at=now + timedelta(hours=hours), made_by=by)
    return settings.PUBLIC_URL + reverse("signin-by-link", args=[token])


def person_of_link(token: str) -> User | None:
    """Whom an unused link would sign in. Uses nothing up."""
    link = (
        SigninLink.objects.select_related("user")
        .filter(token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
    return link.user if link else None


def use_signin_link(token: str) -> User | None:
    """The person the link signs in, once: of two uses at the same moment one gets None."""
    now = timezone.now()
    # Columns of the link's own row only: with a join, PostgreSQL would test `used_at` in a
    # subquery and not again on the row that a parallel use has changed meanwhile.
    used = SigninLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now)
    if used.update(used_at=now) != 1:
        return None
    return User.objects.filter(signin_links__token_hash=_hash(token), is_active=True).first()


def change_account(user: User, **changes: str) -> None:
    """Any of `first_name`, `email`, `language`, `theme`; the rest stays as it is."""
    if not changes.keys() <= {"first_name", "email", "language", "theme"}:
        raise TypeError(f"An account holds no {sorted(changes)}.")
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))


def set_password(user: User, password: str) -> None:
    """Store a new password; links that were handed out before open nothing any more."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        user.signin_links.filter(used_at=None).delete()


def may_make_link(by: User, person: User) -> bool:
    """Whether `by` may hand out a way into `person`'s account.

    A link opens everything its person can see, now and later. An owner may therefore make one
    only for people whose account an invitation to the owner's project made, and who are in no
    other's project; an administrator may for everybody.
    """
    if by.is_superuser or by.pk == person.pk:
        return True
    owned = set(Membership.objects.filter(user=by, role=Role.OWNER).values_list("project_id", flat=True))
    theirs = list(person.memberships.values_list("project_id", "made_account"))
    brought = any(made for project, made in theirs if project in owned)
    return not person.is_superuser and brought and all(project in owned for project, _made in theirs)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


# --- projects and their members --------------------------------------------------------------


@transaction.atomic
def make_project(*, slug: str, name: str, time_zone: str, owner: User) -> Project:
    """A project with its first owner. `time_zone` is an IANA name; another is a ValueError."""
    if time_zone not in available_timezones():
        raise ValueError(f"There is no time zone “{time_zone}”.")
    project = Project.objects.create(slug=slug, name=name, time_zone=time_zone)
    add_member(project=project, user=owner, role=Role.OWNER)
    return project


def change_project(project: Project, *, name: str, time_zone: str) -> None:
    """Rename it or move it to another time zone; its short name stays, for addresses hold it."""
    project.name, project.time_zone = name, time_zone
    project.save(update_fields=["name", "time_zone"])


def add_member(*, project: Project, user: User, role: str, made_account: bool = False) -> Membership:
    """Let a person in; somebody who is in already is a PeopleError.

    Links that others made for them would open this project too, and open nothing any more.
    """
    made, new = Membership.objects.get_or_create(
        project=project, user=user, defaults={"role": role, "made_account": made_account}
    )
    if not new:
        raise already_member(user)
    others = user.signin_links.filter(used_at=None, made_by__isnull=False)
    others.exclude(made_by=user.pk).delete()
    return made


def already_member(user: User) -> PeopleError:
    return PeopleError(_("%(name)s is a member already.") % {"name": user.username})


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    _lock_members(membership)
    if membership.role == Role.OWNER and role != Role.OWNER:
        _refuse_last_owner(membership)
    if role == Role.VIEWER:
        give_back_all(user=membership.user, project_id=membership.project_id, for_good=True)
    Membership.objects.filter(pk=membership.pk).update(role=role)
    membership.role = role


@transaction.atomic
def remove_member(membership: Membership) -> int:
    """Close the project to a person. Their labels stay; the places they held are free again.

    Returns how many places that were.
    """
    _lock_members(membership)
    if membership.role == Role.OWNER:
        _refuse_last_owner(membership)
    freed = give_back_all(user=membership.user, project_id=membership.project_id, for_good=True)
    Membership.objects.filter(pk=membership.pk).delete()
    return freed


def _lock_members(membership: Membership) -> None:
    """One change of a project's owners at a time: two owners cannot remove each other."""
    Project.objects.select_for_update(no_key=True).get(pk=membership.project_id)
    try:
        membership.refresh_from_db(fields=["role"])
    except Membership.DoesNotExist:
        raise MemberGone(_("This person is in the project no more.")) from None


def _refuse_last_owner(membership: Membership) -> None:
    others = membership.project.memberships.filter(role=Role.OWNER, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise PeopleError(_("A project needs an owner: make somebody else an owner first."))
