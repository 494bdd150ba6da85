"""The words of a payload, for telling whether two say the same. Pure.

Case, punctuation and white space say nothing. Signs of scripts that write no spaces are words each.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from uuid import UUID

from annotator.datasets.content import Row

_SIGNS = "\u3040-\u30ff\u3400-\u9fff"
_NO_WORDS = frozenset({"id", "type", "tool_use_id", "tool_call_id"})  # keys of a part of a message
_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+")


def text_of(payload: object) -> str:
    """All texts in it, in order: of a list of messages what each says, of an object its values."""
    return payload if isinstance(payload, str) else "\n".join(_texts(payload))


def _texts(payload: object) -> Iterator[str]:
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, dict):
        for value in payload.values():
            yield from _texts(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from _texts(value)
    elif payload is not None:
        yield str(payload)


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def text_hash(text: str) -> UUID:
    """The same for texts that differ in case and white space only. What is held out follows from it: another
    formula would make test inputs of examples."""
    return UUID(bytes=blake2b(_plain(text).encode("utf-8", "surrogatepass"), digest_size=16).digest())


def hash_before(text: str) -> UUID:
    """What inputs were placed under before suggestions and datasets had one hash."""
    return _hash(_plain(text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _hash(*texts: str) -> UUID:
    told = blake2b(digest_size=16)
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        told.update(len(encoded).to_bytes(8, "big") + encoded)
    return UUID(bytes=told.digest())


def asked_in(row: Row, *, before: bool = False) -> str:
    """What decides the split: the input, or what was made where there is none. `before`: what `hash_before`
    was taken of, with the ids and kinds of all parts."""
    asked = "\n".join(_said(row.input, before)) or text_of(row.input)
    return asked if asked.strip() else made_in(row)


def _said(payload: object, before: bool) -> Iterator[str]:
    """Of a conversation what was said in it: its instructions are the same in all, and no input.

    Ids of calls differ each time that the same is asked, so that they are no words either.
    """
    messages = payload.get("messages") if isinstance(payload, dict) else payload
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") not in (None, "system", "developer"):
            if before:
                yield text_of(message.get("content"))
            else:
                yield text_of(_without_ids(message.get("content", message.get("parts"))))


def _without_ids(content: object) -> object:
    if isinstance(content, list):
        return [_without_ids(part) for part in content]
    if isinstance(content, dict) and isinstance(content.get("type"), str):
        return {key: _without_ids(value) for key, value in content.items() if key not in _NO_WORDS}
    return content


def made_in(row: Row) -> str:
    return "\n".join(text_of(one) for one in (row.output, row.rejected, row.left, row.right))


def content_hash(row: Row) -> UUID:
    """The same for rows that ask the same about the same texts, but for case and white space. A class is what
    is asked about: an output that fails in two ways is two rows."""
    parts = (row.input, row.output, row.rejected, row.left, row.right)
    asked = row.question or (row.value if row.kind == "rated" else "")
    return _hash(row.kind, asked, *(_plain(text_of(one)) for one in parts))


def digest(row: Row) -> UUID:
    """Of the texts to the last sign: another one means that the row's texts were changed."""
    return _hash(
        *(text_of(one) for one in (row.input, row.context, row.output, row.rejected, row.left, row.right))
    )


def label_of(row: Row) -> str:
    """What a person would call the row's class: the answers, the winner, the value."""
    if row.kind == "preference":
        return row.winner
    if row.kind == "demonstration" or row.value:
        return (row.value or row.why)[:200]
    if len(row.answers) == 1:
        return next(iter(row.answers.values()))[:200]
    return ", ".join(f"{key}: {answer}" for key, answer in row.answers.items())[:200]
