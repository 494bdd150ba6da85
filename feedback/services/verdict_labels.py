"""Verdicts on suggestions as labels of end users, in the task's queue, apart from experts' labels.

Of a suggestion that was seen: accepted says yes to its value, rejected says no, edited says no to it and
yes to the value that was chosen instead. People are asked about those that the task's rule names.
"""

from collections.abc import Sequence
from hashlib import blake2b

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.models import Answer, Queue, RaterKind
from annotator.services.items import NewItem, add_items, let_in
from annotator.services.outside_labels import OutsideLabel, set_labels
from annotator.services.questions import free_key, set_question
from annotator.services.queues import make_queue
from annotator.services.raters import named_rater
from feedback.models import Suggestion, SuggestionTask, Verdict
from feedback.services.settle import events_of
from feedback.verdicts import VERDICTS

CHUNK = 200
ORIGIN = "suggestion"
RATER = "End users"
JUDGED = (Verdict.ACCEPTED, Verdict.EDITED, Verdict.REJECTED)


def ensure_queue(task: SuggestionTask) -> Queue:
    """Where the task's verdicts are, as labels; made with the first."""
    if task.queue is not None:
        return task.queue
    with transaction.atomic():
        row = SuggestionTask.objects.select_for_update(of=("self",)).select_related("queue").get(pk=task.pk)
        if row.queue is None:
            question = set_question(
                project=task.project,
                key=free_key(task.project, f"right-{task.key}"),
                text=_("Is this the right value for “%(task)s”?") % {"task": task.name},
            ).question
            row.queue = make_queue(
                project=task.project,
                name=_("%(task)s: verdicts") % {"task": task.name},
                questions=[question],
                origin=ORIGIN,
                hidden_share=0,
            )
            row.save(update_fields=["queue"])
    task.queue = row.queue
    return row.queue


@transaction.atomic
def label_some(task: SuggestionTask) -> int:
    """Labels for some verdicts that have none yet, the oldest first; how many suggestions that were."""
    rows = list(
        Suggestion.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(task=task, labelled=False)
        .select_related("task", "version__taxonomy")
        .defer("version__taxonomy__values")
        .order_by("verdict_at", "pk")[:CHUNK]
    )
    if not rows:
        return 0
    queue = ensure_queue(task)
    said = [one for row in rows for one in _said(row)]
    add_items(queue, [_item(row, value, external_id) for row, value, external_id, _answer in said])
    ids = dict(queue.items.filter(external_id__in=_names(task, rows)).values_list("external_id", "pk"))
    rater = named_rater(task.project, RATER, RaterKind.END_USER)
    set_labels(queue, rater, _labels(rows, said, ids))
    _offer(task, queue, rows, ids)
    Suggestion.objects.filter(pk__in=[row.pk for row in rows]).update(labelled=True)
    return len(rows)


Said = tuple[Suggestion, str, str, str]  # with the value, its item's external id, and the answer


def _said(row: Suggestion) -> list[Said]:
    if row.hidden or row.verdict not in JUDGED or not row.value:
        return []
    right = row.verdict == Verdict.ACCEPTED
    said = [(row, row.value, item_name(row, row.value), Answer.YES if right else Answer.NO)]
    if not right and row.final_value and row.final_value != row.value:
        said.append((row, row.final_value, item_name(row, row.final_value), Answer.YES))
    return [(one, value, name, str(answer)) for one, value, name, answer in said]


def _labels(rows: Sequence[Suggestion], said: Sequence[Said], ids: dict[str, int]) -> list[OutsideLabel]:
    """What is said now, and of values that earlier verdicts named: nothing any more."""
    now = {external_id: answer for _row, _value, external_id, answer in said}
    at = {str(row.pk): row.verdict_at or row.created_at for row in rows}
    return [
        OutsideLabel(item, now.get(name, str(Answer.UNDO)), at[name.partition(":")[0]])
        for name, item in ids.items()
    ]


def _names(task: SuggestionTask, rows: Sequence[Suggestion]) -> set[str]:
    """External ids of all items that these suggestions may have, also by verdicts that were changed."""
    events = events_of(task.project, [str(row.pk) for row in rows], kinds=VERDICTS)
    found = set()
    for row in rows:
        named = {(event.value or {}).get("value") for event in events[str(row.pk)]}
        found |= {item_name(row, value) for value in {row.value, row.final_value, *named} if value}
    return found


def item_name(row: Suggestion, value: str) -> str:
    """One item for each value that a suggestion was about."""
    told = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{row.pk}:{told}"


def _item(row: Suggestion, value: str, external_id: str) -> NewItem:
    return NewItem(
        external_id=external_id,
        input=row.text,
        output=value,
        metadata={
            "interaction": str(row.pk),
            "task": row.task.key,
            "confidence": row.confidence if value == row.value else None,
            "suggested": value == row.value,
            "version": row.version.name,
        },
        origin=ORIGIN,
        reason=row.get_verdict_display(),
        unasked=True,
    )


def _offer(task: SuggestionTask, queue: Queue, rows: Sequence[Suggestion], ids: dict[str, int]) -> None:
    """The suggestions that the rule names are put before people."""
    wanted = [row for row in rows if not row.hidden and row.value and _wants_a_look(task, row)]
    let_in(queue, [ids[name] for row in wanted if (name := item_name(row, row.value)) in ids])


def _wants_a_look(task: SuggestionTask, row: Suggestion) -> bool:
    if row.verdict == Verdict.REJECTED:
        return task.review_rejected
    if row.verdict != Verdict.EDITED or task.review_edited_below is None:
        return False
    return row.confidence is None or row.confidence < task.review_edited_below
