"""Filling a queue from a file, a chunk at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from annotator.items.records import ItemReader
from annotator.models import Queue
from annotator.reading import outcome
from annotator.reading.errors import Rejected
from annotator.reading.files import Row
from annotator.reading.plans import Chunk, Plan
from annotator.services.items import NewItem, add_items
from annotator.services.sent_items import new_item

UNNAMED = "model"  # whose the pre-labels are that name none
NAMED = 20  # ids that an outcome names


@dataclass
class ItemOutcome(outcome.Outcome):
    """`held`: of the accepted, those that wait for somebody to look at them. `changed`: of those
    that were there already, those that came with other texts; the first of them by name."""

    held: int = 0
    changed: int = 0
    changed_ids: list[str] = field(default_factory=list)


def store_chunk(
    queue: Queue, reader: ItemReader, plan: Plan, chunk: Chunk, told: ItemOutcome
) -> tuple[ItemOutcome, Sequence[Rejected]]:
    """The outcome with this chunk's, and its lines that are refused."""

    def read(row: Row) -> tuple[NewItem, int]:
        sent = reader.of_row(row, plan.mapping, plan.shape.columns)
        return new_item(sent, origin="upload", rater=UNNAMED), sent.repaired

    found, rejected = chunk.read(read)
    added = add_items(queue, [item for item, _ in found])
    with_chunk = told.plus(
        accepted=added.added,
        duplicates=added.known,
        repaired=sum(repaired for _, repaired in found),
        rejected=rejected,
        held=told.held + added.held,
        changed=told.changed + len(added.conflicts),
        changed_ids=[*told.changed_ids, *added.conflicts][:NAMED],
    )
    return with_chunk, rejected
