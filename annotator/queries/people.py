"""What a person's home page and a project's first page show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Case, IntegerField, QuerySet, When
from django.db.models.functions import Lower

from annotator.models import Invitation, Membership, Project, Role, User

MOST_COUNTED = 1000  # a queue may hold millions; nobody needs the exact number here
MOST_QUEUES = 100


@dataclass(frozen=True)
class Waiting:
    """An open queue with places to fill. `left` stops at MOST_COUNTED; None: an annotator whom gold
    or mirrored pairs test would see by it which of the answers do not count."""

    project_id: int
    id: UUID
    name: str
    created_at: datetime
    left: int | None

    @property
    def more(self) -> bool:
        return self.left is not None and self.left >= MOST_COUNTED


@dataclass(frozen=True)
class WaitingQueues:
    """A project's queues that wait: the newest are `shown`. `more` stops near MOST_QUEUES: then `many`."""

    shown: list[Waiting]
    more: int = 0

    @property
    def many(self) -> bool:
        return len(self.shown) + self.more >= MOST_QUEUES


def projects_of(user: User) -> list[Membership]:
    """The person's memberships with their projects, by the project's name."""
    own = Membership.objects.select_related("project").filter(user_id=user.pk)
    return list(own.order_by(Lower("project__name"), "pk"))


# Places outside of the overlap wait for their owner alone.
WAITING = """
    f.queue_id = q.id AND f.done_at IS NULL AND (NOT f.extra OR f.owner_id = me.rater)"""


def waiting(projects: Sequence[int], user: User, *, each: int = 3) -> dict[int, WaitingQueues]:
    """Of every project its newest open queues with something left to label for this person. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT q.all_of_them, q.project_id, q.id, q.name, q.created_at,
                   CASE WHEN me.annotates AND (q.gold_rate > 0 OR q.mirror_share > 0) THEN NULL ELSE l.n END
            FROM unnest(%(projects)s::bigint[]) AS p(id)
            CROSS JOIN LATERAL (
                SELECT (SELECT r.id FROM annotator_rater r
                        WHERE r.project_id = p.id AND r.user_id = %(user)s) AS rater,
                       EXISTS (SELECT FROM annotator_membership m
                               WHERE m.project_id = p.id AND m.user_id = %(user)s
                                 AND m.role = 'annotator') AS annotates) me
            CROSS JOIN LATERAL (
                SELECT *, count(*) OVER () AS all_of_them FROM (
                    SELECT * FROM annotator_queue q
                    WHERE q.project_id = p.id AND q.closed_at IS NULL AND EXISTS (
                        SELECT FROM annotator_place f WHERE {WAITING})
                    ORDER BY q.created_at DESC LIMIT %(queues)s) counted
                ORDER BY created_at DESC LIMIT %(each)s) q
            CROSS JOIN LATERAL (
                SELECT count(*) AS n FROM (
                    SELECT FROM annotator_place f WHERE {WAITING} LIMIT %(most)s) counted) l
            ORDER BY q.project_id, q.created_at DESC""",  # noqa: S608 - constants only
            {
                "projects": list(projects),
                "user": user.pk,
                "queues": MOST_QUEUES,
                "each": each,
                "most": MOST_COUNTED,
            },
        )
        found = [(all_of_them, Waiting(*row)) for all_of_them, *row in cursor.fetchall()]
    return {project: _of_project(found, project) for project in projects}


def _of_project(found: Sequence[tuple[int, Waiting]], project: int) -> WaitingQueues:
    mine = [(all_of_them, queue) for all_of_them, queue in found if queue.project_id == project]
    return WaitingQueues([queue for _all, queue in mine], mine[0][0] - len(mine) if mine else 0)


def invitations_of(user: User) -> list[Invitation]:
    """The projects that this person is asked to join, the newest first."""
    asked = Invitation.objects.filter(user_id=user.pk)
    return list(asked.select_related("project", "by").order_by("-pk"))


def members_of(project: Project) -> QuerySet[Membership]:
    """Owners first, viewers last, then by name."""
    rank = Case(*(When(role=role, then=n) for n, role in enumerate(Role.values)), output_field=IntegerField())
    return project.memberships.select_related("user").order_by(rank, Lower("user__username"), "pk")


def labelers_of(project: Project) -> list[User]:
    """Who may label, by name."""
    roles = (Role.OWNER, Role.ANNOTATOR)
    rows = project.memberships.filter(role__in=roles, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by(Lower("user__username"), "pk")]
