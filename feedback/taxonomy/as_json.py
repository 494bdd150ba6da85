"""A taxonomy as JSON: what people send, and what is stored. Pure.

A list of names or paths, a list of objects `{name, description?, children?}`, or an object of
objects. What is stored is the second of them, with `"group": true` where nothing may be chosen.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from annotator.reading.errors import gettext_noop
from feedback.taxonomy import faults
from feedback.taxonomy.faults import Fault
from feedback.taxonomy.lines import path_of
from feedback.taxonomy.names import on_one_line, stored
from feedback.taxonomy.tree import MOST_DEPTH, Found, Node, Path, Taxonomy, build

KEYS = {"name", "description", "children", "group"}

NOT_JSON = gettext_noop("The text is not JSON: %(why)s (line %(line)s, column %(column)s)")
TOO_DEEP = gettext_noop("The text is nested too deep.")
NEITHER = gettext_noop("must be a list or an object")
NOT_A_NAME = gettext_noop("must be text, or an object with a name")
NO_NAME = gettext_noop("needs a “name” that is text")
UNKNOWN_KEY = gettext_noop("there is no use for “%(name)s”: name, description, children, group")
KEY_TWICE = gettext_noop("has “%(name)s” twice")
NOT_TEXT = gettext_noop("must be text")
NOT_A_SWITCH = gettext_noop("must be true or false")


class _Object(list[tuple[str, Any]]):
    """A JSON object with its keys as they came: a dict would lose those that are there twice."""

    def value(self, key: str, default: Any = None) -> Any:
        return next((value for name, value in self if name == key), default)

    @property
    def keys(self) -> list[str]:
        return [name for name, _ in self]

    @property
    def is_node(self) -> bool:
        return isinstance(self.value("name"), str) and set(self.keys) <= KEYS


def of_json(text: str) -> Taxonomy:
    """BadTaxonomy with the JSON path of each fault."""
    try:
        read = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        where = {"why": error.msg, "line": error.lineno, "column": error.colno}
        raise faults.one("", NOT_JSON, **where) from None
    except (RecursionError, ValueError):  # a number of thousands of digits is a ValueError, too
        raise faults.one("", TOO_DEEP) from None
    return of_value(read)


def of_stored(value: Any) -> Taxonomy:
    """What `stored_form` made, after its way through the database."""
    return of_value(_pairs(value))


def of_value(read: Any) -> Taxonomy:
    walk = _Walk()
    if isinstance(read, _Object):
        found = list(walk.one(read, "$", ()) if read.is_node else walk.named(read, "$", ()))
    elif isinstance(read, list):
        found = list(walk.listed(read, "$", ()))
    else:
        raise faults.one("$", NEITHER)
    faults.raise_if_any(walk.faults)
    return build(found, walk.repaired)


def stored_form(taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """For a JSON column; `of_stored` reads it back."""
    roots: list[dict[str, Any]] = []
    made: dict[Path, dict[str, Any]] = {}
    for node in taxonomy.nodes:
        above = made.get(node.path[:-1])
        made[node.path] = one = _stored_node(node)
        (roots if above is None else above.setdefault("children", [])).append(one)
    return roots


def _stored_node(node: Node) -> dict[str, Any]:
    one: dict[str, Any] = {"name": node.name}
    if node.description:
        one["description"] = node.description
    if node.group:
        one["group"] = True
    return one


def _pairs(value: Any) -> Any:
    if isinstance(value, dict):
        return _Object((name, _pairs(inner)) for name, inner in value.items())
    return [_pairs(inner) for inner in value] if isinstance(value, list) else value


class _Walk:
    """Through the read value, noting what is wrong on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.repaired = 0

    def listed(self, values: list[Any], place: str, above: Path) -> Iterator[Found]:
        """Names, paths and objects."""
        for n, value in enumerate(values):
            yield from self.one(value, f"{place}[{n}]", above)

    def one(self, value: Any, place: str, above: Path) -> Iterator[Found]:
        if isinstance(value, str):
            yield Found(place, (*above, *path_of(self._text(value))))
        elif isinstance(value, _Object):
            yield from self._node(value, place, above)
        else:
            self._wrong(place, NOT_A_NAME)

    def named(self, value: _Object, place: str, above: Path) -> Iterator[Found]:
        """An object whose keys are names, and whose values what stands below them."""
        self._repeats(value, place)
        for name, below in value:
            yield from self._with_below(on_one_line(self._text(name)), below, _at(place, name), above)

    def _with_below(self, name: str, below: Any, place: str, above: Path) -> Iterator[Found]:
        path = (*above, name)
        description = self._described(below, place) if isinstance(below, str) else ""
        yield Found(place, path, description)
        if below is None or isinstance(below, str):
            return
        yield from self._below(below, place, path)

    def _node(self, value: _Object, place: str, above: Path) -> Iterator[Found]:
        self._repeats(value, place)
        for key in value.keys:
            if key not in KEYS:
                self._wrong(place, UNKNOWN_KEY, name=self._text(key))
        name = value.value("name")
        if not isinstance(name, str):
            self._wrong(place, NO_NAME)
            return
        path = (*above, on_one_line(self._text(name)))
        group = value.value("group", False)
        if not isinstance(group, bool):
            self._wrong(f"{place}.group", NOT_A_SWITCH)
        description = self._described(value.value("description", ""), f"{place}.description")
        yield Found(place, path, description, group is True)
        children = value.value("children")
        if children is not None:
            yield from self._below(children, f"{place}.children", path)

    def _below(self, value: Any, place: str, above: Path) -> Iterator[Found]:
        if len(above) > MOST_DEPTH:
            return  # its own depth is told already
        if isinstance(value, _Object):
            yield from self.named(value, place, above)
        elif isinstance(value, list):
            yield from self.listed(value, place, above)
        else:
            self._wrong(place, NEITHER)

    def _described(self, value: Any, place: str) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong(place, NOT_TEXT)
            return ""
        return on_one_line(self._text(value))

    def _repeats(self, value: _Object, place: str) -> None:
        for name, times in Counter(value.keys).items():
            if times > 1:
                self._wrong(place, KEY_TWICE, name=self._text(name))

    def _text(self, text: str) -> str:
        kept, count = stored(text)
        self.repaired += count
        return kept

    def _wrong(self, place: str, text: str, **values: Any) -> None:
        self.faults.append(Fault(place, text, values))


def _at(place: str, name: str) -> str:
    """`.name`, or quoted where it is no plain word."""
    plain, _ = stored(name)
    return (
        f"{place}.{plain}"
        if plain.isidentifier()
        else f"{place}[{json.dumps(plain[:60], ensure_ascii=False)}]"
    )
