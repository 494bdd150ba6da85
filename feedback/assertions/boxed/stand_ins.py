"""What stands in a test for the objects of the code: each asks the code's process, and knows nothing.

Two things are never asked, because an object that is told what is wanted can say that it is that: how it
compares with, and what it computes with, plain data. What is derived from a plain type is compared as that.
"""

import operator
from collections.abc import Callable
from typing import Any

Ask = Callable[..., Any]


class CannotTell(BaseException):
    """Only the code could say. No `except Exception` of a test holds it up."""


class StandIn:
    __slots__ = ("__ask", "__base", "__kind", "__number")

    def __init__(self, ask: Ask, number: int, kind: str, base: str) -> None:
        self.__ask, self.__number, self.__kind, self.__base = ask, number, kind, base

    def __getattr__(self, name: str) -> Any:
        return self.__ask("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_StandIn__"):
            object.__setattr__(self, name, value)
        else:
            self.__ask("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        self.__ask("del", self, name)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        if not self.__base:
            raise CannotTell(f"the type of {named(self)} is asked for")
        return BASES[self.__base]

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self.__ask("get", self, "__doc__")

    def __instancecheck__(self, one: Any) -> bool:
        return type(one) in {StandIn, Called} and bool(self.__ask("is", self, one))

    def __next__(self) -> Any:
        for one in self.__ask("next", self):
            return one
        raise StopIteration

    def __copy__(self) -> Any:
        return self.__ask("copy", self)

    def __deepcopy__(self, _memo: Any) -> Any:
        return self.__ask("deepcopy", self)

    def __mro_entries__(self, _bases: Any) -> Any:
        raise CannotTell(f"a class of the test is derived from {named(self)}")

    def __hash__(self) -> int:
        return int(self.__ask("__hash__", self))


class Called(StandIn):
    __slots__ = ()
    __doc__ = StandIn.__dict__["__doc__"]

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self._StandIn__ask("call", self, args, named)


class _Kinds(type):
    def __call__(cls, *of: Any, **more: Any) -> Any:
        if cls is not Kind:
            return super().__call__(*of, **more)
        return _kind_of(of[0]) if len(of) == 1 and is_one(of[0]) else type(*of, **more)

    def __instancecheck__(cls, one: Any) -> bool:
        return isinstance(one, type)

    def __subclasscheck__(cls, one: Any) -> bool:
        return issubclass(one, type)


class Kind(type, metaclass=_Kinds):
    """What is `type` to a test: of an object of the code's the code's own type, and no plain one."""


def _kind_of(one: StandIn) -> Any:
    found = object.__getattribute__(one, "_StandIn__ask")("type", one)
    if not (is_one(found) or (isinstance(found, type) and issubclass(found, BaseException))):
        raise CannotTell(f"the type of {named(one)} is asked for")
    return found


BASES = {one.__name__: one for one in (str, int, float, tuple, list, dict, set, frozenset)}


def is_one(value: Any) -> bool:
    return type(value) in {StandIn, Called}


def number_of(one: StandIn) -> int:
    return int(object.__getattribute__(one, "_StandIn__number"))


def base_of(one: StandIn) -> str:
    return str(object.__getattribute__(one, "_StandIn__base"))


def named(one: StandIn) -> str:
    return f"an object “{object.__getattribute__(one, '_StandIn__kind')[:60]}” of the code"


def _asks(name: str) -> Callable[..., Any]:
    def method(self: StandIn, *more: Any) -> Any:
        return self._StandIn__ask(name, self, *more)

    return method


def _weighs(name: str, does: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """`does`: the operator, for what is held in plain data by the one side and is plain on the other."""

    def method(self: StandIn, other: Any) -> Any:
        same = name in {"__eq__", "__ne__"}
        if same and other is None:
            return name == "__ne__"
        if same and is_one(other) and number_of(self) == number_of(other):
            return name == "__eq__"
        ask, base = self._StandIn__ask, self._StandIn__base
        if base:
            theirs = ask("plain", other) if is_one(other) and base_of(other) else other
            if not is_one(theirs):
                return does(ask("plain", self), theirs)
        if is_one(other):
            return ask(name, self, other)
        raise CannotTell(f"{named(self)} is compared or computed with {type(other).__name__}")

    return method


def _in_place(name: str, does: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Of two of the code's own its own way; with plain data as without the place."""

    def method(self: StandIn, other: Any) -> Any:
        return (
            self._StandIn__ask(name, self, other)
            if is_one(other) and not base_of(self)
            else does(self, other)
        )

    return method


def _turned(does: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda mine, theirs: does(theirs, mine)


for _name in ("neg", "pos", "abs", "invert", "getitem", "setitem", "delitem", "contains", "len", "bool", "int",
              "float", "complex", "index", "str", "repr", "bytes", "iter", "reversed", "round", "format",
              "enter"):  # fmt: skip
    setattr(StandIn, f"__{_name}__", _asks(f"__{_name}__"))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(StandIn, f"__{_name}__", _weighs(f"__{_name}__", getattr(operator, _name)))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift", "rshift", "xor",
              "and", "or"):  # fmt: skip
    _does = getattr(operator, f"{_name}_" if _name in {"and", "or"} else _name)
    setattr(StandIn, f"__{_name}__", _weighs(f"__{_name}__", _does))
    setattr(StandIn, f"__i{_name}__", _in_place(f"__i{_name}__", _does))
    setattr(StandIn, f"__r{_name}__", _weighs(f"__r{_name}__", _turned(_does)))


def _leaves(self: StandIn, kind: Any, error: Any, _trace: Any) -> Any:
    held = self._StandIn__ask("__exit__", self, kind, None if error is None else str(error), None)
    if held and kind is not None and issubclass(kind, AssertionError):
        raise CannotTell(f"{named(self)} holds up what the test asserts")
    return held


setattr(StandIn, "__exit__", _leaves)  # noqa: B010 - beside the others, which have no line of their own
