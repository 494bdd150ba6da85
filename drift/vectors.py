"""Vectors of inputs in and out of PostgreSQL, many at a time. Only the ml worker imports this module.

They go through COPY in PostgreSQL's binary form, which is an array of numpy as it stands. Kept in half precision: of
unit vectors of 384 numbers the cosine to what was written is over 0.999999 (`tests/drift/test_vectors.py`
measures it). What is read has length 1 again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

from drift.models import EmbeddedDay, InputVector, Space

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]

TABLE = sql.Identifier("drift_inputvector")
# https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"; halfvec: dimensions, zero, values.
_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TAIL = b"\xff\xff"
_SIZE, _SHORT = np.dtype(">i4"), np.dtype(">i2")


class Gone(LookupError):
    """Some of the vectors that were asked for are no longer there."""


class ManySpaces(ValueError):
    """Vectors of more than one space: another encoder or another text, so that no comparison means anything."""


@dataclass(frozen=True)
class Day:
    """n inputs of a day in one space, in the order of their ids. `interactions`: ids in the log."""

    ids: Ints
    interactions: list[UUID]
    weights: Ints  # sampled inputs that each stands for; 0: no test counts it
    sampled: NDArray[np.bool_]
    vectors: Vectors  # (n, d); (n, 0) when they were not asked for

    def __len__(self) -> int:
        return len(self.ids)


def read(ids: Sequence[int] | Ints) -> Vectors:
    """(n, d) of n ids of InputVector, in their order. Raises Gone, and ManySpaces unless all are of one."""
    wanted = np.asarray(ids, dtype=np.int64)
    if not len(wanted):
        return np.zeros((0, 0), dtype=np.float32)
    unique = np.unique(wanted).tolist()
    if InputVector.objects.filter(pk__in=unique).values("day__space").distinct().count() > 1:
        raise ManySpaces
    rows = _copied_out({"id": 8, "vector": 0}, sql.SQL("id = ANY(%(ids)s)"), {"ids": unique})
    found = rows["id"].astype(np.int64)
    place = np.searchsorted(found, wanted)
    if not len(found) or not np.array_equal(found[np.minimum(place, len(found) - 1)], wanted):
        raise Gone
    return _units(rows["vector"])[place]


def of_day(space: Space, day: date, *, all_of_them: bool = False, with_vectors: bool = True) -> Day:
    """What tests count of the day: a row of each input that was drawn at random and is no repeat of another.

    `all_of_them`: repeats too, and what is here for another reason. Empty when the day was not embedded.
    """
    found = EmbeddedDay.objects.filter(space=space, day=day).first()
    return _empty() if found is None else of_embedded(found, all_of_them, with_vectors)


def of_embedded(day: EmbeddedDay, all_of_them: bool = False, with_vectors: bool = True) -> Day:
    """The same of a day that was fetched."""
    widths = {"id": 8, "interaction": 16, "weight": 4, "sampled": 1} | ({"vector": 0} if with_vectors else {})
    where = sql.SQL("day_id = %(day)s" if all_of_them else "day_id = %(day)s AND weight > 0")
    rows = _copied_out(widths, where, {"day": day.pk})
    if not len(rows):
        return _empty()
    return Day(
        ids=rows["id"].astype(np.int64),
        interactions=_uuids(rows["interaction"]),
        weights=rows["weight"].astype(np.int64),
        sampled=rows["sampled"].astype(bool),
        vectors=_units(rows["vector"]) if with_vectors else np.zeros((len(rows), 0), dtype=np.float32),
    )


def write(
    day: EmbeddedDay, interactions: Sequence[UUID], vectors: Vectors, *, sampled: bool, weight: int = 1
) -> None:
    """(n, d) unit vectors of n inputs. Raises IntegrityError for one that the day has already."""
    n, d = vectors.shape
    fields: list[Any] = [("fields", _SHORT)]
    for name, width in (("day", 8), ("interaction", 16), ("sampled", 1), ("weight", 4)):
        fields += [(f"{name}_size", _SIZE), (name, _TYPES[name, width])]
    fields += [("vector_size", _SIZE), ("dimensions", _SHORT), ("zero", _SHORT), ("vector", ">f2", (d,))]
    rows = np.zeros(n, dtype=np.dtype(fields))
    rows["fields"] = 5
    for name, width in (
        ("day", 8),
        ("interaction", 16),
        ("sampled", 1),
        ("weight", 4),
        ("vector", 4 + 2 * d),
    ):
        rows[f"{name}_size"] = width
    rows["day"], rows["sampled"], rows["weight"] = day.pk, sampled, weight
    rows["interaction"] = np.frombuffer(b"".join(one.bytes for one in interactions), dtype="V16")
    rows["dimensions"], rows["vector"] = d, vectors
    copy = sql.SQL("COPY {} (day_id, interaction, sampled, weight, vector) FROM STDIN (FORMAT binary)")
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(copy.format(TABLE)) as pipe,
    ):
        pipe.write(_HEAD + rows.tobytes() + _TAIL)


def set_weights(ids: Ints, weights: Ints) -> None:
    """In one statement. Those that have it already are not written anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "UPDATE {} AS kept SET weight = given.weight"
                " FROM unnest(%s::bigint[], %s::int[]) AS given (id, weight)"
                " WHERE kept.id = given.id AND kept.weight <> given.weight"
            ).format(TABLE),
            [ids.tolist(), weights.tolist()],
        )


_TYPES = {
    ("id", 8): ">i8",
    ("day", 8): ">i8",
    ("interaction", 16): "V16",
    ("weight", 4): ">i4",
    ("sampled", 1): "u1",
}


def _copied_out(widths: dict[str, int], where: sql.SQL, values: dict[str, object]) -> NDArray[np.void]:
    """Rows of one space with these columns, in the order of ids. No column is ever null: all are equally long."""
    columns = sql.SQL(", ").join(map(sql.Identifier, widths))
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} ORDER BY id) TO STDOUT (FORMAT binary)")
    with connection.cursor() as cursor, cursor.copy(query.format(columns, TABLE, where), values) as pipe:
        data = b"".join(pipe)
    body = memoryview(data)[len(_HEAD) : len(data) - len(_TAIL)]
    fields: list[Any] = [("fields", _SHORT)]
    for name, width in widths.items():
        fields.append((f"{name}_size", _SIZE))
        if width:
            fields.append((name, _TYPES[name, width]))
    if "vector" in widths:
        d = _dimensions(body, np.dtype(fields).itemsize)
        fields += [("dimensions", _SHORT), ("zero", _SHORT), ("vector", ">f2", (d,))]
    form = np.dtype(fields)
    return np.frombuffer(body, dtype=form)


def _dimensions(body: memoryview, before: int) -> int:
    """Of the first row: the number behind its other columns."""
    return int.from_bytes(body[before : before + 2], "big") if len(body) else 0


def _units(half: NDArray[np.float16]) -> Vectors:
    rows = half.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))
    return rows


def _uuids(column: Iterable[np.void]) -> list[UUID]:
    return [UUID(bytes=one.tobytes()) for one in column]


def _empty() -> Day:
    none = np.zeros(0, dtype=np.int64)
    return Day(none, [], none, np.zeros(0, dtype=bool), np.zeros((0, 0), dtype=np.float32))
