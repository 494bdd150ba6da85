"""Which inputs are held out: told from the words alone, so that no copy of one is ever an example."""

from hashlib import blake2b
from uuid import UUID

from annotator.chance import share

HELD_OUT = 0.1  # of all inputs


def text_hash(text: str) -> UUID:
    """The same for texts that differ in case and spaces only."""
    words = " ".join(text.casefold().split())
    return UUID(bytes=blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def is_held_out(name: UUID) -> bool:
    """Of a text's hash: one in ten, the same ones in all tasks."""
    return share(0, "held out", name) < HELD_OUT
