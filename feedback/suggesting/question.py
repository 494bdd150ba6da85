"""What is asked of a suggester, and its answer, as they travel between processes. No Django."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import UUID

MOST_CHARACTERS = 20_000  # of a text: beyond that a suggester reads the beginning
TURN, CONTENT = "role", "content"


@dataclass(frozen=True)
class Ask:
    """`name`: of the task, as it is called now. `until`: seconds since 1970, after which nobody waits
    for the answer."""

    id: str
    version: int
    name: str
    text: str
    candidates: tuple[str, ...] | None
    until: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, found: dict[str, Any]) -> "Ask":
        candidates = found["candidates"]
        return cls(**{**found, "candidates": None if candidates is None else tuple(candidates)})


@dataclass(frozen=True)
class Answer:
    """`value` empty: none, for the `reason`. `vector`: of the text, base64 of little-endian float32, and
    `embedded_by`: the model that made it."""

    value: str = ""
    confidence: float | None = None
    alternatives: Sequence[tuple[str, float]] = field(default_factory=tuple)
    model: str = ""
    reason: str = ""
    cost_usd: float = 0.0
    vector: str = ""
    embedded_by: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, found: dict[str, Any]) -> "Answer":
        pairs = tuple((value, confidence) for value, confidence in found["alternatives"])
        return cls(**{**found, "alternatives": pairs})


def content_hash(text: str, candidates: Sequence[str] | None, name: str, suggester: str) -> UUID:
    """Of what an answer rests on, besides the task's version: the task's name, which prompts tell, and
    the suggester's own version."""
    told = json.dumps([text, None if candidates is None else sorted(candidates), name, suggester])
    return UUID(bytes=blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def text_of(value: Any) -> str:
    """The words of an input: itself, the last turn of a person, or an object's fields line by line."""
    return _words(value).strip()[:MOST_CHARACTERS]


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        said = [turn for turn in value if isinstance(turn, dict) and turn.get(TURN) == "user"]
        return _words(said[-1].get(CONTENT)) if said else "\n".join(filter(None, map(_words, value)))
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            return str(value["text"])
        return "\n".join(f"{key}: {words}" for key, one in value.items() if (words := _words(one)))
    return "" if value is None else str(value)
