"""Files of records: what kind they are, and their records with line numbers.

JSONL (also gzipped) and CSV. Nothing is read into memory but a line at a time.
"""

import csv
import gzip
import io
import re
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO, cast

import msgspec

from annotator.reading import hygiene
from annotator.reading.errors import BadFile, BadRecord, gettext_noop

SAMPLE = 64 * 1024
SAMPLE_LINES, SAMPLE_BYTES = 1000, 8 * 1024 * 1024  # of a JSONL, looked through for its keys
LONG_LINE = 1024 * 1024
MAX_COLUMNS = 500
DELIMITERS = ",;\t|"
SURROGATE, UNSTORABLE = re.compile("[\ud800-\udfff]"), re.compile("[\0\ud800-\udfff]")
# Tried in turn; the last one takes any bytes. Excel in Korea writes cp949, in Europe cp1252.
ENCODINGS = ("utf-8-sig", "cp949", "cp1252")
FOREIGN = {b"PK\x03\x04": "a ZIP or Excel file", b"%PDF": "a PDF", b"PAR1": "a Parquet file"}
FOREIGN |= {b"ARROW1": "an Arrow file", b"\x93NUMPY": "a NumPy file", b"\x80\x04": "a pickle"}


@dataclass(frozen=True)
class Shape:
    """How a file is read. Columns are those of a CSV's header, or the keys seen in a JSONL."""

    kind: str  # "jsonl" or "csv"
    encoding: str
    delimiter: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One record of a file: its line, counted from 1, its text, and its cells by column."""

    line: int
    text: bytes
    cells: dict[str, str] | None  # of a CSV
    fault: BadRecord | None = None

    @property
    def made_id(self) -> str:
        """For a record without an id: the same whenever the file is read again, also when lines were
        appended to it meanwhile, and another for the same text on another line."""
        return f"{blake2b(self.text, digest_size=10).hexdigest()}:{self.line}"


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The content, inflated where it is gzip, and the file itself, whose `tell` shows progress.

    BadFile when reading fails, wherever in the file that is.
    """
    try:
        with path.open("rb", buffering=0) as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            whole = io.BufferedReader(raw)
            if not packed:
                yield whole, raw
                return
            with gzip.GzipFile(fileobj=whole) as inflated:
                yield cast(IO[bytes], inflated), raw
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadFile(gettext_noop("The file breaks off or is damaged: %(why)s"), why=str(error)) from None
    except OSError as error:
        raise BadFile(gettext_noop("The file cannot be read: %(why)s"), why=str(error)) from None


def look(path: Path, *, kind: str = "", encoding: str = "", delimiter: str = "") -> Shape:
    """What the file is, by its content; BadFile when it is nothing we read."""
    with opened(path) as (content, _):
        start = content.read(SAMPLE)
    _refuse_foreign(start)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise BadFile(gettext_noop("The file is empty."))
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
        raise BadFile(gettext_noop("“%(name)s” is no delimiter: it is one character."), name=delimiter)
    if text[:1] == b"[" and not kind:
        raise BadFile(
            gettext_noop("The file is one JSON list. Write one object a line, e.g. with: jq -c '.[]'")
        )
    if kind == "jsonl" or (not kind and text[:1] == b"{"):
        return Shape("jsonl", "utf-8", "", keys(path))
    encoding = encoding or _encoding(path, start)
    return _csv_shape(path, encoding, delimiter)


def rows(path: Path, shape: Shape, *, record_bytes: int) -> Iterator[tuple[Row, int]]:
    """Every record with how many bytes of the file were read by then."""
    with opened(path) as (content, raw):
        found = (
            _json_rows(content, record_bytes)
            if shape.kind == "jsonl"
            else _csv_rows(content, shape, record_bytes)
        )
        for row in found:
            yield row, raw.tell()


def _json_rows(content: IO[bytes], record_bytes: int) -> Iterator[Row]:
    number = 0
    while line := content.readline(record_bytes + 2):
        number += 1
        fault = None
        if len(line) > record_bytes + 1 and not line.endswith(b"\n"):
            fault = BadRecord(None, gettext_noop("is larger than %(limit)s bytes"), limit=record_bytes)
            line = line[:200]
            while (rest := content.readline(SAMPLE)) and not rest.endswith(b"\n"):
                continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line := line.strip():
            yield Row(number, line, None, fault)


