"""What JSON allows and PostgreSQL, Python or a browser cannot hold.

Everything works on the record's bytes, so that what is not touched stays as it was sent.
"""

import re

from annotator.reading.errors import BadRecord, gettext_noop

SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a whole pair
    rb"|(\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2}))"  # U+0000, or half a pair
    rb"|\\."
)
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)


def repaired(record: bytes) -> tuple[bytes, int]:
    """The record with U+0000 and lone surrogates as U+FFFD, and how many there were."""
    return _mended(record, b"\\ufffd")


def decodable(record: bytes) -> bytes:
    """The record with lone surrogates, which stop the decoder, as U+0000; `repaired` finds as many."""
    return _mended(record, b"\\u0000")[0]


def _mended(record: bytes, by: bytes) -> tuple[bytes, int]:
    if not SUSPECT.search(record):
        return record, 0
    count = 0

    def mend(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if found[1] is None:
            return found[0]
        count += 1
        return by

    return ESCAPE.sub(mend, record), count


def check_depth(record: bytes, limit: int) -> None:
    """Refuse a field that nests deeper than `limit` (the record's own braces are not counted)."""
    if record.count(b"[") + record.count(b"{") <= limit + 1:
        return
    depth = 0
    for token in TOKEN.finditer(record):
        opening = token[0][0]
        depth += opening in b"[{"
        depth -= opening in b"]}"
        if depth > limit + 1:
            raise too_deep(limit)


def too_deep(limit: int) -> BadRecord:
    return BadRecord(None, gettext_noop("lists and objects are nested deeper than %(limit)s"), limit=limit)
