"""The questions that answers in a file may be about: those of the queue's chain."""

from collections.abc import Mapping
from typing import Any

from annotator.reading.errors import BadRecord, gettext_noop


class Asked:
    """Question keys with their kinds."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self.kinds = dict(kinds)

    @property
    def only(self) -> str | None:
        """The question, where there is no other."""
        return next(iter(self.kinds)) if len(self.kinds) == 1 else None

    def one(self, field: str, key: Any) -> str:
        """The question with this key; where the record names none, the only one."""
        if key is None or key == "":
            if self.only is None:
                raise BadRecord(field, gettext_noop("does not say which question: the queue has several"))
            return self.only
        if key not in self.kinds:
            raise BadRecord(
                field, gettext_noop("names no question of this queue: %(question)s"), question=str(key)[:60]
            )
        return str(key)
