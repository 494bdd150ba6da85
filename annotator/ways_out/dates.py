"""Fields whose every value looks like a date: `datasets` reads those of JSON lines as times, not text."""

import re
from collections.abc import Iterator
from typing import Any

# What Arrow takes for a time when it guesses the types of JSON.
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d(:?\d\d(:?\d\d(\.\d{1,9})?)?)?)?(Z|[+-]\d\d(:?\d\d)?)?")


class Dates:
    """Looks at records as they pass by, and only at the fields that have been dates so far."""

    def __init__(self) -> None:
        self._left: set[str] | None = None

    @property
    def left(self) -> bool:
        return self._left is None or bool(self._left)

    def see(self, record: dict[str, Any]) -> None:
        paths: dict[str, bool] = {}
        for path, text in _texts(record, ""):
            paths[path] = paths.get(path, True) and _DATE.fullmatch(text) is not None
        if self._left is None:
            self._left = {path for path, only in paths.items() if only}
        else:
            self._left = {path for path in self._left if paths.get(path, True)}

    def fields(self) -> list[str]:
        """Such as "completion.content"; sorted."""
        return sorted(self._left or ())


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)
