"""One label of a file of labels that were given elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from annotator.items import answers, cells
from annotator.items.questions import Asked
from annotator.items.schema import RATER
from annotator.reading import field_types as types
from annotator.reading import times
from annotator.reading.errors import BadRecord, gettext_noop
from annotator.reading.field_types import IDENTIFIER, Id
from annotator.reading.files import Row
from annotator.reading.mapping import Vocabulary
from annotator.reading.records import Limits, RecordKind

NOTE = 10_000  # characters
LONGEST = 2**31 - 1  # milliseconds


class Sent(Struct):
    """A label on the wire."""

    external_id: Annotated[Id, Meta(description="The item's.")] = None
    question: Annotated[str | None, Meta(description="Its key; may be left out where one is asked.")] = None
    answer: str | bool | int | float | None = None
    rater: Annotated[str, Meta(max_length=RATER)] | int | None = None
    rater_kind: Annotated[
        Literal["human", "llm", "model", "rule"] | None, Meta(description="Left out: human.")
    ] = None
    created_at: Annotated[
        str | float | None, Meta(description="ISO 8601 with a zone, or seconds or milliseconds since 1970.")
    ] = None
    ms: Annotated[
        Annotated[float, Meta(ge=0, le=LONGEST)] | None, Meta(description="From shown to answered.")
    ] = None
    note: Annotated[str, Meta(max_length=NOTE)] | None = None
    swapped: Annotated[
        bool | None, Meta(description="Of a pair: whether its right side was shown as A, if that is known.")
    ] = None


RULES = {
    "external_id": types.ID_RULE,
    "question": types.TEXT_RULE,
    "answer": types.TEXT_RULE,
    "rater": gettext_noop("must be text of 1 to 150 characters"),
    "rater_kind": gettext_noop("must be human, llm, model or rule"),
    "created_at": types.TIME_RULE,
    "ms": types.COUNT_RULE,
    "note": gettext_noop("must be text of at most 10,000 characters"),
    "swapped": gettext_noop("must be true or false"),
}
ALIASES = {
    "external_id": ("id", "item_id", "item", "example_id"),
    "question": ("question_key", "criterion"),
    "answer": ("label", "verdict", "choice", "preference"),
    "rater": ("annotator", "labeler", "labeller", "annotator_id", "rater_id", "worker_id", "user"),
    "rater_kind": ("annotator_kind",),
    "created_at": ("timestamp", "labeled_at", "labelled_at", "time", "date"),
    "ms": ("duration_ms",),
    "note": ("notes", "comment"),
}


@dataclass(frozen=True, slots=True)
class SentLabel:
    """A label fit to be stored, if its item is there. `created_at` is None where the file has no time."""

    index: int
    external_id: str
    question: str
    answer: str
    rater: str
    rater_kind: str
    created_at: datetime | None
    ms: int | None
    note: str
    swapped: bool | None
    repaired: int


class LabelReader:
    """Reads labels of one queue, whose questions are given by key with their kinds."""

    def __init__(self, questions: Mapping[str, str], limits: Limits, *, from_file: bool = True) -> None:
        self.limits, self.from_file, self.asked = limits, from_file, Asked(questions)
        self._record = RecordKind(Sent, RULES)
        self.vocabulary = Vocabulary(self._record.fields, ALIASES, self._value)

    def of_row(self, row: Row, mapping: dict[str, str], seen: Collection[str]) -> SentLabel:
        """`mapping` is field: column; `seen` the columns it was made of."""
        return self.of_json(row.line, self.vocabulary.of_row(row, mapping, seen))

    def of_json(self, index: int, line: bytes) -> SentLabel:
        opened, record = self._record.opened(line, self.limits), self._record
        sent = opened.fields
        rater = record.text("rater", sent.rater, RATER).strip()
        for field, value in (("external_id", sent.external_id), ("answer", sent.answer), ("rater", rater)):
            if value is None or value == "":
                raise BadRecord(field, gettext_noop("is missing"))
        question = self.asked.one("question", sent.question)
        answer = answers.read(
            "answer", sent.answer, self.asked.kinds[question], spelled=self.from_file, more=("skip",)
        )
        return SentLabel(
            index=index,
            external_id=record.text("external_id", sent.external_id, IDENTIFIER),
            question=question,
            answer=answer,
            rater=rater,
            rater_kind=sent.rater_kind or "human",
            created_at=None
            if sent.created_at is None
            else times.moment("created_at", sent.created_at, self.limits.zone),
            ms=record.count("ms", sent.ms),
            note=sent.note or "",
            swapped=self._swapped(sent.swapped, question),
            repaired=opened.repaired,
        )

    def _swapped(self, sent: bool | None, question: str) -> bool | None:
        if sent is not None and self.asked.kinds[question] != "pairwise":
            raise BadRecord("swapped", gettext_noop("is of pairs only"))
        return sent

    def json_schema(self) -> dict[str, Any]:
        return self._record.json_schema("Label", required=["external_id", "answer", "rater"])

    def _value(self, field: str, cell: str) -> object:
        if field == "ms":
            return cells.number(cell, self._record.wrong(field))
        if field == "swapped":
            return cells.truth(cell, self._record.wrong(field))
        if field == "created_at":
            return times.in_cell(cell.strip())
        if field == "rater_kind":
            return cell.strip().lower()
        return cell.strip() if field == "question" else cell
