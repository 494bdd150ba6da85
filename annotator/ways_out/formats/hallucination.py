"""Marked spans as labels of words or sentences, to train a classifier that finds what is made up.

How a text is cut, so that it can be cut the same way when the classifier runs:
- A word is a run of letters, digits and underscores, or any one other character that is no white space.
- A sentence ends at a line end, after `.`, `!`, `?` or `…` (and the quotes and brackets that close behind
  it) if white space follows, and after `。`, `！`, `？` (and those). There is no list of abbreviations.
A word or sentence is marked if a span covers any of its characters.
"""

import re
from collections.abc import Iterator

from annotator.datasets.content import Mark, Row
from annotator.ways_out import messages
from annotator.ways_out.model import EMPTY, MARKS, NO_MARKS, Drop, Format, Made, Option, Options, Plan, Rows
from annotator.ways_out.words import gettext_noop as _

KINDS = Option("kinds", _("Kinds of defect that count, by key, with commas between (empty: all)"), "")
NAMES = Option(
    "names",
    _("The labels"),
    "binary",
    {"binary": _("supported or hallucinated"), "kinds": _("supported or the kind of defect")},
)
SUPPORTED, HALLUCINATED = "supported", "hallucinated"
_WORD = re.compile(r"\w+|[^\w\s]")
_CLOSING = r"[\"'”’»)\]}」』）]*"
# A text that runs away is a megabyte of dots: it is not read again from each of them.
_END = re.compile(rf"\n|(?<![.!?…])[.!?…]++{_CLOSING}+(?=\s)|[。！？]+{_CLOSING}")


def words(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _WORD.finditer(text)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Without white space around them; none is blank."""
    return list(_sentences(text))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in [*(found.end() for found in _END.finditer(text)), len(text)]:
        part = text[start:end]
        if said := part.strip():
            first = start + part.index(said)
            yield first, first + len(said)
        start = end


def _looked_at(row: Row, wanted: frozenset[str]) -> tuple[str, list[Mark]] | Drop:
    """(the answer, its marks). Without marks an answer is clean only if people called it good."""
    if not isinstance(row.output, str):
        return MARKS
    if not row.output.strip():
        return EMPTY
    marks = [mark for mark in row.marks if mark.part == "output" and (not wanted or mark.kind in wanted)]
    if any(not 0 <= mark.start < mark.end <= len(row.output) for mark in marks):
        return MARKS
    return (row.output, marks) if marks or row.good else NO_MARKS


def _kind_at(span: tuple[int, int], marks: list[Mark]) -> str:
    """The kind with the most characters in the span; nothing if there is none. The first of equals."""
    most, kind = 0, ""
    for mark in marks:
        shared = min(span[1], mark.end) - max(span[0], mark.start)
        if shared > most:
            most, kind = shared, mark.kind
    return kind


def _wanted(options: Options) -> frozenset[str]:
    return frozenset(key.strip() for key in options["kinds"].split(",") if key.strip())


def tokens(options: Options, _rows: Rows) -> Plan:
    """O, then B- and I- for the words of each span."""
    wanted, binary = _wanted(options), options["names"] == "binary"

    def make(row: Row) -> Made:
        found = _looked_at(row, wanted)
        if isinstance(found, Drop):
            return found
        text, marks = found
        spans = words(text)
        labels, before = [], ""
        for span in spans:
            kind = _kind_at(span, marks)
            name = HALLUCINATED if kind and binary else kind
            labels.append(f"{'I' if name == before else 'B'}-{name}" if name else "O")
            before = name
        return [{**_given(row), "tokens": [text[a:b] for a, b in spans], "labels": labels}]

    return Plan(
        make,
        {"context": "text", "question": "text", "tokens": "texts", "labels": "texts"},
        classes=lambda record: "marked" if any(label != "O" for label in record["labels"]) else "clean",
        notes=(f"Words are the matches of {_WORD.pattern} (Unicode).",),
    )


def by_sentence(options: Options, _rows: Rows) -> Plan:
    wanted, binary = _wanted(options), options["names"] == "binary"

    def make(row: Row) -> Made:
        found = _looked_at(row, wanted)
        if isinstance(found, Drop):
            return found
        text, marks = found
        given = _given(row)
        lines = []
        for span in sentences(text):
            kind = _kind_at(span, marks)
            name = (HALLUCINATED if binary else kind) if kind else SUPPORTED
            lines.append({**given, "sentence": text[span[0] : span[1]], "label": name})
        return lines

    return Plan(
        make,
        {"context": "text", "question": "text", "sentence": "text", "label": "text"},
        classes=lambda record: str(record["label"]),
        notes=(f"Sentences end at the matches of {_END.pattern} (Unicode).",),
    )


def _given(row: Row) -> dict[str, str]:
    return {"context": messages.context_text(row.context), "question": messages.as_text(row.input)}


LOAD = '```python\nfrom datasets import load_dataset\n\nrows = load_dataset("json", data_files="{file}", split="train")\n```'
FORMATS = (
    Format(
        key="hallucination-tokens",
        title=_("Hallucinations by word"),
        words=_("Answers as words, each supported or in a marked span (token classification)."),
        takes=frozenset({"rated"}),
        encoding="jsonl",
        plan=tokens,
        options=(KINDS, NAMES),
        how_to_load=LOAD,
    ),
    Format(
        key="hallucination-sentences",
        title=_("Hallucinations by sentence"),
        words=_("Answers cut into sentences, each supported or touched by a mark."),
        takes=frozenset({"rated"}),
        encoding="jsonl",
        plan=by_sentence,
        options=(KINDS, NAMES),
        how_to_load=LOAD,
    ),
)
