"""Which split each input of a version is in: looked up, told by what is nearly the same, drawn, written down.

Whatever was placed in the project is looked through in one stream, for inputs that are new. Its time grows with
what was placed, its memory with what is new.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from annotator.datasets.content import Split
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Gathered
from annotator.datasets.split import FIRST, Placed, Shares, place
from annotator.exports.rows import PATIENCE
from annotator.models import Project

if TYPE_CHECKING:
    from annotator.datasets.similar import Texts

N = TypeVar("N")

AT_ONCE = 10_000  # looked up, or written
PASSING = 50_000

LOCK = "SELECT pg_advisory_xact_lock(hashtext('annotator.placed_inputs'), %s)"
KNOWN = """
    SELECT text_hash, split, bands IS NULL FROM annotator_placedinput
    WHERE project_id = %s AND text_hash = ANY(%s)"""
BANDS = "SELECT id, split, bands FROM annotator_placedinput WHERE project_id = %s AND bands IS NOT NULL"
SKETCHES = "SELECT id, sketch FROM annotator_placedinput WHERE id = ANY(%s)"
PLACE = """
    INSERT INTO annotator_placedinput (project_id, text_hash, split, bands, sketch)
    SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::bytea[]) ON CONFLICT DO NOTHING"""
FILL = """
    UPDATE annotator_placedinput p SET text_hash = f.name, bands = f.bands, sketch = f.sketch
    FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[], %s::bytea[]) f (before, name, bands, sketch)
    WHERE p.project_id = %s AND p.text_hash = f.before"""


@dataclass(frozen=True)
class Inputs:
    """Those of a version; `texts` has them under the same numbers."""

    project: Project
    rows: Gathered
    texts: "Texts"

    @property
    def names(self) -> list[UUID]:
        return self.rows.hashes


def placed(inputs: Inputs, groups: list[int], claims: Mapping[UUID, Split], filters: Filters) -> Placed:
    """`groups`: of each input the number of its group. `claims`: as `split.place` takes them. Written down,
    so that every later version finds it. One at a time for a project."""
    members: dict[int, list[UUID]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(inputs.names[number])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'")
            cursor.execute(LOCK, [inputs.project.pk])
            known, old = _known(cursor, inputs)
        fresh = [number for number, name in enumerate(inputs.names) if name not in known]
        found = place(
            members.values(),
            known=known,
            claims=claims,
            near=_near(inputs, fresh),
            shares=Shares(filters.train, filters.dev, filters.test),
            seed=filters.seed,
        )
        with connection.cursor() as cursor:
            _write(
                cursor, inputs, [number for number in fresh if inputs.names[number] in found.splits], found
            )
            _fill(cursor, inputs, old)
    return found


def _known(cursor: CursorWrapper, inputs: Inputs) -> tuple[dict[UUID, Split], dict[int, UUID]]:
    """Splits of those that have one; and of those whose sketch is missing, by number, the name they stand under."""
    known: dict[UUID, Split] = {}
    old: dict[int, UUID] = {}
    for numbers in _some(range(len(inputs.names))):
        names = {inputs.names[number]: number for number in numbers}
        found = _look_up(cursor, inputs.project, names)
        before = {inputs.rows.hash_before(n): n for name, n in names.items() if name not in found}
        stale = _look_up(cursor, inputs.project, before)
        known |= {name: split for name, (split, _) in found.items()}
        known |= {inputs.names[before[name]]: split for name, (split, _) in stale.items()}
        old |= {names[name]: name for name, (_, empty) in found.items() if empty}
        old |= {before[name]: name for name in stale}
    return known, old


def _look_up(
    cursor: CursorWrapper, project: Project, names: Iterable[UUID]
) -> dict[UUID, tuple[Split, bool]]:
    cursor.execute(KNOWN, [project.pk, list(names)])
    return {name: (split, empty) for name, split, empty in cursor.fetchall()}


def _near(inputs: Inputs, fresh: list[int]) -> dict[UUID, set[Split]]:
    """In which splits there is something nearly the same as these, of all that the project has placed."""
    import numpy as np  # noqa: PLC0415 - of workers only

    from annotator.datasets.passing import Passing  # noqa: PLC0415
    from annotator.datasets.similar import BANDS as WIDTH  # noqa: PLC0415

    found: dict[UUID, set[Split]] = {}
    if not fresh:
        return found
    passing = Passing(inputs.texts, np.array(fresh, dtype=np.int64))
    wanted = {split: np.ones(len(fresh), dtype=np.bool_) for split in FIRST}
    with connection.chunked_cursor() as stream:
        stream.execute(BANDS, [inputs.project.pk])
        while rows := stream.fetchmany(PASSING):
            for split in FIRST:
                ids = [pk for pk, its, _bands in rows if its == split]
                bands = np.frombuffer(
                    b"".join(bands for _pk, its, bands in rows if its == split), dtype="<u4"
                )
                at = passing.near(bands.reshape(-1, WIDTH), partial(_sketches, ids), wanted[split])
                wanted[split][at] = False
                for one in at:
                    found.setdefault(inputs.names[fresh[one]], set()).add(split)
    return found


def _sketches(ids: list[int], which: list[int]) -> dict[int, bytes]:
    """By number in `ids`."""
    numbers = {ids[number]: number for number in which}
    found: dict[int, bytes] = {}
    with connection.cursor() as cursor:
        for some in _some(list(numbers)):
            cursor.execute(SKETCHES, [list(some)])
            found |= {numbers[pk]: sketch for pk, sketch in cursor.fetchall()}
    return found


def _write(cursor: CursorWrapper, inputs: Inputs, fresh: list[int], found: Placed) -> None:
    for some in _some(fresh):
        names = [inputs.names[number] for number in some]
        splits = [found.splits[name] for name in names]
        cursor.execute(PLACE, [inputs.project.pk, names, splits, *_signed(inputs, some)])


def _fill(cursor: CursorWrapper, inputs: Inputs, old: dict[int, UUID]) -> None:
    """Those that were placed before there were sketches."""
    for some in _some(list(old)):
        before, names = [old[number] for number in some], [inputs.names[number] for number in some]
        cursor.execute(FILL, [before, names, *_signed(inputs, some), inputs.project.pk])


def _signed(inputs: Inputs, some: Sequence[int]) -> tuple[list[bytes], list[bytes]]:
    """Bands and sketch of each."""
    bands = [inputs.texts.bands(number).tobytes() for number in some]
    return bands, [inputs.texts.sketch(number).tobytes() for number in some]


def _some(numbers: Sequence[N]) -> Iterator[Sequence[N]]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]
