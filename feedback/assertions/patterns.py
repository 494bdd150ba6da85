"""Regular expressions that are given up after a while. Pure.

The library `regex` looks at its clock while it matches; Python's own `re` holds the process until it is
done, which some patterns never are. It writes repeats out when it compiles: `((a{1000}){1000}){1000}` would
take all memory, so that it is measured first.
"""

import re
from typing import Any, NamedTuple

SECONDS = 0.05  # on one output
CHARACTERS = 2_000  # of a pattern
LONGEST = 20_000  # pieces of a pattern whose repeats are written out: some 5 MB and 20 ms

_PIECE = re.compile(
    r"\\(?:.|$)|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|\s|\{(?P<least>\d+)(?:,\d*)?\}|.", re.DOTALL
)
_WITH_COMMENTS = re.compile(r"\(\?[a-zA-Z0-9]*x")


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

    if len(pattern) > CHARACTERS:
        raise NoPattern(f"it has more than {CHARACTERS:,} characters")
    if written_out(pattern) > LONGEST:
        raise NoPattern(f"with its repeats written out it has more than {LONGEST:,} pieces")
    flags = regex.MULTILINE | (regex.V0 if case else regex.V0 | regex.IGNORECASE)
    try:
        return regex.compile(pattern, flags)
    except (regex.error, OverflowError, RecursionError) as error:
        raise NoPattern(str(error)) from error


def written_out(pattern: str) -> int:
    """At least as many pieces as the pattern has when each `{n}` stands n times. Blanks and comments are no
    pieces: a repeat behind one may belong to what stands before it."""
    if _WITH_COMMENTS.search(pattern):  # comments may hold anything: as if each repeat were of everything
        found = len(pattern)
        for piece in _PIECE.finditer(pattern):
            found = min(found * max(int(piece["least"] or 1), 1), LONGEST + 1)
        return found
    open_groups: list[int] = []
    total, last = 0, 0  # of the innermost group, and of its last piece
    for piece in _PIECE.finditer(pattern):
        text = piece[0]
        if piece["least"]:
            total += last * (max(int(piece["least"][:6]), 1) - 1)
            last *= max(int(piece["least"][:6]), 1)
        elif text == "(":
            open_groups.append(total)
            total, last = 0, 0
        elif text == ")":
            before = open_groups.pop() if open_groups else 0
            last = total + 1
            total = before + last
        elif not text.isspace() and not text.startswith("(?#"):
            last, total = 1, total + 1
        if total > LONGEST:
            return LONGEST + 1
    return min(sum(open_groups) + total, LONGEST + 1)


def search(pattern: Any, text: str, *, seconds: float = SECONDS) -> Found | None:
    """The first match of what `compiled` made. Raises TooSlow."""
    try:
        found = pattern.search(text, timeout=seconds)
    except TimeoutError as error:
        raise TooSlow from error
    return Found(*found.span()) if found else None
