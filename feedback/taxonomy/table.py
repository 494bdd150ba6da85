"""A taxonomy as a CSV: a column `value` with paths, or `name` and `parent`. Pure."""

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.reading.errors import gettext_noop
from annotator.reading.files import DELIMITERS
from feedback.taxonomy import faults
from feedback.taxonomy.faults import Fault
from feedback.taxonomy.lines import path_of
from feedback.taxonomy.names import on_one_line, stored
from feedback.taxonomy.tree import SEPARATOR, Found, Path, Taxonomy, build

FORMS = ({"value"}, {"name", "parent"})
OPTIONAL = {"description"}

NO_HEADER = gettext_noop("The first line must name the columns: value, or name and parent; description.")
UNKNOWN_COLUMN = gettext_noop(
    "there is no use for a column “%(name)s”: value, or name and parent; description"
)
COLUMN_TWICE = gettext_noop("two columns are called “%(name)s”")
NOT_CSV = gettext_noop("is not good CSV: %(why)s")
RAGGED = gettext_noop("has another number of cells than the header: %(found)s, not %(columns)s")
NO_PARENT = gettext_noop("there is no row for its parent “%(parent)s”")
WHICH_PARENT = gettext_noop("its parent “%(parent)s” is the name of several rows: write its whole path")
CIRCLE = gettext_noop("is its own parent, over %(steps)s steps")


@dataclass(frozen=True)
class Row:
    """A row of the form with parents; cells as they are stored."""

    line: int
    name: str
    parent: str
    description: str

    @property
    def place(self) -> str:
        return f"line {self.line}"


def of_csv(text: str) -> Taxonomy:
    """With a header; the delimiter is the one that the header has most of. BadTaxonomy."""
    text, repaired = stored(text.removeprefix("\ufeff"))
    columns, rows = _read(text)
    if "value" in columns:
        values = (
            Found(f"line {n}", path_of(cells["value"]), on_one_line(cells.get("description", "")))
            for n, cells in rows
        )
        return build(values, repaired)
    tree = [
        Row(
            n,
            on_one_line(cells["name"]),
            on_one_line(cells["parent"]),
            on_one_line(cells.get("description", "")),
        )
        for n, cells in rows
    ]
    return build(_paths(tree), repaired)


def _read(text: str) -> tuple[set[str], list[tuple[int, dict[str, str]]]]:
    """The columns, and each row's line and cells."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True
    )
    wrong: list[Fault] = []
    rows: list[tuple[int, list[str]]] = []
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise faults.one(f"line {reader.line_num}", NOT_CSV, why=str(error)) from None
    if not rows:
        raise faults.one("", faults.NOTHING)
    header = [name.strip().lower() for name in rows.pop(0)[1]]
    _check(header)
    for n, cells in rows:
        if len(cells) != len(header):
            wrong.append(Fault(f"line {n}", RAGGED, {"found": len(cells), "columns": len(header)}))
    faults.raise_if_any(wrong)
    return set(header), [(n, dict(zip(header, cells, strict=True))) for n, cells in rows]


def _check(header: Sequence[str]) -> None:
    for name in header:
        if header.count(name) > 1:
            raise faults.one("", COLUMN_TWICE, name=name)
    form = next((form for form in FORMS if form <= set(header)), None)
    if form is None:
        raise faults.one("", NO_HEADER)
    for name in header:
        if name not in form | OPTIONAL:
            raise faults.one("", UNKNOWN_COLUMN, name=name)


def _paths(rows: Sequence[Row]) -> Iterator[Found]:
    """Rows with their whole paths, from the roots down: a parent is a whole path, or a name that
    only one row has."""
    names = Counter(row.name for row in rows)
    below: dict[str, list[Row]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)
    placed: dict[int, Path] = {}
    waiting: deque[tuple[Path, Row]] = deque(((), row) for row in below.pop("", ()))
    while waiting:
        above, row = waiting.popleft()
        path = placed[row.line] = (*above, row.name)
        called = [SEPARATOR.join(path)]
        if names[row.name] == 1 and len(path) > 1:
            called.append(row.name)
        waiting.extend((path, child) for parent in called for child in below.pop(parent, ()))
    faults.raise_if_any(_lost([row for row in rows if row.line not in placed], names))
    yield from (Found(row.place, placed[row.line], row.description) for row in rows)


def _lost(rows: Sequence[Row], names: Counter[str]) -> Iterator[Fault]:
    """Why rows hang on no root. Those under such a row are not told: they are mended with it."""
    named = {row.name: row for row in rows}
    told: set[int] = set()
    for row in rows:
        if names[row.parent] > 1:
            yield Fault(row.place, WHICH_PARENT, {"parent": row.parent})
        elif row.parent not in names:
            yield Fault(row.place, NO_PARENT, {"parent": row.parent})
        else:
            chain: dict[int, Row] = {}
            at: Row | None = row
            while at is not None and at.line not in chain and at.line not in told:
                chain[at.line] = at
                at = named.get(at.parent) if names[at.parent] == 1 else None
            steps = list(chain)
            if at is not None and at.line in chain:
                yield Fault(at.place, CIRCLE, {"steps": len(steps) - steps.index(at.line)})
            told |= set(chain)
