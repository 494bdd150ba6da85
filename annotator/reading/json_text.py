"""JSON that is kept as it was sent, and what is wrong with what is none."""

from typing import Any

import msgspec
from msgspec import Raw

from annotator.reading.errors import BadRecord, gettext_noop

_any = msgspec.json.Decoder().decode


def value(name: str, raw: Raw) -> Any:
    """Reading it proves that everybody else can: UTF-8, numbers within range, depth."""
    try:
        return _any(raw)
    except UnicodeDecodeError as error:
        raise not_utf8(error, name) from None
    except msgspec.ValidationError:
        raise BadRecord(
            name, gettext_noop("holds a number beyond what can be stored; send it as text")
        ) from None
    except msgspec.DecodeError as error:
        raise not_json(error, name) from None
    except RecursionError:
        raise BadRecord(name, gettext_noop("is nested too deep")) from None


def not_utf8(error: UnicodeDecodeError, name: str | None = None) -> BadRecord:
    return BadRecord(name, gettext_noop("is not UTF-8"))


def not_json(error: msgspec.DecodeError, name: str | None = None) -> BadRecord:
    return BadRecord(name, gettext_noop("is not JSON: %(why)s"), why=reason(error))


def reason(error: msgspec.DecodeError) -> str:
    """The decoder's own words, which name the byte."""
    return str(error).removeprefix("JSON is malformed: ")
