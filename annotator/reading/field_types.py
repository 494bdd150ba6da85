"""Types that fields of several kinds of records have, and the words when a value is none of them.

Payloads stay raw bytes, so that they can be stored as they were sent.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw

from annotator.reading.errors import gettext_noop

IDENTIFIER, SHORT = 256, 200  # characters

Id = Annotated[str, Meta(min_length=1, max_length=IDENTIFIER)] | int | None
Name = Annotated[str, Meta(max_length=IDENTIFIER)] | int | None
Short = Annotated[str, Meta(max_length=SHORT)] | int | float | None
Amount = Annotated[float, Meta(ge=0)] | None
Count = Annotated[float, Meta(ge=0, le=2**53)] | None

_MESSAGES = {"type": "array", "description": "chat messages: objects with role and content", "items": {}}
_SHAPES: list[dict[str, Any]] = [{"type": "string"}, _MESSAGES, {"type": "object"}]
Payload = Annotated[Raw, Meta(extra_json_schema={"anyOf": _SHAPES})]
PayloadOrNull = Annotated[Raw, Meta(extra_json_schema={"anyOf": [*_SHAPES, {"type": "null"}]})]
ObjectOrNull = Annotated[Raw, Meta(extra_json_schema={"type": ["object", "null"]})]

ID_RULE = gettext_noop("must be text of 1 to 256 characters")
NAME_RULE = gettext_noop("must be text of at most 256 characters")
SHORT_RULE = gettext_noop("must be text of at most 200 characters")
AMOUNT_RULE = gettext_noop("must be a number, 0 or more")
COUNT_RULE = gettext_noop("must be a whole number, 0 or more")
TIME_RULE = gettext_noop("must be a time in ISO 8601, or seconds or milliseconds since 1970")
PAYLOAD_RULE = gettext_noop("must be text, a list of messages or an object")
PAYLOAD_OR_NULL_RULE = gettext_noop("must be text, a list of messages, an object or null")
CONTEXT_RULE = gettext_noop("must be text, a list, an object or null")
OBJECT_RULE = gettext_noop("must be an object")
TEXT_RULE = gettext_noop("must be text")
