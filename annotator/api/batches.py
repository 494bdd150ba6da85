"""Many records in one request: a list of objects, or one a line."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest

from annotator.api.errors import Refused
from annotator.reading import bodies
from annotator.reading.errors import BadBody, BadRecord, Rejected
from annotator.web.body import read_body

JSON = ("application/json",)
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")

R = TypeVar("R")


def split(
    request: HttpRequest, unwrap: Callable[[bytes], bytes] = bytes, *, limit: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """(index, record) of each. `unwrap` finds the list or object in a JSON body, `limit` is that of
    its bytes.

    Refused: the body cannot be split into records, or is too large.
    """
    body = read_body(request, limit=limit or settings.INGEST_MAX_BYTES, types=(*JSON, *LINES))
    cap = settings.INGEST_MAX_RECORDS
    try:
        if request.content_type in JSON:
            yield from bodies.of_json(unwrap(body), cap=cap, depth=settings.INGEST_MAX_DEPTH)
        else:
            yield from bodies.of_lines(body, cap=cap)
    except BadBody as error:
        raise Refused(413 if error.too_large else 400, str(error)) from error


def read_batch(
    request: HttpRequest, read: Callable[[int, bytes], R], *, limit: int | None = None
) -> tuple[list[R], list[Rejected]]:
    """What `read` makes of each record, and those that it refuses."""
    good, bad = [], []
    for index, record in split(request, limit=limit):
        try:
            good.append(read(index, record))
        except BadRecord as refused:
            bad.append(Rejected.of(index, refused))
    return good, bad


def described(record: dict[str, Any]) -> dict[str, Any]:
    """The request's body, for the API's description."""
    return {
        "required": True,
        "content": {
            "application/json": {"schema": {"oneOf": [{"type": "array", "items": record}, record]}},
            "application/x-ndjson": {"schema": {"type": "string", "description": "One object a line."}},
        },
    }
