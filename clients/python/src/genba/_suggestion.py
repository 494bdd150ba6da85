"""A proposal for one input, as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

UNREACHABLE, LATE, FAILED = "unreachable", "late", "failed"


class Alternative(NamedTuple):
    value: str
    confidence: float | None

    def __repr__(self) -> str:
        return f"Alternative(…, {self.confidence})"


@dataclass(frozen=True)
class Suggestion:
    """True if there is a value. Without one `reason` says why: `hidden`, `late`, `unknown`, `failed`
    by Genba's own word, or `unreachable`, `late`, `failed` by the client's.

    `id` is the external id of the interaction that Genba logs for it; `token` lets a browser add
    signals to it until `expires_at`. Texts and the token are in no `repr`.
    """

    task: str
    id: str
    value: str | None = field(default=None, repr=False)
    confidence: float | None = None
    alternatives: tuple[Alternative, ...] = field(default=(), repr=False)
    reason: str | None = None
    suggester: str | None = None
    version: str | None = None
    token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    def __bool__(self) -> bool:
        return self.value is not None

    def to_dict(self) -> dict[str, object]:
        """For JSON, in the words of the API: what `<genba-suggest>` takes as `.suggestion`."""
        return {
            "id": self.id,
            "task": self.task,
            "value": self.value,
            "confidence": self.confidence,
            "alternatives": [one._asdict() for one in self.alternatives],
            "suggester": self.suggester,
            "version": self.version,
            "reason": self.reason,
            "token": self.token,
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
        }


def read(answer: Mapping[str, Any], task: str, name: str) -> Suggestion:
    """KeyError, TypeError or ValueError: this is no answer of Genba's."""
    return Suggestion(
        task=task,
        id=str(answer.get("id") or name),
        value=None if answer["value"] is None else str(answer["value"]),
        confidence=_number(answer.get("confidence")),
        alternatives=tuple(
            Alternative(str(one["value"]), _number(one.get("confidence")))
            for one in answer.get("alternatives") or ()
        ),
        reason=answer.get("reason"),
        suggester=answer.get("suggester"),
        version=None if answer.get("version") is None else str(answer["version"]),
        token=answer.get("token"),
        expires_at=moment(answer.get("expires_at")),
    )


def moment(text: str | None) -> datetime | None:
    """ISO 8601 with a zone; “Z” is read by old Pythons, too."""
    return None if not text else datetime.fromisoformat(text.replace("Z", "+00:00"))


def _number(given: Any) -> float | None:
    return None if given is None else float(given)
