"""One data file as a stream of bytes, made row by row.

Bytes: UTF-8 without a mark, one record a line with a line end after each, keys in the plan's order.
The same rows give the same bytes. Memory holds one chunk, and what a plan's first pass keeps.
"""

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import Any, Protocol

import msgspec

from annotator.datasets.content import Row, Split
from annotator.ways_out import tools
from annotator.ways_out.dates import Dates
from annotator.ways_out.model import (
    CONFLICT,
    OTHER_KIND,
    Drop,
    Encoding,
    Format,
    Plan,
    Progress,
    Record,
    Rows,
    TooFew,
    Written,
    WrongSplit,
)
from annotator.ways_out.words import gettext_noop as _

CHUNK = 256 * 1024  # bytes
FIRST = 4 * 1024
NEVER = _("Rows of the %(split)s split never go out as %(format)s.")


def records(
    form: Format, plan: Plan, rows: Rows, split: Split, written: Written
) -> Iterator[tuple[Row, Record]]:
    """Each line's record beside the row it came of; counts on the way."""
    make, keep, classes, takes = plan.make, plan.keep, plan.classes, form.takes
    tasks = written.tasks
    if split not in form.splits:
        raise WrongSplit(NEVER, split=split, format=form.title)
    for row in rows():
        if row.split != split:
            raise WrongSplit(
                _("Row %(row)s is of the %(its)s split, not of %(split)s."),
                row=row.key,
                its=row.split,
                split=split,
            )
        written.items += 1
        made = make(row) if row.kind in takes else OTHER_KIND
        if isinstance(made, Drop):
            written.dropped[made.reason] += 1
            continue
        kept = [record for record in made if keep(record)]
        if not kept:
            written.dropped[CONFLICT.reason] += 1
            continue
        if len(kept) < len(made):
            written.left_out[CONFLICT.reason] += len(made) - len(kept)
        written.written += 1
        tasks.add(row.question)
        if isinstance(row.input, dict):
            written.tools_unsaid += tools.unsaid(row.input, plan.tools)
        for record in kept:
            written.lines += 1
            if classes is not None:
                written.classes[classes(record)] += 1
            yield row, record


def stream(
    form: Format, plan: Plan, rows: Rows, split: Split, written: Written, dates: Dates | None = None
) -> Iterator[bytes]:
    """The data file of one split, in chunks. The first is small, so that a download begins at once.

    Raises `TooFew` before the first byte when there are fewer lines than the consumer takes.
    """
    encoder = encoder_for(form.encoding, plan)
    buffer = bytearray(encoder.head())
    size = FIRST
    for _row, record in records(form, plan, ordered(plan, rows), split, written):
        if dates is not None and dates.left:
            dates.see(record)
        encoder.add(record, buffer)
        if len(buffer) >= size and written.lines >= form.least:
            yield bytes(buffer)
            buffer.clear()
            size = CHUNK
    if written.lines < form.least:
        raise TooFew(form.least, written)
    buffer += encoder.tail()
    yield bytes(buffer)


def ordered(plan: Plan, rows: Rows) -> Rows:
    """With the plan's first rows before the others: two readings, if it names any."""
    first = plan.first
    if first is None:
        return rows
    return lambda: chain((row for row in rows() if first(row)), (row for row in rows() if not first(row)))


def heard(rows: Rows, progress: Progress, before: int, every: int = 1000) -> Rows:
    """The rows, with a word to `progress` every so many, counted from `before`."""

    def counted() -> Iterator[Row]:
        seen = before
        for row in rows():
            yield row
            seen += 1
            if seen % every == 0:
                progress(seen)
        progress(seen)

    return counted


class Encoder(Protocol):
    def head(self) -> bytes: ...
    def add(self, record: Record, buffer: bytearray) -> None: ...
    def tail(self) -> bytes: ...


def encoder_for(encoding: Encoding, plan: Plan) -> Encoder:
    if encoding == "jsonl":
        return _JsonLines()
    if encoding == "json":
        return _JsonList()
    if encoding == "csv":
        return _Csv(list(plan.columns))
    if encoding == "text":
        return _Text()
    raise ValueError(f"{encoding} is no encoding of one file")


class _JsonLines:
    def __init__(self) -> None:
        self._into = msgspec.json.Encoder().encode_into

    def head(self) -> bytes:
        return b""

    def add(self, record: Record, buffer: bytearray) -> None:
        self._into(record, buffer, -1)
        buffer += b"\n"

    def tail(self) -> bytes:
        return b""


class _JsonList:
    """A list with one record a line."""

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._before = b"[\n"

    def head(self) -> bytes:
        return b""

    def add(self, record: Record, buffer: bytearray) -> None:
        buffer += self._before + self._encode(record)
        self._before = b",\n"

    def tail(self) -> bytes:
        return b"\n]\n"


class _Csv:
    """RFC 4180: line ends are CR LF, quotes doubled."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def head(self) -> bytes:
        return self._line(self._columns)

    def add(self, record: Record, buffer: bytearray) -> None:
        buffer += self._line([record[name] for name in self._columns])

    def tail(self) -> bytes:
        return b""

    def _line(self, cells: list[Any]) -> bytes:
        self._writer.writerow(cells)
        line = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return line.encode()


class _Text:
    """The texts of records named `text`, an empty line between."""

    def __init__(self) -> None:
        self._before = b""

    def head(self) -> bytes:
        return b""

    def add(self, record: Record, buffer: bytearray) -> None:
        buffer += self._before + record["text"].encode() + b"\n"
        self._before = b"\n"

    def tail(self) -> bytes:
        return b""
