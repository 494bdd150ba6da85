"""Who may see and change what: one helper per noun.

An object is always fetched through the project in the URL and the person's role in it.
What somebody may not know of is 404; what a member may not do is 403.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from annotator.models import (
    ApiKey,
    Dataset,
    DatasetExport,
    DatasetRow,
    DatasetVersion,
    Export,
    Invitation,
    Item,
    ItemImport,
    Job,
    Membership,
    Place,
    Project,
    Question,
    Queue,
    QueuePerson,
    Role,
    User,
)
from annotator.queries.queues import is_finished

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
    found.user = user
    return found


def project(user: User, slug: str, roles: tuple[Role, ...] = ANYBODY) -> Project:
    return membership(user, slug, roles).project


def queue_of(project: Project, queue_id: UUID, queues: QuerySet[Queue] | None = None) -> Queue:
    """A queue of this project, else 404: a stranger's and a missing one look the same."""
    rows = Queue.objects.all() if queues is None else queues
    found = get_object_or_404(rows, project=project, pk=queue_id)
    found.project = project
    return found


def queue_for(
    user: User, queue_id: UUID, roles: tuple[Role, ...], queues: QuerySet[Queue] | None = None
) -> Queue:
    """A queue in any of the person's projects, by one query; else 404, or 403 for a lesser role."""
    memberships = Membership.objects.filter(user_id=user.pk, user__is_active=True)
    role = Subquery(memberships.filter(project=OuterRef("project_id")).values("role"))
    chosen = Exists(QueuePerson.objects.filter(queue=OuterRef("pk"), user_id=user.pk))
    rows = Queue.objects.all() if queues is None else queues
    found = rows.select_related("project").annotate(role=role, chosen=chosen).filter(pk=queue_id).first()
    if found is None or found.role is None:
        raise Http404
    if found.role not in roles:
        raise PermissionDenied
    return found


def is_asked(queue: Queue, user: User) -> bool:
    """Whether a labeler of the project is asked in this queue. No query for one from `queue_for`."""
    if not queue.restricted:
        return True
    known: bool | None = vars(queue).get("chosen")
    return QueuePerson.objects.filter(queue=queue, user_id=user.pk).exists() if known is None else known


def may_label(membership: Membership, queue: Queue) -> bool:
    return membership.role in LABELERS and is_asked(queue, membership.user)


def item_of(project: Project, item_id: int) -> Item:
    """An item of one of this project's queues, without its long texts; else 404."""
    items = Item.objects.select_related("queue").defer("input", "output", "context")
    return get_object_or_404(items, queue__project=project, pk=item_id)


def item_import_of(queue: Queue, import_id: UUID) -> ItemImport:
    """A file that was uploaded into this queue, with its job; else 404."""
    found = get_object_or_404(ItemImport.objects.select_related("job"), queue=queue, pk=import_id)
    found.queue = queue
    return found


def member_of(project: Project, member_id: int) -> Membership:
    """A membership of this project, with its person; else 404."""
    found = get_object_or_404(Membership.objects.select_related("user"), project=project, pk=member_id)
    found.project = project
    return found


def invitation_to(user: User, invitation_id: int) -> Invitation:
    """An invitation that this person got, with its project; else 404."""
    return get_object_or_404(Invitation.objects.select_related("project"), user_id=user.pk, pk=invitation_id)


def invitation_of(project: Project, invitation_id: int) -> Invitation:
    """An invitation to this project, with its person; else 404."""
    return get_object_or_404(Invitation.objects.select_related("user"), project=project, pk=invitation_id)


def key_of(project: Project, key_id: int) -> ApiKey:
    """A key of this project, living or revoked; else 404."""
    return get_object_or_404(ApiKey, project=project, pk=key_id)


def job_of(project: Project, job_id: UUID) -> Job:
    """A job of this project, with who asked for it; else 404."""
    found = get_object_or_404(Job.objects.select_related("asked_by"), project=project, pk=job_id)
    found.project = project
    return found


def may_change_job(membership: Membership, job: Job) -> bool:
    """Owners cancel and retry any job; annotators their own."""
    if membership.role == Role.OWNER:
        return True
    return membership.role == Role.ANNOTATOR and job.asked_by_id == membership.user_id


def export_of(project: Project, export_id: UUID) -> Export:
    """An export of one of this project's queues, with its queue and job; else 404."""
    exports = Export.objects.select_related("queue", "job")
    found = get_object_or_404(exports, queue__project=project, pk=export_id)
    found.queue.project = project
    return found


