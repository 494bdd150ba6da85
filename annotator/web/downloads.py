"""Files for people to keep: always an attachment, under a name of its own."""

from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from annotator.exports import manifest, rows
from annotator.exports.filters import Filters
from annotator.models import Queue

JSON_LINES = "application/x-ndjson"


def lines(queue: Queue, filters: Filters) -> StreamingHttpResponse:
    """The labels as a stream. The first chunk is read now, so that trouble is still a status."""
    chunks = rows.stream(queue, filters)
    first = next(chunks, b"")
    response = StreamingHttpResponse(_Chunks(first, chunks), content_type=JSON_LINES)
    response["Content-Disposition"] = content_disposition_header(True, manifest.file_name(queue))
    return response


class _Chunks:
    """Iterates, and closes the generator when the response is closed, read to its end or not."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self.first, self.rest = first, rest

    def __iter__(self) -> Iterator[bytes]:
        if self.first:
            yield self.first
        yield from self.rest

    def close(self) -> None:
        close = getattr(self.rest, "close", None)
        if close is not None:
            close()


def stored(path: Path, *, name: str, content_type: str = JSON_LINES) -> FileResponse:
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)
