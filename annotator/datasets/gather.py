"""Rows as they are read, before it is known which stay: their texts on disk, of each a few numbers in memory."""

import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

import msgspec

from annotator.datasets.content import Row, Side
from annotator.datasets.words import asked_in, content_hash, hash_before, label_of, made_in, text_hash

_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Row).decode


@dataclass(frozen=True)
class Left:
    """An item with answers that gives no row. `reason`: a key of `annotator.datasets.told.REASONS`."""

    reason: str


class Judged:
    """Which outputs of which items have a rated row, and whether it calls them good: eight bytes a row."""

    def __init__(self) -> None:
        self._marks = array("Q")
        self._sorted = 0  # of them

    def add(self, row: Row) -> None:
        self._marks.append(_mark(row, row.output, bool(row.good)))

    def told(self, row: Row) -> tuple[Side, ...]:
        """The sides of a demonstration of which a rated row says the same."""
        if self._sorted < len(self._marks):
            self._marks = array("Q", sorted(self._marks))
            self._sorted = len(self._marks)
        marks: dict[Side, int] = {"output": _mark(row, row.output, True)}
        if row.rejected is not None:
            marks["rejected"] = _mark(row, row.rejected, False)
        return tuple(side for side, mark in marks.items() if self._has(mark))

    def _has(self, mark: int) -> bool:
        at = bisect_left(self._marks, mark)
        return at < len(self._marks) and self._marks[at] == mark


def _mark(row: Row, payload: object, good: bool) -> int:
    """Outer white space makes no other output."""
    said = payload.strip() if isinstance(payload, str) else payload
    return int.from_bytes(blake2b(_encode([row.provenance.item, said, good]), digest_size=8).digest())


class Gathered:
    """All rows of a version in order. Numbers of rows and inputs begin at 0.

    `inputs`: of each row the number of its input in `hashes`. `strength`: which of two that say the same
    stays, see `strength_of`.
    """

    def __init__(self) -> None:
        self.hashes: list[UUID] = []
        self.inputs = array("I")
        self.contents: list[bytes] = []
        self.labels: list[str] = []
        self.scopes: list[int] = []
        self.strength = array("d")
        self.left: Counter[str] = Counter()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`; gone if we are killed
        self._ends = array("Q", [0])
        self._known: dict[UUID, int] = {}
        self._before = bytearray()
        self._judged = Judged()
        self._names: dict[tuple[str, ...], int] = {}

    def __len__(self) -> int:
        return len(self.inputs)

    def close(self) -> None:
        self._file.close()

    def read(
        self,
        found: Iterable[Row | Left],
        *,
        new_input: Callable[[str], None],
        progress: Callable[[int], None],
    ) -> None:
        """`new_input` hears the text of each input once, in the order of its number."""
        for one in found:
            if isinstance(one, Left):
                self.left[one.reason] += 1
                continue
            line = self._line(one)
            self._file.write(line)
            self._ends.append(self._ends[-1] + len(line))
            self._note(_decode(line), new_input)
            progress(len(self))

    def _line(self, row: Row) -> bytes:
        """As JSON. Of a demonstration it is said what a rated row says, too; rated rows are read before."""
        line = _encode(row)
        if row.kind == "demonstration" and row.provenance.item:
            whole = _decode(line)
            if told := self._judged.told(whole):
                return _encode(msgspec.structs.replace(whole, told=told))
        elif row.kind == "rated" and row.good is not None:
            self._judged.add(_decode(line))
        return line

    def _note(self, row: Row, new_input: Callable[[str], None]) -> None:
        asked, label = asked_in(row), label_of(row)
        name = text_hash(asked)
        number = self._known.setdefault(name, len(self.hashes))
        if number == len(self.hashes):
            self.hashes.append(name)
            new_input(asked)
            self._before += hash_before(asked_in(row, before=True)).bytes
        self.inputs.append(number)
        self.contents.append(content_hash(row).bytes)
        self.scopes.append(self._number(row.kind, row.question, label))
        self.labels.append(label)
        self.strength.append(strength_of(row))

    def __contains__(self, name: object) -> bool:
        """Whether a row has the input of this hash."""
        return name in self._known

    def hash_before(self, number: int) -> UUID:
        """Of an input: what it was placed under once, see `words.hash_before`."""
        return UUID(bytes=bytes(self._before[16 * number : 16 * number + 16]))

    def _number(self, *names: str) -> int:
        return self._names.setdefault(names, len(self._names))

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(number, its JSON) of all rows, in order."""
        self._file.seek(0)
        for number in range(len(self)):
            yield number, self._file.read(self._ends[number + 1] - self._ends[number])

    def made(self, which: Iterable[int]) -> Iterator[str]:
        """What was made, of these rows, which ascend."""
        for number in which:
            self._file.seek(self._ends[number])
            yield made_in(_decode(self._file.read(self._ends[number + 1] - self._ends[number])))


def strength_of(row: Row) -> float:
    """An adjudicated row before all others, then the one with more votes, then the higher agreement."""
    adjudicated = 1e6 * (row.provenance.consensus == "adjudicated")
    return adjudicated + 2.0 * sum(row.votes.values()) + (row.agreement or 0.0)
