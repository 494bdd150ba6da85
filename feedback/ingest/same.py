"""Hashes that tell which calls asked the same, and which answered the same. Pure.

Eight bytes, signed, as PostgreSQL's bigint: among a million different texts two agree by chance with
probability 3e-8.
"""

import unicodedata
from hashlib import blake2b

import msgspec

_canonical = msgspec.json.Encoder(order="deterministic").encode


def input_hash(value: object) -> int:
    """Of an input as a JSON value: the order of keys and the spacing of the JSON do not count, all else
    does."""
    return _hash(_canonical(value))


def output_hash(value: object) -> int | None:
    """Of an answer: case, white space and how a letter is encoded do not count. None: no answer."""
    if value is None:
        return None
    text = value if isinstance(value, str) else _canonical(value).decode()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _hash(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass"))


def _hash(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)
