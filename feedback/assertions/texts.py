"""The text in a payload: chat messages, documents, parts, or plain text. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

_SYSTEM = ("system", "developer")
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
# Languages that put no spaces between words: each of these letters counts as one.
_ALONE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
# Outputs that run away are a megabyte of dots or of empty lines: neither may be read again from each of them.
_SENTENCE_END = re.compile(r"(?<![.!?。！？…])[.!?。！？…]++[\"'”’)\]]*+(?=\s|$)|[。！？]|\n\s*\n")
_ITEM = re.compile(r"^[^\S\n]*(?:[-*•–+]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S", re.MULTILINE)


def of(value: Any) -> str:
    """All that a person would read of it, in its order; other JSON as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    found = list(_pieces(value))
    return "\n".join(found) if found else json.dumps(value, ensure_ascii=False)


def of_system(value: Any) -> str:
    """The system's messages among chat messages."""
    messages = value.get("messages", [value]) if isinstance(value, dict) else value
    if not isinstance(messages, list):
        return ""
    texts = [
        of(one.get("content", one.get("parts")))
        for one in messages
        if isinstance(one, dict) and str(one.get("role", "")).lower() in _SYSTEM
    ]
    if isinstance(value, dict) and isinstance(value.get("system"), str):
        texts.insert(0, value["system"])
    return "\n".join(texts)


def _pieces(value: Any) -> Iterator[str]:
    """Texts under the names that chat messages, their parts and documents use."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _pieces(one) if isinstance(one, (str, list, dict)) else (json.dumps(one),)
    elif isinstance(value, dict):
        yield from _of_object(value)


def _of_object(value: dict[str, Any]) -> Iterator[str]:
    for name in ("messages", "content", "parts", "text", "documents"):
        if isinstance(value.get(name), (str, list, dict)):
            yield from _pieces(value[name])
            return
    yield json.dumps(value, ensure_ascii=False)


def words(text: str) -> int:
    """How many; of languages without spaces, characters."""
    alone = len(_ALONE.findall(text))
    return len(_WORD.findall(_ALONE.sub(" ", text) if alone else text)) + alone


def sentences(text: str) -> int:
    """Pieces that hold a word, between full stops, question and exclamation marks and empty lines."""
    return sum(1 for piece in _SENTENCE_END.split(text) if _WORD.search(piece))


def items(text: str) -> int:
    """Lines that begin with a bullet, a number or a letter."""
    return len(_ITEM.findall(text))


def plain(text: str) -> str:
    """For comparing: case, and the kind and amount of white space, do not matter."""
    return " ".join(text.casefold().split())


def shortened(text: str, most: int = 80) -> str:
    """For a reason: on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
