"""A taxonomy as people paste it: flat lines, paths with " > ", or an indented list. Pure."""

import re
from collections.abc import Iterator

from annotator.reading.errors import gettext_noop
from feedback.taxonomy import faults
from feedback.taxonomy.faults import Fault
from feedback.taxonomy.names import on_one_line, stored
from feedback.taxonomy.tree import Found, Path, Taxonomy, build

BREAK = re.compile(r"\r\n|\r|\n")
STEP = re.compile(r"\s+>(?=\s)")
INDENT = re.compile(r"[ \t]*")

HALF_STEP = gettext_noop("is indented by half a step: a step is two spaces or one tab")
FIRST_INDENTED = gettext_noop("is indented, and there is nothing above it")
TWO_STEPS = gettext_noop("is indented by two steps at once")
BOTH = gettext_noop("has “ > ” in an indented list: write the one or the other")


def of_lines(text: str) -> Taxonomy:
    """Empty lines are passed over; indentation that all lines share is none. BadTaxonomy."""
    text, repaired = stored(text)
    lines = [(n, line) for n, line in enumerate(BREAK.split(text), 1) if line.strip()]
    shared = _shared([line for _, line in lines])
    lines = [(n, line[shared:]) for n, line in lines]
    if any(line[0] in " \t" for _, line in lines):
        return build(_indented(lines), repaired)
    return build((Found(_place(n), path_of(line)) for n, line in lines), repaired)


def path_of(text: str) -> Path:
    """`A > B > C` as its three names; an empty one where a step is missing."""
    return tuple(on_one_line(name) for name in STEP.split(f" {text.strip()} "))


def _place(line: int) -> str:
    return f"line {line}"


def _shared(lines: list[str]) -> int:
    """How many characters of indentation all lines begin with."""
    indents = [_blank(line) for line in lines]
    if not indents:
        return 0
    least, most = min(indents), max(indents)
    return next((n for n, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))


def _blank(line: str) -> str:
    found = INDENT.match(line)
    return found[0] if found else ""


def _indented(lines: list[tuple[int, str]]) -> Iterator[Found]:
    """Each line under the last one that is indented less. All faults of the form first."""
    wrong: list[Fault] = []
    found: list[Found] = []
    path: Path = ()
    for n, line in lines:
        spaces = _blank(line).replace("\t", "  ")
        depth, half = divmod(len(spaces), 2)
        name = on_one_line(line)
        text = ""
        if half:
            text = HALF_STEP
        elif depth > len(path):
            text = TWO_STEPS if path else FIRST_INDENTED
        elif len(path_of(line)) > 1:
            text = BOTH
        if text:
            wrong.append(Fault(_place(n), text))
            continue
        path = (*path[:depth], name)
        found.append(Found(_place(n), path))
    faults.raise_if_any(wrong)
    yield from found
