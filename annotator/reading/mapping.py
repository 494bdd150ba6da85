"""Which column of a file is which field of a record."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from annotator.reading import hygiene
from annotator.reading.files import Row

_fields = msgspec.json.Decoder(dict[str, Raw]).decode


@dataclass(frozen=True)
class Vocabulary:
    """The fields of one kind of record, and what other tools call them."""

    fields: tuple[str, ...]
    # The first match wins; a field's own name always does.
    aliases: Mapping[str, tuple[str, ...]]
    # What a cell of this field says; BadRecord when it can be no such value.
    value: Callable[[str, str], object]

    def guess(self, columns: Iterable[str]) -> dict[str, str]:
        """Field → column, each column at most once."""
        columns = list(columns)
        spelled = {_plain(column): column for column in reversed(columns)}
        found = {field: field for field in self.fields if field in columns}
        for names in ([(field, (_plain(field),)) for field in self.fields], self.aliases.items()):
            for field, candidates in names:
                free = (spelled[n] for n in candidates if n in spelled and spelled[n] not in found.values())
                if field not in found and (column := next(free, None)):
                    found[field] = column
        return found

    def of_row(self, row: Row, mapping: dict[str, str], seen: Collection[str]) -> bytes:
        """The row as a record under the names of its fields. BadRecord when it is a faulty one.

        `seen` are the columns that the mapping was made of.
        """
        if row.fault is not None:
            raise row.fault
        if row.cells is not None:
            return self._of_cells(row.cells, mapping)
        return self._of_json(row.text, mapping, seen)

    def _of_json(self, record: bytes, mapping: dict[str, str], seen: Collection[str]) -> bytes:
        """The record with its keys renamed; values stay as they were sent.

        A key that came up later than those `seen`, such as the error of the first call that
        failed, goes where its name says if nothing else went there.
        """
        try:
            sent = _fields(hygiene.decodable(record))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return record  # the reader of records says what is wrong with it
        renamed = {column: field for field, column in mapping.items() if field != column}
        if late := [key for key in sent if key not in seen and key not in renamed]:
            found = self.guess(late).items()
            renamed |= {key: field for field, key in found if key != field and mapping.get(field) not in sent}
        if not renamed:
            return record
        taken = set(renamed.values())  # a key of that name that was not chosen goes to the metadata
        return msgspec.json.encode(
            {renamed.get(key) or (f"record.{key}" if key in taken else key): raw for key, raw in sent.items()}
        )

    def _of_cells(self, cells: dict[str, str], mapping: dict[str, str]) -> bytes:
        """A CSV row as a record. Empty cells say nothing; columns that are no field become metadata."""
        record: dict[str, object] = {}
        used = set(mapping.values())
        for field, column in mapping.items():
            if cell := cells.get(column, ""):
                record[field] = self.value(field, cell)
        for column, cell in cells.items():
            if cell and column not in used:
                record[column if column not in self.fields else f"record.{column}"] = cell
        return msgspec.json.encode(record)


def payload_in(cell: str) -> object:
    """Lists and objects in a cell are JSON; everything else is text."""
    text = cell.strip()
    if text[:1] in ("[", "{"):
        try:
            msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return cell
        return Raw(text.encode())
    return cell


def texts(row: Row) -> dict[str, str]:
    """The values of a row as a person reads them; nothing of one that is broken."""
    if row.cells is not None:
        return row.cells
    try:
        sent = _fields(hygiene.repaired(row.text)[0])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {key: bytes(raw).decode(errors="replace").strip('"') for key, raw in sent.items()}


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_").rpartition(".")[2]
