"""A queue's labels as JSON lines, streamed from one snapshot.

PostgreSQL writes the JSON, so payloads pass through as the text that is stored. One server-side
cursor is one snapshot, however long the reading takes. Lines come in the order of their labels,
so the same labels give the same bytes. Lookups are scalar subqueries: a join would make the
planner build a hash table of everything before the first line.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from django.db import Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.exports.filters import Filters
from annotator.models import Queue, QueueKind

CHUNK_BYTES = 1024 * 1024
FIRST_ROWS, MOST_ROWS = 50, 500
SEPARATE = "separate"
PATIENCE = "15min"  # a slow reader may take this long over one chunk

# name: where it comes from, and what it means (the manifest tells)
Columns = dict[str, tuple[str, str]]
COLUMNS: Columns = {
    "external_id": ("i.external_id", "the item's id at its source"),
    "question": ("q.key", "the question's key"),
    "question_version": ("v.number", "the wording that was answered; see questions"),
    "answer": ("l.answer", "yes, no; of pairs left, right, tie, both_bad; skip if included"),
    "rater": ("r.name", "who answered"),
    "rater_kind": ("r.kind", "human, llm, model, rule or end_user"),
    "rater_id": ("r.id", "tells raters of one name apart"),
    "ms": ("l.ms", "milliseconds from shown to answered, where it was measured"),
    "prelabel_shown": ("l.prelabel_shown", "whether the rater saw a model's answer; null: there was none"),
    "gold": ("i.gold IS NOT NULL", "the right answer was known before: a check on the rater"),
    "created_at": (
        """to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        "when the answer was stored, UTC",
    ),
    "inclusion_probability": (
        "i.inclusion_probability",
        "how likely the item was drawn; null: not drawn by chance. Weigh by its inverse",
    ),
    "chosen": ("l.chosen", "a classifier put the item in front; leave these out of rates"),
    "stratum": ("i.stratum", "the part of the population it was drawn from"),
    "origin": ("i.origin", "what kind of source the item was copied from"),
    "reason": ("i.reason", "why the item is in the queue"),
    "note": ("l.note", "what the rater wrote beside the answer"),
    "flagged": ("l.flagged", "the rater asked for a second look"),
    "surplus": ("l.surplus", "more answers than asked for; left out of overlap"),
    "imported": ("l.imported", "brought from elsewhere, not answered here"),
    "label": ("l.id", "the label's id; lines are in its order"),
    "item": ("i.id", "the item's id"),
    "queue": ("l.queue_id", "the queue's id"),
    "error": ("i.error", "what went wrong when there is no output"),
    "input": ("i.input", "as it was received"),
}
BINARY: Columns = {"output": ("i.output", "as it was received; null: there was none")}
PAIRWISE: Columns = {
    "left": ("i.left", "one of the two outputs"),
    "right": ("i.right", "the other one"),
    "left_variant": ("i.left_variant", "what made the left one"),
    "right_variant": ("i.right_variant", "what made the right one"),
    "swapped": ("l.swapped", "whether the right one was shown as A; null: not known"),
    "mirror_of": (
        "(SELECT o.external_id FROM annotator_item o WHERE o.id = i.copy_of_id AND o.queue_id = i.queue_id)",
        "external id of the pair that this one repeats, sides swapped",
    ),
}
MARKS: Columns = {
    "marks": (
        "l.marks",
        "spans of the text: part, start, end (Unicode code points, end exclusive), kind of defect",
    )
}
LAST: Columns = {
    "context": ("i.context", "documents given to the model"),
    "metadata": ("i.metadata", "what else came with it"),
}


def columns(queue: Queue) -> Columns:
    """What the lines of this queue hold, in order."""
    texts = PAIRWISE if queue.kind == QueueKind.PAIRWISE else BINARY
    return COLUMNS | texts | (MARKS if queue.marks else {}) | LAST


SELECT = """
    SELECT (SELECT row_to_json(line)::text
            FROM (SELECT {line} FROM annotator_item i WHERE i.id = l.item_id) line),
           v.id, r.id, l.answer, l.surplus
    FROM annotator_label l
    JOIN annotator_question q ON q.id = l.question_id
    JOIN annotator_questionversion v ON v.id = l.question_version_id
    JOIN annotator_rater r ON r.id = l.rater_id
    WHERE l.queue_id = %(queue)s AND l.answer = ANY(%(answers)s)
      AND (SELECT count(*) FROM annotator_label s WHERE s.supersedes_id = l.id) = 0
      AND (%(surplus)s OR NOT l.surplus)
      AND (%(question)s::text IS NULL OR q.key = %(question)s)
      AND (%(rater_kind)s::text IS NULL OR r.kind = %(rater_kind)s)
      AND (%(rater)s::text IS NULL OR r.name = %(rater)s)
      AND (%(since)s::timestamptz IS NULL OR l.created_at >= %(since)s)
    ORDER BY l.id"""


CUT = b'{"error": "This export was cut here: take it again.'


class Row(NamedTuple):
    line: str  # JSON; whitespace between its tokens may still hold line ends
    version: int
    rater: int
    answer: str
    surplus: bool


@contextmanager
def shared() -> Iterator[BaseDatabaseWrapper]:
    """The request's own connection, in a transaction for as long as the reading takes."""
    with transaction.atomic():
        yield connection


@contextmanager
def separate() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, so that a job can commit its progress meanwhile. Querysets read with it by its
    alias: `.using(own.alias)`."""
    own = connection.copy(alias=SEPARATE)
    connections[SEPARATE] = own
    try:
        own.set_autocommit(False)
        yield own
    finally:
        del connections[SEPARATE]
        own.close()


def chunks(queue: Queue, filters: Filters, using: BaseDatabaseWrapper) -> Generator[list[Row], None, None]:
    """About a megabyte of rows at a time, read inside the transaction that `using` is in."""
    with using.cursor() as cursor:
        cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'")
    with using.chunked_cursor() as cursor:
        line = ", ".join(f"{source} AS {name}" for name, (source, _) in columns(queue).items())
        cursor.execute(SELECT.format(line=line), _facts(queue, filters))
        size = FIRST_ROWS
        while rows := cursor.fetchmany(size):
            chunk = [Row(*row) for row in rows]
            yield chunk
            per_row = max(1, sum(len(row.line) for row in chunk) // len(chunk))
            size = max(1, min(MOST_ROWS, CHUNK_BYTES // per_row))


def _facts(queue: Queue, filters: Filters) -> dict[str, Any]:
    return {
        "queue": queue.pk,
        "answers": filters.answers,
        "surplus": filters.surplus,
        "question": filters.question,
        "rater_kind": filters.rater_kind,
        "rater": filters.rater,
        "since": filters.since,
    }


_LINE_ENDS = {ord("\n"): " ", ord("\r"): " "}


def encode(rows: list[Row]) -> bytes:
    """One line each. Inside JSON a raw line end can only be white space between tokens."""
    lines = (
        row.line.translate(_LINE_ENDS) if "\n" in row.line or "\r" in row.line else row.line for row in rows
    )
    return ("\n".join(lines) + "\n").encode()


def stream(queue: Queue, filters: Filters) -> Iterator[bytes]:
    """The lines for a response. Closing the generator ends the transaction.

    A reader who leaves in the middle is no error: what the request wrote before stays. When the
    database leaves, the last line is broken on purpose: the server would end the answer as if it
    were whole, and no reader of JSON lines takes half a line for a label.
    """
    with shared() as using, closing(chunks(queue, filters, using)) as found:
        try:
            for rows in found:
                yield encode(rows)
        except GeneratorExit:
            return
        except Error:
            yield CUT
            raise
