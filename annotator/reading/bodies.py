"""Splitting the body of a request into records, each with its place."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw

from annotator.reading import hygiene, json_text
from annotator.reading.errors import BadBody

# A list of this many commas may be as many values, each with its cost in memory, before
# their number is known.
MAX_COMMAS = 1_000_000

_split = msgspec.json.Decoder(list[Raw]).decode
_one = msgspec.json.Decoder(Raw).decode


def of_json(body: bytes, *, cap: int, depth: int) -> Iterable[tuple[int, bytes]]:
    """One object, or a list of them."""
    body = _plain(body)
    first = body.lstrip()[:1]
    whole, _ = hygiene.repaired(body)  # half a surrogate pair would stop the decoder
    try:
        if first == b"{":
            _one(whole)
            return [(0, body)]
        if first != b"[":
            raise BadBody("The body must be one JSON object or a list of them.")
        if body.count(b",") > max(MAX_COMMAS, cap):
            raise BadBody(
                f"The list holds more than {max(MAX_COMMAS, cap):,} values: send smaller batches, or NDJSON.",
                too_large=True,
            )
        found = _split(whole)
    except RecursionError:
        raise BadBody(f"Lists and objects are nested deeper than {depth}.") from None
    except UnicodeDecodeError as error:
        raise BadBody(f"The body is not UTF-8 (byte {error.start}).") from None
    except msgspec.DecodeError as error:
        raise BadBody(f"The body is not JSON: {_words(error)}") from None
    if not found:
        raise BadBody("The list is empty.")
    _check_count(len(found), cap)
    return enumerate(_as_sent(found, whole, body))


def _as_sent(found: list[Raw], whole: bytes, body: bytes) -> Iterator[bytes]:
    """The records before the repair, which changed no length; each counts its own."""
    if whole is body:
        yield from map(bytes, found)
        return
    end = 0
    for raw in found:
        text = bytes(raw)
        start = whole.index(text, end)
        end = start + len(text)
        yield body[start:end]


def of_lines(body: bytes, *, cap: int) -> Iterable[tuple[int, bytes]]:
    """NDJSON. The index of a record is the number of its line, from 0; empty lines are skipped."""
    body = _plain(body).rstrip()
    if not body:
        raise BadBody("The body is empty.")
    _check_count(body.count(b"\n") + 1, cap)
    lines = ((index, line.strip()) for index, line in enumerate(body.split(b"\n")))
    return ((index, line) for index, line in lines if line)


def _plain(body: bytes) -> bytes:
    """Without a byte order mark; UTF-16 and UTF-32 are named, as their first bytes tell."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:4]:
        raise BadBody("The body is UTF-16 or UTF-32; JSON is sent as UTF-8.")
    return body.removeprefix(b"\xef\xbb\xbf")


def _check_count(count: int, cap: int) -> None:
    if count > cap:
        raise BadBody(
            f"The batch has {count:,} records; at most {cap:,} fit into one request.", too_large=True
        )


def _words(error: msgspec.DecodeError) -> str:
    words = json_text.reason(error)
    if "trailing characters" in words:
        words += ". For one record a line, send Content-Type: application/x-ndjson"
    return words
