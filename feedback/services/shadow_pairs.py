"""Shadow against production, blind: the pairs that a check asks about beside its own queue."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from annotator.models import Project, Question, Queue, QueueKind
from annotator.services.questions import free_key
from annotator.services.queues import NewItem, add_items, make_queue, set_question
from feedback.models import Interaction, VibePlan
from feedback.queries.shadows import pairs_of
from feedback.sampling import Stratum, Urn, together
from feedback.services.draw import seed_of
from feedback.services.lineage import lineage

ORIGIN = "vibecheck-pairs"
QUESTION = "shadow-better"
NAMES = ("variant", "model", "prompt_version")  # what may tell the two sides apart
ID = 16  # bytes


def queue_of(plan: VibePlan, day: date) -> Queue | None:
    """The day's pairs as a queue; None where the plan wants none, or no input was answered by both."""
    if not plan.shadow_pairs:
        return None
    urn = Urn(f"{seed_of(plan.project, day)}:pairs", plan.shadow_pairs, together)
    urn.add(("", key) for key in pairs_of(plan.project, day))
    drawn = urn.draw()
    if not drawn:
        return None
    ((stratum, keys),) = drawn
    queue = make_queue(
        project=plan.project,
        name=_("Shadow against production %(day)s") % {"day": day.isoformat()},
        questions=[_question(plan.project)],
        kind=QueueKind.PAIRWISE,
        origin=ORIGIN,
    )
    add_items(queue, _items(keys, stratum))
    return queue


def _question(project: Project) -> Question:
    """That of the pairs before, so that they can be read together."""
    before = Queue.objects.filter(project=project, origin=ORIGIN).order_by("-created_at").first()
    known = before.questions.first() if before else None
    if known is not None:
        return known
    return set_question(
        project=project,
        key=free_key(project, QUESTION),
        text=_("Which answer is better?"),
        kind=QueueKind.PAIRWISE,
    ).question


def _items(keys: list[bytes], stratum: Stratum) -> list[NewItem]:
    ids = [(UUID(bytes=key[:ID]), UUID(bytes=key[ID:])) for key in keys]
    rows = Interaction.objects.in_bulk([one for pair in ids for one in pair])
    return [_item(rows[left], rows[right], stratum) for left, right in ids]


def _item(production: Interaction, shadow: Interaction, stratum: Stratum) -> NewItem:
    """A context that only one of them had would favour it: it is shown when both had the same."""
    left, right = _names(production, shadow)
    return NewItem(
        external_id=f"{production.pk}:{shadow.pk}",
        input=production.input,
        left=production.output,
        right=shadow.output,
        left_variant=left,
        right_variant=right,
        context=production.context if production.context == shadow.context else None,
        metadata={"left": lineage(production), "right": lineage(shadow)},
        origin=ORIGIN,
        reason=_("production and shadow answered the same input: %(drawn)s of %(population)s pairs")
        % vars(stratum),
        inclusion_probability=stratum.probability,
    )


def _names(production: Interaction, shadow: Interaction) -> tuple[str, str]:
    """What made them, as far as the log tells them apart; else where they ran."""
    for name in NAMES:
        left, right = getattr(production, name), getattr(shadow, name)
        if left and right and left != right:
            return left, right
    return production.environment, shadow.environment
