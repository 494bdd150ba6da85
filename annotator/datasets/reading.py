"""Items of a queue with the labels that stand, read for datasets in the order of their ids.

Left out are gold items, which measure people, and mirrored pairs, which ask the same again. What was
decided in the queue's adjudication counts for the item that it was about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from annotator.datasets.content import Provenance
from annotator.datasets.registry import Reading
from annotator.datasets.votes import Answered, Said
from annotator.models import Queue, QueueKind
from annotator.queries.agreement import ANSWERS
from annotator.queries.chains import with_chain

CHUNK = 500

_STANDING = "NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"
_SAID = (
    "l.id, l.question_id, v.number, l.rater_id, r.kind, l.answer, extract(epoch FROM l.created_at)::float8"
)
_LABELS = """annotator_label l JOIN annotator_questionversion v ON v.id = l.question_version_id
             JOIN annotator_rater r ON r.id = l.rater_id"""
_FEATURE = "coalesce(i.metadata ->> 'feature', i.metadata -> 'left' ->> 'feature')"

ITEMS = f"""
    SELECT i.id, i.external_id, i.origin, i.reason, i.inclusion_probability, i.left_variant, i.right_variant,
           i.metadata::text, {{texts}},
           (SELECT json_agg(json_build_array({_SAID}, false, l.marks) ORDER BY l.id)::text FROM {_LABELS}
            WHERE l.item_id = i.id AND l.answer = ANY(%(answers)s) AND r.kind = ANY(%(kinds)s) AND {_STANDING}),
           (SELECT json_agg(json_build_array({_SAID}, true, l.marks) ORDER BY l.surplus, l.id DESC)::text
            FROM {_LABELS} JOIN annotator_item c ON c.id = l.item_id
            WHERE c.copy_of_id = i.id AND c.queue_id = %(decided_in)s AND l.answer = ANY(%(answers)s)
              AND r.kind = ANY(%(kinds)s) AND {_STANDING})
    FROM annotator_item i
    WHERE i.queue_id = %(queue)s AND i.gold IS NULL AND i.copy_of_id IS NULL
      AND (%(features)s::text[] IS NULL OR {_FEATURE} = ANY(%(features)s))
    ORDER BY i.id"""  # noqa: S608 - constants only
TEXTS = ("input", "output", "left", "right", "context")

_read_said = msgspec.json.Decoder(list[Said]).decode


@dataclass(frozen=True)
class Labelled:
    """`texts`: payloads as they are stored, by name; those that are null are left out."""

    queue: Queue
    item: int
    external_id: str
    origin: str
    reason: str
    inclusion_probability: float | None
    variants: tuple[str, str]
    metadata: dict[str, Any]
    texts: Mapping[str, msgspec.Raw]
    said: Sequence[Said]

    def provenance(self, answers: Sequence[Answered]) -> Provenance:
        """Of a row that rests on these answers; how the consensus came about is of the first."""
        labels = sorted({one.label: one for answer in answers for one in answer.labels}.values(), key=_label)
        return Provenance(
            item=self.item,
            external_id=self.external_id,
            queue=str(self.queue.pk),
            origin=self.origin,
            reason=self.reason,
            inclusion_probability=self.inclusion_probability,
            question_version=answers[0].version,
            labels=tuple(one.label for one in labels),
            raters=tuple(dict.fromkeys(one.rater for one in labels)),
            rater_kinds=tuple(dict.fromkeys(one.kind for one in labels)),
            consensus=answers[0].consensus,
        )

    def told(self, answers: Sequence[Answered]) -> dict[str, Any]:
        """The item's metadata, and when it was labelled."""
        newest = max(one.at for answer in answers for one in answer.labels)
        at = datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {**self.metadata, "labelled_at": at}


def _label(one: Said) -> int:
    return one.label


def queues_of(reading: Reading, kind: QueueKind) -> list[Queue]:
    """The chosen queues of this kind with their chains, or all; an adjudication belongs to its queue."""
    found: QuerySet[Queue] = with_chain().using(reading.using.alias)
    found = found.filter(project=reading.project, kind=kind, adjudicates=None)
    if reading.filters.queues:
        found = found.filter(pk__in=reading.filters.queues)
    return list(found.select_related("adjudication").order_by("created_at", "pk"))


def items_of(reading: Reading, queue: Queue) -> Iterator[Labelled]:
    """Those that somebody has answered whom the filters let speak."""
    texts = ", ".join(f'i."{name}"::text' if reading.texts else "NULL" for name in TEXTS)
    adjudication: Queue | None = getattr(queue, "adjudication", None)
    facts = {
        "queue": queue.pk,
        "decided_in": adjudication.pk if adjudication else None,
        "answers": list(ANSWERS[queue.kind]),
        "kinds": list(reading.filters.rater_kinds),
        "features": list(reading.filters.features) or None,
    }
    with reading.using.chunked_cursor() as cursor:
        cursor.execute(ITEMS.format(texts=texts), facts)
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                if row[-1] or row[-2]:
                    yield _labelled(queue, row)


def _labelled(queue: Queue, row: Sequence[Any]) -> Labelled:
    item, external_id, origin, reason, chance, left, right, metadata, *payloads, said, decided = row
    known = msgspec.json.decode(metadata) if metadata else None
    return Labelled(
        queue=queue,
        item=item,
        external_id=external_id,
        origin=origin,
        reason=reason,
        inclusion_probability=chance,
        variants=(left, right),
        metadata=known if isinstance(known, dict) else {},
        texts={
            name: msgspec.Raw(payload)
            for name, payload in zip(TEXTS, payloads, strict=True)
            if payload is not None
        },
        said=[*_read_said(said or "[]"), *_read_said(decided or "[]")],
    )
