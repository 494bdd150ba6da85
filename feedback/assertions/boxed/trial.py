"""The process of the test. The code's names are stand-ins; what decides is decided here, with Python's own
functions and with data."""

import builtins
import functools
import operator
import os
import re
import signal
import sys
import types
from typing import Any

from feedback.assertions.boxed import stand_ins
from feedback.assertions.boxed.guest import ITSELF, PLAIN, line_of, name_of
from feedback.assertions.boxed.stand_ins import Called, CannotTell, Kind, StandIn
from feedback.assertions.boxed.values import MUTABLE, Spoiled, Values, raised, renew
from feedback.assertions.boxed.wire import Gone, TooLarge, Wire

Told = tuple[str, str]  # how it ended, what with
TEXT = "told text"
FUNCTIONS: tuple[type, ...] = (
    *(type(lambda: 0), type(len), type([].append), type(str.lower), types.MethodType),
    *(functools.partial, operator.itemgetter, operator.attrgetter),
)
OURS = re.compile(r"\b(StandIn|Called)\b")


class Names(dict[str, Any]):
    """The test's own names, then Python's, then the code's."""

    def __init__(self, trial: "Trial") -> None:
        super().__init__(__name__="__test__", __builtins__=builtins)
        self.trial, self.hidden = trial, frozenset[str]()

    def __missing__(self, name: str) -> Any:
        if name in self.hidden:
            raise CannotTell(f"{name} is a name of Python’s and one of the code’s")
        if name == "type":
            return Kind
        if not hasattr(builtins, name):
            for found in self.trial.ask("name", name):
                return found
        raise KeyError(name)


class OfCode(type):
    """A type of errors of the code's. What is not in it here is asked of the code."""

    asks: Any

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls.asks("get", cls, name)


class Trial:
    def __init__(self, reads: int, writes: int) -> None:
        self.wire = Wire(reads, writes, self._answer)
        self.values = Values(self._stand, self._found)
        self.names = Names(self)
        self.known: dict[int, Any] = {}
        self.numbers: dict[type, int] = {}  # of types of errors
        self.handed: list[Any] = []
        self.handed_as: dict[Any, int] = {}
        self.copies: list[tuple[Any, Any]] = []  # of what is changeable and stays the code's, and as it came
        self.line = ""
        self.lost: BaseException | None = None

    def ask(self, verb: str, *what: Any) -> Any:
        """Raises what the code raised."""
        told = what if verb in {"run", "name"} else [self._told(one) for one in what]
        try:
            found, error = self._heard(what, *self.wire.ask(verb, *told))
        except (Gone, TooLarge, Spoiled) as lost:
            self.lost = lost
            raise
        if error is not None:
            raise error
        for one in found if verb == "name" else [found] if verb == "get" else []:
            if not stand_ins.is_one(one) and isinstance(one, MUTABLE):
                self.copies.append((one, self.values.told(one)))
        return found

    def changed(self) -> bool:
        """Whether the test changed something that it holds a copy of, which the code cannot know."""
        try:
            return any(self._told(one) != came for one, came in self.copies)
        except CannotTell:  # it put something of its own in
            return True

    def _heard(self, what: Any, form: Any, found: Any, *more: Any) -> tuple[Any, BaseException | None]:
        """(what it gives, what it raised). Raises Spoiled."""
        try:
            if form == "raised":
                return None, self._raised(found, *more)
            printed, changed = more
            sys.stdout.write(printed)
            for n, new in changed:
                old = what[2 if isinstance(n, str) else 1][n]
                if isinstance(old, MUTABLE):
                    renew(old, self.values.read(new))
            return self.values.read(found), None
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise Spoiled from error

    def _told(self, value: Any) -> Any:
        try:
            return self.values.told(value)
        except RecursionError:
            raise CannotTell("what the test hands to the code holds itself") from None

    def _raised(self, kind: Any, args: Any, own: Any, text: Any, printed: Any, line: Any) -> BaseException:
        sys.stdout.write(printed)
        self.line = str(line)
        found = self.values.read(kind)
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            raise Spoiled
        if issubclass(found, StopIteration | StopAsyncIteration):
            found = RuntimeError  # it would end a loop of the test
        error = raised(found, [self.values.read(one) for one in args])
        vars(error).update({name: self.values.read(one) for name, one in own.items()})
        if isinstance(error, ModuleNotFoundError):
            error.name = str(own.get("name", ""))
        if found in self.numbers or not str(error):
            vars(error)[TEXT] = str(text)
        return error

    def _stand(self, value: Any) -> list[Any]:
        if stand_ins.is_one(value):
            return ["yours", stand_ins.number_of(value)]
        if isinstance(value, type) and value in self.numbers:
            return ["yours", self.numbers[value]]
        if isinstance(value, type) and (name := name_of(value)):
            return ["type", name]
        if isinstance(value, FUNCTIONS):
            number = self.handed_as.setdefault(value, len(self.handed))
            if number == len(self.handed):
                self.handed.append(value)
            doc = getattr(value, "__doc__", None)
            return [
                "handed",
                number,
                str(getattr(value, "__name__", "")),
                doc if isinstance(doc, str) else None,
            ]
        raise CannotTell(f"the test hands an object “{type(value).__name__}” to the code")

    def _found(self, told: list[Any]) -> Any:
        form, name = told[:2]
        if form == "type":
            return PLAIN[name]
        if form == "object" and name < 0:
            return self.handed[-1 - name]
        if name not in self.known:
            self.known[name] = self._met(*told)
        return self.known[name]

    def _met(self, form: str, number: int, kind: str, *more: Any) -> Any:
        if form == "error":
            bases = tuple(self.values.read(one) for one in more[0])
            told = {
                "__str__": _text,
                "__module__": "__main__",
                "__getattr__": _more,
                "asks": staticmethod(self.ask),
            }
            made = OfCode(kind, bases, told)
            self.numbers[made] = number
            return made
        called, base = more
        return (Called if called else StandIn)(
            self.ask, number, str(kind), base if base in stand_ins.BASES else ""
        )

    def _answer(self, question: list[Any]) -> list[Any]:
        """The code calls a function that the test handed to it: nothing else can be asked here."""
        try:
            number, args, named = question
            function, placed = self.handed[number], [self.values.read(one) for one in args]
            named = {str(key): one for key, one in self.values.read(named).items()}
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise Spoiled from error
        try:
            return ["value", self._told(function(*placed, **named))]
        except Exception as error:
            kind = next(one for one in type(error).__mro__ if one in self.numbers or one in PLAIN.values())
            return ["raised", self._told((kind, (str(error),)))]