def may_export(membership: Membership, queue: Queue) -> bool:
    """Owners always. Annotators when that shows them no answer to what they are still to answer."""
    if membership.role == Role.OWNER:
        return True
    return membership.role == Role.ANNOTATOR and not is_blind(membership, queue)


def is_blind(membership: Membership, queue: Queue, *, finished: bool | None = None) -> bool:
    """Who may still be asked about an item, here or in the adjudication, must not see what others said.

    `finished`: every place is filled; looked up when it matters and is not known.
    """
    if membership.role != Role.ANNOTATOR:
        return False
    several = queue.overlap > 1 or queue.tests_people  # gold is asked of everybody
    if several and not (is_finished(queue) if finished is None else finished):
        return True
    return _is_waited_for(membership.user, [queue.pk])


def is_blind_to_any(membership: Membership, queues: list[UUID]) -> bool:
    """The same of several queues, by two queries."""
    if membership.role != Role.ANNOTATOR or not queues:
        return False
    places = Place.objects.filter(queue=OuterRef("pk"), extra=False)
    several = Q(overlap__gt=1) | Q(gold_rate__gt=0) | Q(mirror_share__gt=0)  # as Queue.tests_people
    unfinished = Q(Exists(places.filter(done_at=None))) | ~Q(Exists(places))
    if Queue.objects.filter(several, unfinished, pk__in=queues).exists():
        return True
    return _is_waited_for(membership.user, queues)


def is_asked_still(membership: Membership, queue: Queue, *, finished: bool) -> bool:
    """An annotator whom sums over all answers could still sway."""
    return membership.role == Role.ANNOTATOR and (
        not finished or is_blind(membership, queue, finished=finished)
    )


def _is_waited_for(user: User, queues: list[UUID]) -> bool:
    """Whether a gold item or a mirrored pair waits for this person, whoever else has answered it, or
    something in an adjudication of these queues, where this person is asked."""
    waiting = Place.objects.filter(queue=OuterRef("pk"), done_at=None)
    here = Q(Exists(waiting.filter(extra=True, owner__user=user)), pk__in=queues)
    decides = Q(Exists(waiting.filter(extra=False)), adjudicates__in=queues)
    chosen = Exists(QueuePerson.objects.filter(queue=OuterRef("pk"), user_id=user.pk))
    return Queue.objects.filter(Q(restricted=False) | chosen, here | decides).exists()


def has_work(membership: Membership, queue: Queue, *, finished: bool) -> bool:
    """Whether there is something to label for this person, as far as that is known at a glance."""
    return not finished and queue.closed_at is None and may_label(membership, queue)


def question_of(project: Project, key: str) -> Question:
    """A question of this project, else 404."""
    found = get_object_or_404(Question, project=project, key=key)
    found.project = project
    return found


def dataset_of(project: Project, dataset_id: UUID) -> Dataset:
    """A dataset of this project, else 404."""
    found = get_object_or_404(Dataset, project=project, pk=dataset_id)
    found.project = project
    return found


def dataset_version_of(dataset: Dataset, number: int) -> DatasetVersion:
    """A version of this dataset, made or not, with its job; else 404."""
    versions = DatasetVersion.objects.select_related("job", "created_by")
    found = get_object_or_404(versions, dataset=dataset, number=number)
    found.dataset = dataset
    return found


def made_version_of(dataset: Dataset, number: int) -> DatasetVersion:
    """A version of this dataset that is made, else 404."""
    found = dataset_version_of(dataset, number)
    if found.made_at is None:
        raise Http404
    return found


def dataset_row_of(version: DatasetVersion, position: int) -> DatasetRow:
    found = get_object_or_404(DatasetRow, version=version, position=position)
    found.version = version
    return found


def dataset_export_of(project: Project, export_id: UUID) -> DatasetExport:
    """A file of one of this project's datasets, with its job; else 404."""
    exports = DatasetExport.objects.select_related("version__dataset", "job", "created_by")
    found = get_object_or_404(exports, version__dataset__project=project, pk=export_id)
    found.version.dataset.project = project
    return found


def may_read_rows(membership: Membership, version: DatasetVersion) -> bool:
    """Everybody, but annotators whom a row would show an answer to what they are still to answer."""
    return not is_blind_to_any(membership, [UUID(queue) for queue in version.queues])


def may_export_dataset(membership: Membership, version: DatasetVersion) -> bool:
    """As labels are exported: owners always, annotators when they may read the rows, viewers never."""
    return membership.role in LABELERS and may_read_rows(membership, version)
