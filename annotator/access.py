"""Who may see and change what: one helper per noun.

An object is always fetched through the project in the URL and the person's role in it.
What somebody may not know of is 404; what a member may not do is 403.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annotator.models import Membership, Project, Queue, Role, User

LABELERS = (Role.OWNER, Role.ANNOTATOR)
ANYBODY = (Role.OWNER, Role.ANNOTATOR, Role.VIEWER)
OWNERS = (Role.OWNER,)


def membership(user: User, slug: str, roles: tuple[Role, ...] = ANYBODY) -> Membership:
    """The person's membership with its project; 404 for a stranger, 403 for a lesser role."""
    found = (
        Membership.objects.select_related("project")
        .filter(user_id=user.pk, project__slug=slug, user__is_active=True)
        .first()
    )
    if found is None:
        raise Http404
    if found.role not in roles:
        raise PermissionDenied
    return found


def project(user: User, slug: str, roles: tuple[Role, ...] = ANYBODY) -> Project:
    return membership(user, slug, roles).project


def queue_of(project: Project, queue_id: UUID) -> Queue:
    """A queue of this project, else 404: a stranger's and a missing one look the same."""
    found = Queue.objects.filter(project=project, pk=queue_id).first()
    if found is None:
        raise Http404
    found.project = project
    return found