def _text(error: BaseException) -> str:
    return str(vars(error)[TEXT]) if TEXT in vars(error) else BaseException.__str__(error)


def _more(error: BaseException, name: str) -> Any:
    """What the code's own type gives its errors, and is not stored in each."""
    if name.startswith("__"):
        raise AttributeError(name)
    if ITSELF not in vars(error):
        raise CannotTell(f"the test made an error “{type(error).__name__}” of the code")
    return getattr(vars(error)[ITSELF], name)


def run(code: str, test: str, *, reads: int, writes: int, guest: int) -> Told:
    trial = Trial(reads, writes)
    how, what = _ended(trial, code, test)
    if trial.lost is None:
        return how, what
    if isinstance(trial.lost, TooLarge):
        return "TOO_LARGE", ""
    if isinstance(trial.lost, Gone):
        _pid, status = os.waitpid(guest, 0)
        # The kernel kills what takes too long.
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}:
            return "TOO_LONG", ""
    return "ENDED", ""


def _ended(trial: Trial, code: str, test: str) -> Told:
    failed = "RAISED"
    try:
        trial.names.hidden = frozenset(map(str, trial.ask("run", code)))
        failed, trial.line = "TEST_RAISED", ""
        exec(compile(test, "<code>", "exec"), trial.names)  # noqa: S102 - the owner's, and behind the lock
    except MemoryError:
        return "TOO_LARGE", ""
    except ModuleNotFoundError as error:
        return "NEEDS", error.name or ""
    except SystemExit:
        return "ENDED", ""
    except CannotTell as error:
        return "CANNOT_TELL", str(error)
    except BaseException as error:
        if failed != "RAISED" and isinstance(error, TypeError) and OURS.search(_said(error)):
            return "CANNOT_TELL", "Python’s own functions ask for the type of an object of the code"
        if failed != "RAISED" and trial.changed():
            return "CANNOT_TELL", "the test changes a copy of what the code holds"
        line = trial.line if failed == "RAISED" else line_of(error.__traceback__)
        return failed, f"{type(error).__name__}: {_said(error)}{line}"
    return "RAN", ""


def _said(error: BaseException) -> str:
    """What an error says, which may be up to an object of the code's."""
    try:
        return str(error)
    except BaseException:
        return ""
