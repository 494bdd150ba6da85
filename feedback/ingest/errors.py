"""Why a record is refused, in words for the one who sent it."""

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


class BadBody(ValueError):
    """A body that cannot be split into records: nothing of it is stored."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large
