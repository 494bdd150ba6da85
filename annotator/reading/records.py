"""One kind of record: its fields, and what each record goes through before they are looked at.

Size, characters that cannot be stored, depth, types, fields given twice, names of the others.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct

from annotator.reading import hygiene, json_text
from annotator.reading.errors import BadRecord, gettext_noop

MAX_KEYS = 1000
MAX_KEY = 256  # characters

T = TypeVar("T", bound=Struct)
_PLACE = re.compile(r" - at `\$\.(\w+)")
_all_fields = msgspec.json.Decoder(dict[str, Raw]).decode


class Limits(NamedTuple):
    """What one record may weigh. `zone` is that of times without one; None refuses them."""

    record_bytes: int = 1024 * 1024
    depth: int = 100
    zone: tzinfo | None = None


class Opened(NamedTuple, Generic[T]):
    """A record whose fields have their types; payloads and what else there is are unread."""

    fields: T
    more: dict[str, Raw]  # what the kind knows besides the struct's fields
    unknown: dict[str, Raw]
    repaired: int


class RecordKind(Generic[T]):
    """What may stand in a record. `rules` says of each field, in words, what it must be."""

    def __init__(self, struct: type[T], rules: Mapping[str, str], *, more: Iterable[str] = ()) -> None:
        self.fields = struct.__struct_fields__
        self.more = frozenset(more)
        self.known = self.more.union(self.fields)
        self._struct, self._rules = struct, rules
        self._decode = msgspec.json.Decoder(struct).decode
        self._quoted = {name: b'"%b"' % name.encode() for name in (*self.fields, *self.more)}
        self._as_key = {
            name: re.compile(re.escape(quoted) + rb"\s*:") for name, quoted in self._quoted.items()
        }

    def wrong(self, name: str) -> BadRecord:
        return BadRecord(name, self._rules[name])

    def json_schema(self, title: str, *, required: Sequence[str]) -> dict[str, Any]:
        """JSON Schema of one record, for the API's description."""
        (_, parts) = msgspec.json.schema_components([self._struct], ref_template="#/{name}")
        schema: dict[str, Any] = parts[self._struct.__name__]
        for properties in schema["properties"].values():
            properties.pop("default", None)
        return {**schema, "title": title, "required": [*required], "additionalProperties": True}

    def opened(self, sent: bytes, limits: Limits) -> Opened[T]:
        """The record in `sent`, else BadRecord with the field and the reason."""
        if len(sent) > limits.record_bytes:
            raise BadRecord(None, gettext_noop("is larger than %(limit)s bytes"), limit=limits.record_bytes)
        line, repaired = hygiene.repaired(sent)
        hygiene.check_depth(line, limits.depth)
        try:
            fields = self._typed(line)
            keys = _all_fields(line)
            self._check_repeats(line, keys)
        except RecursionError:
            raise hygiene.too_deep(limits.depth) from None
        except UnicodeDecodeError as error:
            raise json_text.not_utf8(error) from None
        unknown = self._unknown(keys)
        more = {key: raw for key, raw in keys.items() if key in self.more} if self.more else {}
        return Opened(fields, more, unknown, repaired)

    def _typed(self, line: bytes) -> T:
        try:
            return self._decode(line)
        except msgspec.ValidationError as error:
            place = _PLACE.search(str(error))
            if place is None:
                raise BadRecord(None, gettext_noop("is not an object")) from None
            raise self.wrong(place[1]) from None
        except msgspec.DecodeError as error:
            raise json_text.not_json(error) from None

    def _check_repeats(self, line: bytes, keys: dict[str, Raw]) -> None:
        """Refuse a record that gives one of our fields twice: which one was meant?"""
        if len(keys) > MAX_KEYS:
            raise BadRecord(None, gettext_noop("has more than %(limit)s fields"), limit=MAX_KEYS)
        # A cheap look first: payloads hold the same words, so that a hit is only a suspicion.
        # `\u00` may spell any of our letters.
        if b"\\u00" not in line and not any(key in self._quoted and self._twice(line, key) for key in keys):
            return
        pairs: list[tuple[str, Any]] = []

        def last_is_outermost(found: list[tuple[str, Any]]) -> None:
            pairs[:] = found

        json.loads(line, object_pairs_hook=last_is_outermost, parse_int=float)
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen and key in self.known:
                raise BadRecord(key, gettext_noop("is given twice"))
            seen.add(key)

    def _twice(self, line: bytes, key: str) -> bool:
        return line.count(self._quoted[key]) > 1 and len(self._as_key[key].findall(line)) > 1

    def _unknown(self, keys: dict[str, Raw]) -> dict[str, Raw]:
        found = {key: raw for key, raw in keys.items() if key not in self.known}
        for key in found:
            if len(key) > MAX_KEY:
                raise BadRecord(
                    None, gettext_noop("has a field name of more than %(limit)s characters"), limit=MAX_KEY
                )
        return found

    def payload(self, name: str, raw: Raw) -> tuple[str | None, Any]:
        """The JSON text and its value; (None, None) for null and for nothing sent.

        The metadata are an object; everything else is text, a list or an object.
        """
        data = bytes(raw)
        if not data or data == b"null":
            return None, None
        if data[0] not in (b"{" if name == "metadata" else b'"[{'):
            raise self.wrong(name)
        value = json_text.value(name, raw)
        return data.decode(), value

    def text(self, name: str, value: str | float | None, limit: int) -> str:
        """Text whose length the struct has checked, or a number that is written out."""
        if isinstance(value, str):
            return value
        text = "" if value is None else str(value)
        if len(text) > limit:
            raise self.wrong(name)
        return text

    def count(self, name: str, value: float | None) -> int | None:
        if value is None:
            return None
        if not value.is_integer():
            raise self.wrong(name)
        return int(value)


def with_unknown(
    text: str | None, value: dict[str, Any] | None, unknown: dict[str, Raw]
) -> tuple[str | None, dict[str, Any] | None]:
    """Metadata with the unknown fields added under their names; nothing is overwritten."""
    own = value or {}
    if len(own) + len(unknown) > MAX_KEYS:
        raise BadRecord("metadata", gettext_noop("has more than %(limit)s fields"), limit=MAX_KEYS)
    if any(len(key) > MAX_KEY for key in own):
        raise BadRecord(
            "metadata", gettext_noop("has a field name of more than %(limit)s characters"), limit=MAX_KEY
        )
    if not unknown:
        return text, value
    added = {key if key not in own else f"record.{key}": raw for key, raw in unknown.items()}
    values = {key: json_text.value(key[:MAX_KEY], raw) for key, raw in added.items()}
    inside = [text.strip()[1:-1]] if text and own else []
    inside += [f"{json.dumps(key)}:{bytes(raw).decode()}" for key, raw in added.items()]
    return "{" + ",".join(inside) + "}", {**own, **values}
