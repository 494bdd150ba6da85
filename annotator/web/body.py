"""Request bodies of the JSON doors, read in steps against a limit of our own.

Django's `request.body` answers a large body with 400 and HTML and knows no gzip; here each
fault has its status and a sentence. Limits hold after decompression.
"""

import zlib
from collections.abc import Iterator, Sequence

from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError

from annotator.api.errors import Refused

CHUNK = 64 * 1024
BROKE_OFF = "The body broke off before its end. Nothing was stored."
GZIP_MAGIC = b"\x1f\x8b"


def read_body(request: HttpRequest, *, limit: int, types: Sequence[str]) -> bytes:
    """The body, inflated. Refused: 415 other type or encoding, 413 too large, 400 empty or broken."""
    if request.content_type not in types:
        raise Refused(415, f"Send the body with Content-Type: {' or '.join(types)}.")
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip"}:
        raise Refused(415, "Content-Encoding may be gzip, once, or be left out.")
    chunks = _chunks(request)
    if _declared(request) > limit:
        raise _too_large(limit)
    if encoding == "gzip":
        chunks = _inflated(chunks)
    body = _joined(chunks, limit)
    if not body.strip():
        raise Refused(400, "The body is empty.")
    if body.startswith(GZIP_MAGIC):
        raise Refused(400, "The body is compressed: say Content-Encoding: gzip, and compress it once only.")
    return body


def _declared(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return int(length) if length.isdecimal() else 0


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """What was sent, to its very end: a server hands over the start of a body that was cut, too."""
    size = 0
    try:
        while chunk := request.read(CHUNK):
            size += len(chunk)
            yield chunk
    except (UnreadablePostError, RawPostDataException) as error:
        raise Refused(400, BROKE_OFF) from error
    if size < _declared(request):
        raise Refused(400, BROKE_OFF)


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """In pieces of at most CHUNK bytes, however much a few bytes may swell."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if inflater.eof:  # the next member: gzip files may simply be appended
                    inflater = zlib.decompressobj(wbits=31)
                yield inflater.decompress(rest, CHUNK)
                rest = inflater.unconsumed_tail or inflater.unused_data
        while not inflater.eof and (rest := inflater.decompress(b"", CHUNK)):
            yield rest  # the last bytes may still hold more than a piece
    except zlib.error as error:
        raise Refused(400, "The body is not good gzip. Nothing was stored.") from error
    if not inflater.eof:
        raise Refused(400, "The gzip body breaks off before its end. Nothing was stored.")


def _joined(chunks: Iterator[bytes], limit: int) -> bytes:
    parts, size = [], 0
    for part in chunks:
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> Refused:
    return Refused(413, f"The body is larger than {limit} bytes (counted after decompression).", limit=limit)
