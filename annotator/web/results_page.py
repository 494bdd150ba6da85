"""A queue's results as its page and its downloads show them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from annotator.pair_results import MATRIX
from annotator.queries.chains import Asked
from annotator.templatetags.estimates import signed
from annotator.web import result_words as words

EXACT = ("rank", "variant", "strength", "low", "high", "win_rate", "win_rate_low", "win_rate_high")
SAME = 1e-9  # strengths that differ by less differ by how the computer reckons
COUNTS = ("wins", "losses", "ties", "both_bad", "prompts")


@dataclass(frozen=True)
class Row:
    """One variant. `span` and `dot` draw its interval and value in a box of 100 by 10."""

    rank: int
    name: str
    strength: str
    within: str
    span: str
    dot: str
    win_rate: str
    win_within: str
    counts: dict[str, int]
    next: str


@dataclass(frozen=True)
class Cell:
    """How the row's variant did against the column's; None: nobody compared them."""

    counts: dict[str, int] | None
    other: str


@dataclass(frozen=True)
class Part:
    """Variants that votes connect, and how the strongest of them did against each other."""

    rows: list[Row]
    notes: list[str]
    matrix: list[tuple[str, list[Cell]]]
    cut: bool


@dataclass(frozen=True)
class Judge:
    name: str
    kind: str
    votes: int
    said: list[str]


@dataclass(frozen=True)
class Answered:
    """The results of one question; without votes there is nothing but the question."""

    asked: Asked
    rests_on: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    biases: tuple[str, ...] = ()
    judges: tuple[Judge, ...] = ()


def answered(asked: Asked, result: dict[str, Any], *, mirrored: bool) -> Answered:
    """`mirrored`: some of the queue's pairs are shown to the same person again."""
    found = result["questions"].get(str(asked.id))
    if found is None:
        return Answered(asked)
    board = found["board"]
    pairs = {(cell["one"], cell["other"]): cell for cell in board["pairs"]}
    any_people = board["votes"] + board["nameless"] + board["alike"] + found.get("chosen", 0) > 0
    return Answered(
        asked,
        words.rests_on(board) if board["votes"] else "",
        tuple(words.left_out(board, found.get("chosen", 0))),
        tuple(_part(part, pairs) for part in board["parts"]),
        tuple(
            [
                *words.position(found["biases"]),
                *words.length(found["biases"]),
                words.repeats(found["repeats"], mirrored=mirrored),
            ]
            if any_people
            else ()
        ),
        tuple(Judge(one["name"], one["kind"], one["votes"], words.judge(one)) for one in found["judges"]),
    )


def _part(part: dict[str, Any], pairs: dict[tuple[str, str], dict[str, Any]]) -> Part:
    rows = part["rows"]
    ends = [row["strength"][end] for row in rows for end in ("value", "low", "high")]
    known = [end for end in ends if end is not None]
    low, high = min(known), max(known)
    names = [row["name"] for row in rows[:MATRIX]]
    return Part(
        [
            _row(rank, row, low, (high - low) or 1, noted=words.has_few_prompts(part))
            for rank, row in zip(ranks(rows), rows, strict=True)
        ],
        words.part_notes(part),
        [(one, [_cell_of(pairs.get((one, other)), other) for other in names]) for one in names],
        cut=len(rows) > MATRIX,
    )


def ranks(rows: list[dict[str, Any]]) -> list[int]:
    """Of rows by strength: equal ones share a rank, and the next has the one of its place: 1, 1, 3."""
    found: list[int] = []
    for place, row in enumerate(rows, 1):
        same = place > 1 and abs(row["strength"]["value"] - rows[place - 2]["strength"]["value"]) < SAME
        found.append(found[-1] if same else place)
    return found


def _cell_of(found: dict[str, Any] | None, other: str) -> Cell:
    if found is None:
        return Cell(None, other)
    undecided = found["ties"] + found["both_bad"]
    return Cell({"wins": found["wins"], "losses": found["losses"], "undecided": undecided}, other)


def _row(rank: int, row: dict[str, Any], least: float, width: float, *, noted: bool) -> Row:
    strength = row["strength"]
    low, high = strength["low"], strength["high"]
    win_rate, win_within = words.win_rate(row)

    def at(value: float) -> str:
        return f"{100 * (value - least) / width:.1f}"

    return Row(
        rank,
        row["name"],
        signed(strength["value"]),
        "" if low is None else f"{signed(low)}\u2009…\u2009{signed(high)}",
        "" if low is None else f"M{at(low)} 5H{at(high)}",
        f"M{at(strength['value'])} 5h0",
        win_rate,
        win_within,
        {column: row[column] for column in COUNTS},
        words.apart_from_next(row["next"], noted=noted) if row["next"] else "",
    )


def as_csv(chain: list[Asked], result: dict[str, Any]) -> Iterator[str]:
    """A line for each variant. What a spreadsheet would take for a formula gets an apostrophe."""
    yield _line(["question", "part", *EXACT, *COUNTS])
    for asked in chain:
        found = result["questions"].get(str(asked.id))
        for n, part in enumerate(found["board"]["parts"] if found else (), 1):
            for rank, row in zip(ranks(part["rows"]), part["rows"], strict=True):
                strength, win_rate = row["strength"], row["win_rate"]
                yield _line(
                    [
                        asked.key,
                        n,
                        rank,
                        _cell(row["name"]),
                        *(strength[end] for end in ("value", "low", "high")),
                        *(win_rate[end] for end in ("value", "low", "high")),
                        *(row[column] for column in COUNTS),
                    ]
                )


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(cells: list[Any]) -> str:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
