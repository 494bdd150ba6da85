"""One item: from the line of a file, or the object that a program sent, to what a queue takes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from annotator.items import cells, given, schema
from annotator.items.given import GivenPrelabel
from annotator.items.questions import Asked
from annotator.reading.errors import BadRecord, gettext_noop
from annotator.reading.field_types import IDENTIFIER, SHORT
from annotator.reading.files import Row
from annotator.reading.mapping import Vocabulary, payload_in
from annotator.reading.records import Limits, RecordKind, with_unknown


@dataclass(frozen=True, slots=True)
class SentItem:
    """An item fit to be stored. Payloads are JSON values; those of the other kind of queue are None."""

    index: int  # its place in what was sent: the line of a file, counted from 1
    external_id: str
    input: Any
    output: Any
    left: Any
    right: Any
    left_variant: str
    right_variant: str
    context: Any
    error: str
    metadata: dict[str, Any] | None
    reason: str
    stratum: str
    inclusion_probability: float | None
    gold: dict[str, str]  # answer by question key
    prelabels: tuple[GivenPrelabel, ...]
    repaired: int  # characters that cannot be stored, replaced


class ItemReader:
    """Reads the items of one queue: its kind, and the keys of its questions with their kinds.

    Files may spell answers freely, hold columns like `gold:<question>`, and leave out ids; with
    `from_file` off, none of that is understood.
    """

    def __init__(
        self, kind: str, questions: Mapping[str, str], limits: Limits, *, from_file: bool = True
    ) -> None:
        self.kind, self.limits, self.from_file = kind, limits, from_file
        self.asked = Asked(questions)
        more = given.columns(self.asked) if from_file else ()
        self._record: RecordKind[Any] = RecordKind(schema.STRUCTS[kind], schema.RULES, more=more)
        value = partial(_value, self._record)
        self.vocabulary = Vocabulary((*self._record.fields, *more), schema.ALIASES[kind], value)

    def of_row(self, row: Row, mapping: dict[str, str], seen: Collection[str]) -> SentItem:
        """`mapping` is field: column; `seen` the columns it was made of."""
        return self._read(row.line, self.vocabulary.of_row(row, mapping, seen), row.made_id)

    def of_json(self, index: int, sent: bytes) -> SentItem:
        """An item as it is sent, under the names of its fields; its id is required."""
        return self._read(index, sent, None)

    def json_schema(self) -> dict[str, Any]:
        required = ["external_id", *(("left", "right") if self.kind == "pairwise" else ())]
        return self._record.json_schema("Item", required=required)

    def _read(self, index: int, line: bytes, made_id: str | None) -> SentItem:
        opened, record = self._record.opened(line, self.limits), self._record
        sent, more = opened.fields, opened.more
        name = (
            made_id if sent.external_id is None else record.text("external_id", sent.external_id, IDENTIFIER)
        )
        if name is None:
            raise BadRecord("external_id", gettext_noop("is missing"))
        payloads: dict[str, Any] = dict.fromkeys(schema.PAYLOADS)
        for field in schema.PAYLOADS:
            if field in record.known:
                payloads[field] = record.payload(field, getattr(sent, field))[1]
        self._check_payloads(payloads)
        _, metadata = with_unknown(*record.payload("metadata", sent.metadata), opened.unknown)
        shorts: dict[str, Any] = {
            field: record.text(field, getattr(sent, field, None), SHORT)
            for field in ("left_variant", "right_variant", "reason", "stratum")
        }
        return SentItem(
            index=index,
            external_id=name,
            **payloads,
            **shorts,
            error=sent.error or "",
            metadata=metadata,
            inclusion_probability=sent.inclusion_probability,
            gold=given.gold(sent.gold, more, self.asked, spelled=self.from_file),
            prelabels=given.prelabels(sent.prelabels, more, self.asked, spelled=self.from_file),
            repaired=opened.repaired,
        )

    def _check_payloads(self, payloads: dict[str, Any]) -> None:
        if self.kind == "pairwise":
            for field in ("left", "right"):
                if payloads[field] is None:
                    raise BadRecord(field, gettext_noop("is missing"))
        elif payloads["input"] is None and payloads["output"] is None:
            raise BadRecord(None, gettext_noop("has neither an input nor an output"))


def _value(record: RecordKind[Any], field: str, cell: str) -> object:
    """What a cell says: numbers, JSON where a list or an object belongs, else text."""
    if field in schema.PAYLOADS:
        return payload_in(cell)
    if field == "metadata":
        return cells.json_of(cell, "{", record.wrong(field))
    if field == "prelabels":
        return cells.json_of(cell, "[", record.wrong(field))
    if field == "gold":
        return payload_in(cell)
    if field == "inclusion_probability":
        return cells.number(cell, record.wrong(field))
    if field.startswith(given.CONFIDENCE):
        return cells.number(cell, BadRecord(field, schema.CONFIDENCE_RULE))
    return cell
