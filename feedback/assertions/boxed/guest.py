"""The process of the code. It knows neither its test nor who asks, and is believed nothing but values."""

import binascii
import builtins
import copy
import csv
import dataclasses
import decimal
import graphlib
import io
import json
import operator
import os
import queue
import re
import statistics
import struct
import sys
import zlib
from itertools import islice
from types import TracebackType
from typing import Any

from feedback.assertions.boxed.values import MUTABLE, Values, raised
from feedback.assertions.boxed.wire import MOST_LINE, Wire

PLAIN = {
    one.__name__: one
    for one in vars(builtins).values()
    if isinstance(one, type)
    and (
        issubclass(one, BaseException)
        or one in {bool, bytes, bytearray, complex, dict, float, frozenset, int, list, object, range, set, str, tuple}
    )
}  # fmt: skip
# Errors of Python's library, which a test catches by its own import of them.
LIBRARY: tuple[type[BaseException], ...] = (
    *(
        json.JSONDecodeError,
        dataclasses.FrozenInstanceError,
        statistics.StatisticsError,
        re.error,
        struct.error,
    ),
    *(decimal.DecimalException, decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow),
    *(binascii.Error, csv.Error, graphlib.CycleError, queue.Empty, queue.Full, zlib.error),
)
PLAIN |= {f"{one.__module__}.{one.__name__}": one for one in LIBRARY}
ITSELF = "the error itself"
MOST_TEXT = 10_000  # characters of what an error says
BASES: tuple[Any, ...] = (str, int, float, tuple, list, dict, set, frozenset)
# What is done with an object, by the method that stands for it in the test.
DOES: dict[str, Any] = {
    **{f"__{name}__": getattr(operator, name) for name in (
        "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift", "rshift", "xor",
        "eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "invert", "getitem", "setitem", "delitem",
        "contains", "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul", "ilshift",
        "irshift", "ixor", "iand", "ior",
    )},
    "__and__": operator.and_, "__or__": operator.or_, "__len__": len, "__bool__": bool, "__int__": int,
    "__float__": float, "__complex__": complex, "__index__": operator.index, "__str__": str,
    "__repr__": repr, "__bytes__": bytes, "__hash__": hash, "__iter__": iter, "__reversed__": reversed,
    "__round__": round, "__format__": format,
    "__enter__": lambda one: type(one).__enter__(one),
    "__exit__": lambda one, *error: type(one).__exit__(one, *error),
    "copy": copy.copy, "type": type, "deepcopy": copy.deepcopy,
    "get": getattr, "set": setattr, "del": delattr, "is": lambda kind, one: isinstance(one, kind),
}  # fmt: skip


class Guest:
    def __init__(self, reads: int, writes: int) -> None:
        self.wire = Wire(reads, writes, self._answer)
        self.values = Values(self._stand, self._found)
        self.names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        self.given: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.handed: dict[int, Any] = {}

    def _stand(self, value: Any) -> list[Any]:
        if isinstance(value, type) and (name := name_of(value)):
            return ["type", name]
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.given)
            self.given.append(value)
        if isinstance(value, type) and issubclass(value, BaseException):
            return ["error", number, value.__name__, [self.values.told(one) for one in _errors(value)]]
        base = next((one.__name__ for one in BASES if isinstance(value, one)), "")
        return ["object", number, type(value).__name__, callable(value), base]

    def _found(self, told: list[Any]) -> Any:
        form, name = told[:2]
        if form == "type":
            return PLAIN[name]
        if form == "yours":
            return self.given[name]
        if name not in self.handed:  # a function of the test

            def asked(*args: Any, **named: Any) -> Any:
                return self._asked(name, args, named)

            asked.__name__ = asked.__qualname__ = told[2] or "asked"
            asked.__doc__ = told[3]
            self.handed[name] = asked
            self.numbers[id(asked)] = -1 - name
        return self.handed[name]

    def _asked(self, number: int, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        form, told = self.wire.ask(number, [self._told(one) for one in args], self._told(named))
        if form == "raised":
            kind, texts = self.values.read(told)
            raise raised(kind, list(texts))
        return self.values.read(told)

    def _told(self, value: Any) -> Any:
        try:
            return self.values.told(value)
        except RecursionError:  # it holds itself
            return self._stand(value)

    def _answer(self, question: list[Any]) -> list[Any]:
        verb, *told = question
        before, printed = sys.stdout, io.StringIO()
        sys.stdout = printed
        changed: list[Any] = []
        try:
            found = self._done(verb, told, changed)
            return ["value", self._told(found), printed.getvalue(), [[n, self._told(v)] for n, v in changed]]
        except MemoryError:
            self.names.clear()
            return ["raised", ["type", "MemoryError"], [], {}, "", "", ""]
        except BaseException as error:
            line = line_of(error.__traceback__) if verb == "run" else ""
            own = {str(key): self._told(one) for key, one in vars(error).items()}
            if isinstance(error, ModuleNotFoundError):
                own["name"] = error.name or ""
            if not name_of(type(error)):
                own[ITSELF] = self._stand(error.with_traceback(None))
            said = [self._told(type(error)), [self._told(one) for one in error.args], own, _text(error)]
            return ["raised", *said, printed.getvalue()[:MOST_LINE], line]
        finally:
            sys.stdout = before

    def _done(self, verb: str, told: list[Any], changed: list[Any]) -> Any:
        if verb == "run":
            exec(compile(told[0], "<code>", "exec"), self.names)  # noqa: S102 - what all of this is for
            return [name for name in self.names if hasattr(builtins, name) and not name.startswith("__")]
        if verb == "name":
            return [self.names[told[0]]] if told[0] in self.names else []
        read = [self.values.read(one) for one in told]
        if verb == "next":
            return list(islice(read[0], 1))
        if verb == "plain":
            return _plain(read[0])
        if verb != "call":
            return DOES[verb](*read)
        called, args, named = read
        found = called(*args, **named)
        changed += [(n, one) for n, one in (*enumerate(args), *named.items()) if isinstance(one, MUTABLE)]
        return found


def name_of(kind: type) -> str:
    """Of a type that both processes have; empty for any other."""
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return name if PLAIN.get(name) is kind else ""


def _errors(kind: type) -> list[type]:
    return [one for one in kind.__bases__ if issubclass(one, BaseException)]


def _plain(one: Any) -> Any:
    base: Any = next(base for base in BASES if isinstance(one, base))
    if base is dict:
        return dict(dict.items(one))
    return (
        base(base.__iter__(one))
        if hasattr(base, "__iter__") and base is not str
        else base.__add__(one, base())
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MOST_TEXT]
    except Exception:
        return ""


def line_of(place: TracebackType | None) -> str:
    """The innermost of the text that was run; empty where none is."""
    found = 0
    while place is not None:
        if place.tb_frame.f_code.co_filename == "<code>":
            found = place.tb_lineno
        place = place.tb_next
    return f" (line {found})" if found else ""


def live(reads: int, writes: int) -> None:
    """Never comes back."""
    sys.stdin, sys.stderr = io.StringIO(), io.StringIO()
    try:
        Guest(reads, writes).wire.serve()
    finally:
        os._exit(0)
