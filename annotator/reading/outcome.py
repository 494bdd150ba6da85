"""What became of the lines of a file so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from annotator.reading.errors import Rejected

SHOWN = 50  # refused lines that an outcome names; the rejects file has all


@dataclass
class Outcome:
    """Sums over the chunks so far. `errors` are the first SHOWN: line, field, text, values."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    repaired: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def plus(
        self, *, accepted: int, duplicates: int, repaired: int, rejected: Sequence[Rejected], **more: Any
    ) -> Self:
        """With one chunk more; `more` are fields of a kind of file, as they are now."""
        named = [
            {"line": bad.index, "field": bad.field, "text": bad.text, "values": bad.values}
            for bad in rejected[: max(0, SHOWN - len(self.errors))]
        ]
        return replace(
            self,
            accepted=self.accepted + accepted,
            duplicates=self.duplicates + duplicates,
            rejected=self.rejected + len(rejected),
            repaired=self.repaired + repaired,
            errors=[*self.errors, *named],
            **more,
        )
