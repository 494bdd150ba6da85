"""One split of a version as a download that begins at once."""

from collections.abc import Iterator
from itertools import chain

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _

from annotator.datasets import exporting
from annotator.datasets.exporting import Asked
from annotator.ways_out.model import Refused

TYPES = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
}


def file(asked: Asked, *, empty: bool = False) -> HttpResponseBase:
    """Raises Refused where it cannot be streamed, or nothing useful would come of it."""
    if not asked.streams:
        raise Refused(
            _(
                "%(format)s takes several files, or reads all rows first: make a file of it on the dataset’s page."
            )
            % {"format": asked.form.title}
        )
    kind = TYPES[asked.form.encoding]
    if empty:
        return HttpResponse(content_type=kind)
    response = StreamingHttpResponse(_begun(exporting.stream(asked)), content_type=kind)
    name = f"{asked.name} {asked.splits[0]}{asked.form.extension}"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """With its first piece made, so that what is refused is an answer of its own, and no torn file."""
    return chain([next(chunks)], chunks)


def redirected(asked: Asked, slug: str) -> HttpResponse:
    """To the address of the download."""
    address = redirect("dataset-download", slug, asked.version.dataset_id, asked.version.number)
    chosen = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in asked.options.items()
    }
    address["Location"] += "?" + urlencode({"format": asked.form.key, "split": asked.splits[0], **chosen})
    return address
