"""Files for people to keep: always an attachment, under a name of its own."""

from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from annotator.exports import manifest, rows
from annotator.exports.filters import Filters
from annotator.models import Queue

JSON_LINES = "application/x-ndjson"


def lines(queue: Queue, filters: Filters) -> StreamingHttpResponse:
    """The labels as a stream, which begins to read when somebody begins to take it."""
    response = StreamingHttpResponse(rows.stream(queue, filters), content_type=JSON_LINES)
    response["Content-Disposition"] = content_disposition_header(True, manifest.file_name(queue))
    return response


def stored(path: Path, *, name: str, content_type: str = JSON_LINES) -> FileResponse:
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)
