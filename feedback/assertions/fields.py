"""The settings of a kind: what a form asks for, what a program may send, and what is wrong with it. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from annotator.reading.errors import gettext_noop

MOST_LINES = 200
MOST_LINE = 500  # characters

MISSING = gettext_noop("This field is required.")  # as forms say it of their other fields
UNKNOWN = gettext_noop("There is no such setting. There are: %(names)s.")
NO_TEXT = gettext_noop("This must be text.")
NO_NUMBER = gettext_noop("This must be a number.")
NO_WHOLE = gettext_noop("This must be a whole number.")
NO_CHOICE = gettext_noop("Choose one of: %(choices)s.")
NO_YES = gettext_noop("This must be true or false.")
NO_LINES = gettext_noop("This must be a list of texts, or one text a line.")
TOO_LONG = gettext_noop("This has more than %(most)s characters.")
TOO_MANY = gettext_noop("There are more than %(most)s lines.")
OUT_OF_RANGE = gettext_noop("This must be from %(low)s to %(high)s.")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a setting, for who wrote it. `text` is a message id, filled by `values`."""

    field: str
    text: str
    values: Mapping[str, Any] = made(default_factory=dict)

    def __str__(self) -> str:
        said = self.text % self.values if self.values else self.text
        return f"{self.field}: {said}"


class BadSettings(ValueError):
    """`faults`: all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, faults)))


@dataclass(frozen=True)
class Field:
    """One setting. Titles and helps are message ids. `read` makes of what was sent what is stored, and
    raises Wrong; `empty` is what a setting that was left out becomes, unless `required`."""

    name: str
    type: str  # text, long, code, lines, whole, number, choice, yes
    title: str
    help: str = ""
    required: bool = False
    empty: Any = None
    initial: Any = None  # what a form begins with, if that is something else than `empty`
    choices: tuple[tuple[str, str], ...] = ()  # (value, title)
    low: float = 0
    high: float = 0
    most: int = 2_000

    def read(self, sent: Any) -> Any:
        if sent is None or sent == "" or sent == []:
            if self.required:
                raise Wrong(MISSING)
            return self.empty
        return _READERS[self.type](self, sent)


class Wrong(ValueError):
    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text)
        self.text, self.values = text, values


def read(fields: Sequence[Field], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are stored. Raises BadSettings."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    known = {one.name for one in fields}
    faults += [
        Fault(name, UNKNOWN, {"names": ", ".join(sorted(known))}) for name in sent if name not in known
    ]
    for one in fields:
        try:
            found[one.name] = one.read(sent.get(one.name))
        except Wrong as wrong:
            faults.append(Fault(one.name, wrong.text, wrong.values))
    if faults:
        raise BadSettings(faults)
    return found


def _text(one: Field, sent: Any) -> str:
    if not isinstance(sent, str):
        raise Wrong(NO_TEXT)
    if len(sent) > one.most:
        raise Wrong(TOO_LONG, most=one.most)
    if one.required and not sent.strip():
        raise Wrong(MISSING)
    return sent


def _code(one: Field, sent: Any) -> str:
    """JSON may be sent as what it is."""
    return _text(one, json.dumps(sent, indent=1) if isinstance(sent, (dict, list)) else sent)


def _lines(one: Field, sent: Any) -> list[str]:
    if isinstance(sent, str):
        sent = sent.splitlines()
    if not isinstance(sent, list) or not all(isinstance(line, str) for line in sent):
        raise Wrong(NO_LINES)
    lines = list(dict.fromkeys(line.strip() for line in sent if line.strip()))
    if one.required and not lines:
        raise Wrong(MISSING)
    if len(lines) > MOST_LINES:
        raise Wrong(TOO_MANY, most=MOST_LINES)
    if any(len(line) > MOST_LINE for line in lines):
        raise Wrong(TOO_LONG, most=MOST_LINE)
    return lines


def _number(one: Field, sent: Any) -> float:
    try:
        value = float(sent) if isinstance(sent, (str, int, float)) and not isinstance(sent, bool) else None
    except ValueError:
        value = None
    if value is None or value != value:
        raise Wrong(NO_NUMBER)
    if not one.low <= value <= one.high:
        raise Wrong(OUT_OF_RANGE, low=f"{one.low:g}", high=f"{one.high:g}")
    return value


def _whole(one: Field, sent: Any) -> int:
    value = _number(one, sent)
    if value != int(value):
        raise Wrong(NO_WHOLE)
    return int(value)


def _choice(one: Field, sent: Any) -> str:
    values = [value for value, _ in one.choices]
    if sent not in values:
        raise Wrong(NO_CHOICE, choices=", ".join(values))
    return str(sent)


def _yes(_one: Field, sent: Any) -> bool:
    if isinstance(sent, bool):
        return sent
    if isinstance(sent, str) and sent.lower() in {"on", "true", "yes", "1"}:
        return True
    if isinstance(sent, str) and sent.lower() in {"off", "false", "no", "0"}:
        return False
    raise Wrong(NO_YES)


_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "long": _text,
    "code": _code,
    "lines": _lines,
    "whole": _whole,
    "number": _number,
    "choice": _choice,
    "yes": _yes,
}
