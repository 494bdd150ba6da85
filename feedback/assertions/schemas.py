"""JSON Schema, held in: nothing is fetched, and a schema that would compare for ever is given up. Pure."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from feedback.assertions import patterns

SECONDS = 0.2  # on one value

Keyword = Callable[[Any, Any, Any, Any], Iterator[Any] | None]


class NoSchema(ValueError):
    """Its text says why."""


class Elsewhere(ValueError):
    """A reference that leaves the schema; its text is the reference."""


class TooSlow(TimeoutError):
    pass


class _Limit(threading.local):
    """When the comparison under way in this thread must have ended."""

    ends = 0.0


_LIMIT = _Limit()


@lru_cache(maxsize=256)
def compiled(text: str) -> Any:
    """Raises JSONDecodeError, NoSchema, Elsewhere."""
    from jsonschema import exceptions, validators  # noqa: PLC0415 - only where a schema is used
    from referencing import Registry  # noqa: PLC0415

    schema = json.loads(text)
    if not isinstance(schema, (dict, bool)):
        raise NoSchema("it must be an object")
    plain = validators.validator_for(schema, default=validators.Draft202012Validator)
    try:
        plain.check_schema(cast(dict[str, Any], schema))  # true and false are schemas, too
    except exceptions.SchemaError as error:
        raise NoSchema(error.message[:300]) from error
    except RecursionError as error:
        raise NoSchema("it is nested too deep") from error
    for name in _references(schema):
        if not name.startswith("#"):
            raise Elsewhere(name)
    names = set(_names(schema))
    if "patternProperties" in names and "unevaluatedProperties" in names:
        raise NoSchema("patternProperties and unevaluatedProperties cannot be used together here")
    keywords = {name: _guarded(check) for name, check in plain.VALIDATORS.items()}
    keywords |= {"pattern": _pattern, "patternProperties": _pattern_properties}
    keywords |= {"additionalProperties": _additional, "uniqueItems": _unique}
    guarded: Any = validators.extend(plain, keywords)  # type: ignore[no-untyped-call]
    return guarded(schema, registry=Registry())  # without a way to retrieve: nothing is fetched


def first_fault(validator: Any, value: Any) -> tuple[str, str] | None:
    """(where, what is wrong) of the most telling fault. Raises TooSlow."""
    from jsonschema import exceptions  # noqa: PLC0415

    _LIMIT.ends = time.monotonic() + SECONDS
    try:
        error = exceptions.best_match(validator.iter_errors(value))
    except RecursionError as too_deep:
        raise TooSlow from too_deep
    if error is None:
        return None
    return error.json_path, error.message


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name in ("$ref", "$dynamicRef", "$recursiveRef"):
            if isinstance(schema.get(name), str):
                yield schema[name]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _names(value)


def _in_time() -> None:
    if time.monotonic() > _LIMIT.ends:
        raise TooSlow


def _guarded(check: Any) -> Keyword:
    def within(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        _in_time()
        for error in check(validator, wanted, instance, schema) or ():
            _in_time()
            yield error

    return within


@lru_cache(maxsize=512)
def _regex(pattern: str) -> Any:
    return patterns.compiled(pattern)


def _matches(pattern: str, text: str) -> bool:
    _in_time()
    try:
        return patterns.search(_regex(pattern), text) is not None
    except patterns.TooSlow as error:
        raise TooSlow from error


def _pattern(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import exceptions  # noqa: PLC0415

    if isinstance(instance, str) and not _matches(wanted, instance):
        yield exceptions.ValidationError(f"{instance[:80]!r} does not match {wanted!r}")


def _pattern_properties(
    validator: Any, wanted: Mapping[str, Any], instance: Any, schema: Any
) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, inner in wanted.items():
        for name, value in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _additional(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """The library looks for what `patternProperties` match without a limit of time."""
    from jsonschema import exceptions  # noqa: PLC0415

    if not isinstance(instance, dict):
        return
    known, known_patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in known or any(_matches(one, name) for one in known_patterns):
            continue
        if wanted is False:
            yield exceptions.ValidationError(f"{name[:80]!r} is not among the properties")
        else:
            yield from validator.descend(value, wanted, path=name)


def _unique(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """By their JSON: the library compares each with each where they cannot be sorted."""
    from jsonschema import exceptions  # noqa: PLC0415

    if not (wanted and isinstance(instance, list)):
        return
    if len({json.dumps(_plain(one), sort_keys=True) for one in instance}) < len(instance):
        yield exceptions.ValidationError("the list has an entry twice")


def _plain(value: Any) -> Any:
    """1 and 1.0 are the same number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value
