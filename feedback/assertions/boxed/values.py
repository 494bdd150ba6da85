"""Values between the code and its test, as JSON: plain data is copied, all else stays where it is.

A scalar is itself, and whatever else is a list that begins with its form.
"""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

SAFE = 2**53
# Made anew from the arguments that are told beside the name.
MADE: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "int": (int, hex, lambda told: int(told, 16)),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "bytearray": (bytearray, bytearray.hex, bytearray.fromhex),
    "complex": (complex, lambda one: [one.real, one.imag], lambda told: complex(*told)),
    "Decimal": (Decimal, str, Decimal),
    "Fraction": (
        Fraction,
        lambda one: [hex(one.numerator), hex(one.denominator)],
        lambda told: Fraction(*(int(part, 16) for part in told)),
    ),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "timedelta": (
        timedelta,
        lambda one: [one.days, one.seconds, one.microseconds],
        lambda told: timedelta(*told),
    ),
    "range": (range, lambda one: [hex(n) for n in (one.start, one.stop, one.step)], lambda told: range(*(int(n, 16) for n in told))),
    "UUID": (UUID, str, UUID),
}  # fmt: skip
FORMS = {kind: (name, tell) for name, (kind, tell, _read) in MADE.items()}
GROUPS: dict[str, Any] = {
    "list": list, "tuple": tuple, "set": set, "frozenset": frozenset,
}  # fmt: skip
TABLES: dict[str, Any] = {"dict": dict, "Counter": Counter, "OrderedDict": OrderedDict}
OF_GROUP = {kind: name for name, kind in GROUPS.items()}
OF_TABLE = {kind: name for name, kind in TABLES.items()}
MUTABLE = (list, dict, set, deque, bytearray)


class Spoiled(BaseException):
    """What came is no value."""


class Values:
    """`stand`: how an object that is no plain data is told. `found`: the object of such a form."""

    def __init__(self, stand: Callable[[Any], list[Any]], found: Callable[[list[Any]], Any]) -> None:
        self._stand, self._found = stand, found

    def told(self, value: Any) -> Any:
        """By its exact type: what is derived from a plain type is an object. Raises RecursionError for
        what holds itself."""
        kind = type(value)
        if value is None or kind in {bool, str, float} or (kind is int and -SAFE < value < SAFE):
            return value
        if kind in FORMS:
            name, tell = FORMS[kind]
            return [name, tell(value)]
        if kind in OF_GROUP:
            return [OF_GROUP[kind], [self.told(one) for one in value]]
        if kind is deque:
            return ["deque", [self.told(one) for one in value], value.maxlen]
        if kind in OF_TABLE:
            return [OF_TABLE[kind], self._pairs(value)]
        if kind is defaultdict:
            return ["defaultdict", self._pairs(value), self.told(value.default_factory)]
        return self._stand(value)

    def read(self, told: Any) -> Any:
        """Raises Spoiled."""
        if told is None or type(told) in {bool, str, float, int}:
            return told
        try:
            form, *rest = told
            if form in MADE:
                return MADE[form][2](rest[0])
            if form in GROUPS:
                return GROUPS[form](self.read(one) for one in rest[0])
            if form == "deque":
                return deque((self.read(one) for one in rest[0]), rest[1])
            if form in TABLES:
                return TABLES[form](self._read_pairs(rest[0]))
            if form == "defaultdict":
                return defaultdict(self.read(rest[1]), self._read_pairs(rest[0]))
            return self._found(told)
        except (TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise Spoiled from error

    def _pairs(self, value: dict[Any, Any]) -> list[list[Any]]:
        return [[self.told(key), self.told(one)] for key, one in value.items()]

    def _read_pairs(self, told: Any) -> dict[Any, Any]:
        return {self.read(key): self.read(one) for key, one in told}


def raised(kind: type[BaseException], args: list[Any]) -> BaseException:
    try:
        return kind(*args)
    except TypeError:  # it is made in a way of its own
        return kind.__new__(kind, *args)


def renew(old: Any, new: Any) -> None:
    """`old`, which is mutable, holds from now on what `new` holds."""
    if isinstance(old, (list, bytearray)):
        old[:] = new
    elif isinstance(old, (dict, set)):
        old.clear()
        old.update(new)
    else:
        old.clear()
        old.extend(new)
