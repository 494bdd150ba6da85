"""From an item as it was sent to what a queue takes."""

from annotator.items.records import SentItem
from annotator.models import Queue
from annotator.reading.errors import BadRecord, gettext_noop
from annotator.services.items import MIRROR, NewItem, NewPrelabel

BY_HAND = ("", "api", "upload")  # what made a queue that people and programs may fill


def why_not(queue: Queue) -> str:
    """Why nothing may be added to this queue, as a message id; empty when something may."""
    if queue.closed_at is not None:
        return gettext_noop("The queue is closed: open it again first.")
    if queue.adjudicates_id is not None:
        return gettext_noop("This queue holds the disagreements of another one: it fills itself.")
    if queue.origin not in BY_HAND:
        return gettext_noop("This queue was drawn by chance: other items would spoil its rates.")
    return ""


def new_item(sent: SentItem, *, origin: str, rater: str) -> NewItem:
    """`rater` is whose the pre-labels are that name none."""
    if sent.external_id.endswith(MIRROR):
        raise BadRecord(
            "external_id", gettext_noop("ends with %(end)s, as only mirrored copies do"), end=MIRROR
        )
    prelabels = tuple(
        NewPrelabel(one.question, one.answer, one.confidence, one.rater or rater) for one in sent.prelabels
    )
    return NewItem(
        external_id=sent.external_id,
        input=sent.input,
        output=sent.output,
        left=sent.left,
        right=sent.right,
        left_variant=sent.left_variant,
        right_variant=sent.right_variant,
        context=sent.context,
        error=sent.error,
        metadata=sent.metadata,
        origin=origin,
        reason=sent.reason,
        stratum=sent.stratum,
        inclusion_probability=sent.inclusion_probability,
        gold=sent.gold or None,
        prelabels=prelabels,
    )
