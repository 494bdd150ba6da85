"""Bodies without a Content-Length, read whole.

Django takes a WSGI request without Content-Length for an empty one, so that a chunked
body (every OpenTelemetry exporter in Node sends them) would be answered 200 and lost.
"""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

CHUNK = 64 * 1024
IN_MEMORY = 1024 * 1024


def whole_bodies(application: Application) -> Application:
    """Wrap a WSGI application: a chunked body is spooled and gets its length."""

    def wrapped(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            limit = _limit(environ)
            body, size = _spool(environ["wsgi.input"], limit)
            if size > limit:
                _hear_out(environ["wsgi.input"], limit)
                start_response("413 Content Too Large", [("Content-Type", "text/plain")])
                return [f"The body is larger than {limit} bytes.\n".encode()]
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(size)
        return application(environ, start_response)

    return wrapped


def _limit(environ: Environ) -> int:
    """What a form or the JSON doors take. It is spooled before anybody knows who sends it, so that
    files of more must declare their length, as every browser does: web/uploads.py judges them.
    """
    api = environ.get("PATH_INFO", "").startswith("/api/")
    return settings.INGEST_MAX_BYTES if api else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _spool(stream: Any, limit: int) -> tuple[Any, int]:
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the request
    size = 0
    while size <= limit and (chunk := stream.read(CHUNK)):
        size += len(chunk)
        body.write(chunk)
    body.seek(0)
    return body, size


def _hear_out(stream: Any, most: int) -> None:
    """Throw away what still comes, up to as much again: whoever is still sending when the connection
    closes is told that it broke, and never hears why.
    """
    size = 0
    while size < most and (chunk := stream.read(CHUNK)):
        size += len(chunk)
