"""Answers that were asked for again, as pairs of which end users kept one: preferences for export."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from annotator.models import Answer, Project, Queue, QueueKind, RaterKind
from annotator.services.items import NewItem, add_items
from annotator.services.outside_labels import OutsideLabel, set_labels
from annotator.services.questions import free_key, set_question
from annotator.services.queues import make_queue
from annotator.services.raters import named_rater
from feedback import regenerated
from feedback.models import Interaction, Regeneration, Signal
from feedback.queries.matching import first_of_their_name
from feedback.services.lineage import lineage
from feedback.services.settle import events_of
from feedback.services.verdict_labels import RATER

ORIGIN = "regeneration"
QUESTION = "preferred"
SAYS = {regenerated.OLD: Answer.LEFT, regenerated.NEW: Answer.RIGHT}


def note(project: Project, signals: Iterable[Signal]) -> list[Regeneration]:
    """Regenerations that these signals are about, brought up to date."""
    names = set()
    for one in signals:
        names.add(one.interaction)
        new = new_answer(one)
        if new is not None:
            Regeneration.objects.get_or_create(
                project=project,
                old=one.interaction,
                new=new,
                defaults={"kept": regenerated.NEW, "asked_at": one.occurred_at},
            )
    mine = Regeneration.objects.filter(Q(old__in=names) | Q(new__in=names), project=project)
    rows = list(mine.select_for_update(no_key=True).order_by("pk"))  # then what others stored before is seen
    both = [name for row in rows for name in (row.old, row.new)]
    events = events_of(project, both, kinds=("regenerated", *regenerated.USED))
    for row in rows:
        row.kept = regenerated.kept(events[row.old], events[row.new])
    Regeneration.objects.bulk_update(rows, ["kept"])
    return rows


def new_answer(signal: Signal) -> str | None:
    """The external id of the answer that was asked for in place of the signal's."""
    new = (signal.value or {}).get("new") if signal.kind == "regenerated" else None
    return new[:256] if isinstance(new, str) and new not in {"", signal.interaction} else None


@transaction.atomic
def label(project: Project, rows: Sequence[Regeneration]) -> int:
    """The pairs whose answers are both in the log, as items with the end user's choice; how many."""
    logged = _logged(project, rows)
    both = [row for row in rows if row.old in logged and row.new in logged]
    if not both:
        return 0
    queue = _queue(project)
    add_items(queue, [_item(row, logged[row.old], logged[row.new]) for row in both])
    ids = dict(queue.items.filter(external_id__in=map(_id, both)).values_list("external_id", "pk"))
    rater = named_rater(project, RATER, RaterKind.END_USER)
    said = [OutsideLabel(ids[_id(row)], SAYS[row.kept], row.asked_at) for row in both if _id(row) in ids]
    set_labels(queue, rater, said)
    return len(both)


def _logged(project: Project, rows: Sequence[Regeneration]) -> dict[str, Interaction]:
    names = first_of_their_name(project, {name for row in rows for name in (row.old, row.new)})
    found = Interaction.objects.in_bulk(list(names.values()))
    return {name: found[key] for name, key in names.items() if found[key].output is not None}


def _queue(project: Project) -> Queue:
    """One a project, locked while pairs are added."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    found = Queue.objects.filter(project=project, origin=ORIGIN).first()
    if found is not None:
        return found
    question = set_question(
        project=project,
        key=free_key(project, QUESTION),
        text=_("Which answer is better?"),
        kind=QueueKind.PAIRWISE,
    ).question
    name = _("Answers that were asked for again")
    return make_queue(
        project=project, name=name, questions=[question], kind=QueueKind.PAIRWISE, origin=ORIGIN
    )


def _id(row: Regeneration) -> str:
    return f"regeneration-{row.pk}"


def _item(row: Regeneration, old: Interaction, new: Interaction) -> NewItem:
    return NewItem(
        external_id=_id(row),
        input=old.input,
        left=old.output,
        right=new.output,
        left_variant=old.prompt_version or old.model,
        right_variant=new.prompt_version or new.model,
        metadata={"left": lineage(old), "right": lineage(new)},
        origin=ORIGIN,
        reason=_("an end user asked again"),
        unasked=True,
    )
