"""A JSON body as what it is decoded to, or in words what is wrong with it."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from django.conf import settings

from annotator.api.auth import KeyRequest
from annotator.api.batches import JSON
from annotator.api.errors import Refused
from annotator.reading import hygiene
from annotator.reading.errors import BadRecord
from annotator.web.body import read_body

T = TypeVar("T")


def read_json(
    request: KeyRequest, decode: Callable[[bytes], T], *, limit: int, depth: int | None = None
) -> T:
    """At most `limit` bytes, nested `depth` deep (of a record where none is given). Raises Refused."""
    body = read_body(request, limit=limit, types=JSON)
    try:
        text, _repaired = hygiene.repaired(body)
        hygiene.check_depth(text, settings.INGEST_MAX_DEPTH if depth is None else depth)
        return decode(text)
    except BadRecord as bad:
        raise Refused(400, str(bad)) from bad
    except msgspec.ValidationError as wrong:
        raise Refused(422, str(wrong)) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise Refused(400, f"The body is not JSON: {broken}") from broken
