"""Why something sent is refused, in words for the one who sent it."""

from dataclasses import dataclass
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogues; pages translate it, the API answers it as it is."""
    return text


class BadRecord(ValueError):
    """One record that is not stored. The others of its batch are.

    `text` is a message id with named placeholders, `values` fill them.
    """

    def __init__(self, field: str | None, text: str, **values: Any) -> None:
        super().__init__(text % values if values else text)
        self.field, self.text, self.values = field, text, values


class BadFile(ValueError):
    """A file that cannot be imported. `text` is a message id, filled by `values`."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text % values if values else text)
        self.text, self.values = text, values


class BadBody(ValueError):
    """A body that cannot be split into records: nothing of it is stored."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is not stored: its place in what was sent, the field if one is to blame, why."""

    index: int
    field: str | None
    text: str  # a message id, filled by `values`
    values: dict[str, Any]

    @classmethod
    def of(cls, index: int, bad: BadRecord) -> "Rejected":
        return cls(index, bad.field, bad.text, bad.values)

    @property
    def error(self) -> str:
        return self.text % self.values if self.values else self.text
