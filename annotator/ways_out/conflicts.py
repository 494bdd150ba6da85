"""Lines that say both of the same prompt and answer. Eight bytes a line are kept, never the texts."""

from array import array
from hashlib import blake2b

import msgspec

from annotator.ways_out.model import Record

_PARTS = 256


class Conflicts:
    """First `see` every line, then ask `clean` of each."""

    def __init__(self, keys: tuple[str, ...], label: str) -> None:
        self._keys, self._label = keys, label
        self._encode = msgspec.json.Encoder().encode
        self._parts = [array("Q") for _ in range(_PARTS)]
        self._both: frozenset[int] | None = None

    def see(self, record: Record) -> None:
        number = self._number(record)
        self._parts[number >> 56].append(number & ~1 | bool(record[self._label]))

    def clean(self, record: Record) -> bool:
        """Whether no line that was seen says the opposite."""
        if self._both is None:
            self._both = frozenset(self._found())
        return not self._both or (self._number(record) >> 1) not in self._both

    def _found(self) -> set[int]:
        both: set[int] = set()
        for part in self._parts:
            true = {number >> 1 for number in part if number & 1}
            both.update(true & {number >> 1 for number in part if not number & 1})
            del part[:]
        return both

    def _number(self, record: Record) -> int:
        said = self._encode([record[key] for key in self._keys])
        return int.from_bytes(blake2b(said, digest_size=8).digest())