class _Lines:
    """The lines of a CSV for its reader. BadRecord when a record's lines are longer than it may be:
    what is too much is passed over and never held in memory.
    """

    def __init__(self, text: io.TextIOWrapper, record_bytes: int) -> None:
        self._text, self._record_bytes = text, record_bytes
        self._most = max(2 * record_bytes, SAMPLE)  # of nothing but quotes a CSV holds each twice
        self._room = self._most
        self.number = 0

    def begin_record(self) -> int:
        """The number of the line that it begins on."""
        self._room = self._most
        return self.number + 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._room + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._room -= len(line)
        if self._room >= 0:
            return line
        while line and line[-1] not in "\r\n":
            line = self._text.readline(SAMPLE)
        raise BadRecord(None, gettext_noop("is larger than %(limit)s bytes"), limit=self._record_bytes)


def _csv_rows(content: IO[bytes], shape: Shape, record_bytes: int) -> Iterator[Row]:
    csv.field_size_limit(record_bytes)  # for the whole process: nobody needs another
    with io.TextIOWrapper(content, shape.encoding, errors="replace", newline="") as text:
        lines = _Lines(text, record_bytes)
        reader = csv.reader(lines, delimiter=shape.delimiter)
        try:
            next(reader, None)
        except BadRecord as bad:
            raise BadFile(gettext_noop("The header is not good CSV: %(why)s"), why=str(bad)) from None
        while True:
            line = lines.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = BadRecord(None, gettext_noop("is not good CSV: %(why)s"), why=str(error))
                yield Row(line, b"", None, fault)
                continue
            except BadRecord as fault:
                yield Row(line, b"", None, fault)
                continue
            if any(cells):
                yield _csv_row(line, cells, shape.columns)


def _csv_row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    fault = None
    if len(cells) != len(columns):
        fault = BadRecord(
            None,
            gettext_noop("has another number of cells than the header: %(found)s, not %(columns)s"),
            found=len(cells),
            columns=len(columns),
        )
    try:
        text = msgspec.json.encode(cells)
    except UnicodeEncodeError:  # some encodings can spell half a surrogate pair
        cells = [SURROGATE.sub("\0", cell) for cell in cells]  # repaired, and counted, like U+0000
        text = msgspec.json.encode(cells)
    return Row(line, text, dict(zip(columns, cells, strict=False)), fault)


def _refuse_foreign(start: bytes) -> None:
    for magic, name in FOREIGN.items():
        if start.startswith(magic):
            raise BadFile(gettext_noop("This is %(what)s. Save it as CSV or JSONL."), what=name)
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(gettext_noop("This is not a text file. Save it as CSV or JSONL."))


def keys(path: Path, *, lines: int | None = SAMPLE_LINES) -> tuple[str, ...]:
    """The keys of the first records, in the order they appear; those with U+0000 can be no choice."""
    found: dict[str, None] = {}
    with opened(path) as (content, _):
        for line in islice(iter(lambda: content.readline(LONG_LINE), b""), lines):
            if lines and content.tell() > SAMPLE_BYTES:
                break
            try:
                record = msgspec.json.decode(hygiene.decodable(line), type=dict[str, msgspec.Raw])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            found |= dict.fromkeys(key for key in record if "\0" not in key)
    return tuple(found)[:MAX_COLUMNS]


def _encoding(path: Path, start: bytes) -> str:
    """By the byte order mark, else the first that reads the whole file without a fault."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return next((name for name in ENCODINGS[:-1] if _reads(path, name)), ENCODINGS[-1])


def _reads(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        with opened(path) as (content, _):
            while piece := content.read(LONG_LINE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    with opened(path) as (content, _), io.TextIOWrapper(content, encoding, "replace", newline="") as text:
        yield text


def _csv_shape(path: Path, encoding: str, delimiter: str) -> Shape:
    try:
        if not delimiter:
            with _text(path, encoding) as text:
                delimiter = max(DELIMITERS, key=text.readline(LONG_LINE).count)
        with _text(path, encoding) as text:
            header = next(csv.reader(_Lines(text, LONG_LINE), delimiter=delimiter), [])
    except LookupError:
        raise BadFile(gettext_noop("There is no encoding “%(name)s”."), name=encoding) from None
    except (csv.Error, BadRecord) as error:
        raise BadFile(gettext_noop("The header is not good CSV: %(why)s"), why=str(error)) from None
    if not header:
        raise BadFile(gettext_noop("The first line is empty: it must name the columns."))
    columns = [UNSTORABLE.sub("\ufffd", name.strip()) for name in header]
    if len(columns) > MAX_COLUMNS:
        raise BadFile(
            gettext_noop("The file has %(found)s columns; at most %(limit)s are read."),
            found=len(columns),
            limit=MAX_COLUMNS,
        )
    if not all(columns):
        raise BadFile(
            gettext_noop("Column %(number)s has no name in the first line."), number=columns.index("") + 1
        )
    for name in columns:
        if columns.count(name) > 1:
            raise BadFile(gettext_noop("Two columns are called “%(name)s”."), name=name)
    return Shape("csv", encoding, delimiter, tuple(columns))
