"""Regular expressions that are given up after a while. Pure.

The library `regex` looks at its clock while it matches; Python's own `re` holds the process until it is
done, which some patterns never are.
"""

from typing import Any, NamedTuple

SECONDS = 0.05  # on one output


class NoPattern(ValueError):
    """Its text says why, and where."""


class TooSlow(TimeoutError):
    pass


class Found(NamedTuple):
    start: int
    end: int


def compiled(pattern: str, *, case: bool = True) -> Any:
    """Raises NoPattern."""
    import regex  # noqa: PLC0415 - only where a pattern is used

    flags = regex.MULTILINE | (regex.V0 if case else regex.V0 | regex.IGNORECASE)
    try:
        return regex.compile(pattern, flags)
    except (regex.error, OverflowError, RecursionError) as error:
        raise NoPattern(str(error)) from error


def search(pattern: Any, text: str, *, seconds: float = SECONDS) -> Found | None:
    """The first match of what `compiled` made. Raises TooSlow."""
    try:
        found = pattern.search(text, timeout=seconds)
    except TimeoutError as error:
        raise TooSlow from error
    return Found(*found.span()) if found else None
