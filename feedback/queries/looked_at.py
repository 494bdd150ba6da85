"""In which queues an interaction was put, and what was answered."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from annotator.models import Answer, Item, Label, Membership, Project, Queue, Role
from feedback.models import Interaction

MOST = 20


@dataclass
class LookedAt:
    """One queue that holds it, and the day of its check. `hidden`: others answered, and this person has yet to."""

    queue: Queue
    day: date | None = None
    labels: list[Label] = field(default_factory=list)
    hidden: bool = False


def looked_at(interaction: Interaction, member: Membership) -> list[LookedAt]:
    """The newest queues first. Who labels sees the answers of others after answering."""
    items = (
        Item.objects.filter(
            queue__project_id=interaction.project_id,
            external_id__in=(interaction.external_id, str(interaction.pk)),
            origin__in=ORIGINS,
        )
        .select_related("queue")
        .annotate(day=F("queue__vibe_check__day"))
        .only("pk", "metadata", "queue__name", "queue__closed_at", "queue__project_id")
        .order_by("-queue__created_at", "-pk")[:MOST]
    )
    found = {item.pk: LookedAt(item.queue, item.day) for item in items if _is_copy(item, interaction)}
    for label in _standing(list(found)):
        found[label.item_id].labels.append(label)
    for one in found.values():
        _blind(one, member)
    return list(found.values())


def copied_from(project: Project, item: Item) -> UUID | None:
    """The interaction that an item was made from, if the log still has it."""
    try:
        key = UUID((item.metadata or {}).get("interaction", ""))
    except (AttributeError, TypeError, ValueError):
        return None
    return Interaction.objects.filter(project=project, pk=key).values_list("pk", flat=True).first()


ORIGINS = ("interaction", "vibecheck")  # what copies items out of the log


def _is_copy(item: Item, interaction: Interaction) -> bool:
    """An external id may come at two times; an item tells which of them it was made from."""
    copied: str = (item.metadata or {}).get("interaction", str(interaction.pk))
    return copied == str(interaction.pk)


def _standing(items: list[int]) -> list[Label]:
    superseded = Exists(Label.objects.filter(supersedes=OuterRef("pk")))
    rows = Label.objects.filter(~superseded, item__in=items).exclude(answer=Answer.UNDO)
    rows = rows.select_related("rater__user", "question_version").defer("question_version__guideline")
    return list(rows.order_by("question__key", "pk"))


def _blind(one: LookedAt, member: Membership) -> None:
    """An opinion seen before one's own is no longer two opinions."""
    answered = any(label.rater.user_id == member.user_id for label in one.labels)
    if member.role == Role.VIEWER or answered or one.queue.closed_at is not None:
        return
    one.hidden, one.labels = bool(one.labels), []
