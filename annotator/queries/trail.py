"""All that happened to one item, as rows: who had it when, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from annotator.models import Consensus, Item, Label, Lease, Place, Prelabel, Queue, User

MOST = 300  # rows of each sort; no item that people work on comes near


@dataclass(frozen=True)
class Facts:
    """`decided`: labels on the item's copies in the adjudication queue, by people who decide.

    `only_of` saw nothing of what others did: neither is it here.
    """

    item: Item
    places: Sequence[Place]
    leases: Sequence[Lease]
    labels: Sequence[Label]
    decided: Sequence[Label]
    consensus: Sequence[Consensus]
    prelabels: Sequence[Prelabel]
    mirrors: Sequence[Item]

    @property
    def is_answered(self) -> bool:
        """Every place that counts is filled."""
        counting = [place for place in self.places if not place.extra]
        return bool(counting) and all(place.done_at for place in counting)

    @property
    def superseded(self) -> set[int]:
        return {label.supersedes_id for label in self.labels if label.supersedes_id is not None}

    @property
    def standing(self) -> list[Label]:
        gone = self.superseded
        return [label for label in self.labels if label.pk not in gone and label.answer != "undo"]


def facts_of(item: Item, *, only_of: User | None = None) -> Facts:
    """Six queries at most, however much happened."""
    copies = list(Item.objects.filter(copy_of=item).only("pk", "queue_id", "external_id").order_by("pk"))
    elsewhere = [copy.pk for copy in copies if copy.queue_id != item.queue_id] if only_of is None else []
    labels = _labels([item.pk, *elsewhere], only_of)
    return Facts(
        item=item,
        places=list(Place.objects.filter(item=item).order_by("n")),
        leases=_leases(item, only_of),
        labels=[label for label in labels if label.item_id == item.pk],
        decided=[label for label in labels if label.item_id != item.pk],
        consensus=[] if only_of else list(Consensus.objects.filter(item=item).order_by("pk")),
        prelabels=list(Prelabel.objects.filter(item=item).select_related("rater").order_by("question_id")),
        mirrors=[copy for copy in copies if copy.queue_id == item.queue_id],
    )


def _labels(items: list[int], only_of: User | None) -> list[Label]:
    """Oldest first; of more than MOST the newest."""
    rows: QuerySet[Label] = Label.objects.filter(item__in=items)
    if only_of is not None:
        rows = rows.filter(rater__user=only_of)
    found = (
        rows.select_related("rater__user", "question", "question_version", "by")
        .defer("question_version__guideline")
        .order_by("-pk")[:MOST]
    )
    return list(found)[::-1]


def _leases(item: Item, only_of: User | None) -> list[Lease]:
    rows = Lease.objects.filter(place__item=item)
    if only_of is not None:
        rows = rows.filter(rater__user=only_of)
    return list(rows.select_related("rater__user", "place").order_by("-leased_at")[:MOST])[::-1]


def item_with_texts(queue: Queue, item_id: int) -> Item | None:
    """The item with what it was copied from."""
    return queue.items.select_related("copy_of__queue").filter(pk=item_id).first()
