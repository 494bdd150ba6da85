"""What a format is, and what its parts give each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from annotator.datasets.content import Kind, Row, Split
from annotator.ways_out.words import gettext_noop as _

# Gives a fresh iterator each time it is called: some formats must see all rows before the first line.
Rows = Callable[[], Iterable[Row]]
Record = dict[str, Any]
Options = Mapping[str, Any]
Progress = Callable[[int], None]  # hears how many rows were seen; may raise to stop

# "text": str. "bool", "number" (float), "texts" (list of str), "messages" (list of role and content), "chat" (the
# same, some with calls of tools), "object" (anything else: cannot be a Parquet column).
Column = Literal["text", "bool", "number", "texts", "messages", "chat", "object"]
EVERY: frozenset[Kind] = frozenset({"rated", "preference", "demonstration"})
JUDGED: frozenset[Kind] = frozenset({"rated", "demonstration"})  # one answer by itself
COMPARED: frozenset[Kind] = frozenset({"preference", "demonstration"})  # a better one and another
Encoding = Literal["jsonl", "csv", "text", "json", "folder"]


@dataclass(frozen=True)
class Drop:
    """Why a row gives no line. `reason` is what the manifest counts by; `REASONS` has the words."""

    reason: str


OTHER_KIND = Drop("other_kind")
EMPTY = Drop("empty")
IDENTICAL = Drop("identical")
CONFLICT = Drop("conflict")
TIE = Drop("tie")
BOTH_BAD = Drop("both_bad")
NO_DESIRABLE = Drop("no_desirable")
NOT_DESIRABLE = Drop("not_desirable")
TOOL_CALLS = Drop("tool_calls")
TOOLS_OFF = Drop("tools_off")
TOOL_SHAPE = Drop("tool_shape")
SEVERAL = Drop("several")
TAGGED = Drop("tagged")
TOOL_ANSWER = Drop("tool_answer")
PROMPT_ORDER = Drop("prompt_order")
NOT_TEXT = Drop("not_text")
NO_LABEL = Drop("no_label")
NO_OTHER = Drop("no_other")
NOT_ASKED_FOR = Drop("not_asked_for")
ONLY_BETTER = Drop("only_better")
ASKED_AGAIN = Drop("asked_again")
NOT_ALTERNATING = Drop("not_alternating")
MARKS = Drop("marks_elsewhere")
FEW_VOTES = Drop("too_few_votes")
NO_MARKS = Drop("no_marks")
NOT_SINGLE = Drop("not_single")
DELIMITER = Drop("delimiter")
OVER_MOST = Drop("over_most")
REPEATED = Drop("repeated")

REASONS = {
    "other_kind": _("The format has no line for this kind of row."),
    "empty": _("The prompt or an answer is blank."),
    "identical": _("The two answers differ in outer white space at most."),
    "conflict": _("The same prompt and answer have both labels."),
    "tie": _("A tie has no form in any trainer."),
    "both_bad": _("Both answers were bad."),
    "no_desirable": _("A question says no desirable answer."),
    "not_desirable": _("An answer was not the desirable one."),
    "tool_calls": _("The conversation has calls of tools, which the format has no place for."),
    "tools_off": _("The conversation has calls of tools: the option “tools” takes them."),
    "tool_shape": _(
        "A call of a tool has no name, no JSON object of arguments, or no answer; or an answer no call."
    ),
    "several": _("An answer has several messages: the format takes one."),
    "tagged": _("Words before a call of a tool hold the tags that the format puts around calls."),
    "tool_answer": _("The answer is a call of a tool, and the format takes text."),
    "prompt_order": _("The prompt has a system message that is not first, or does not end with the user."),
    "not_text": _("A message has parts that are not text, or a role that no trainer knows."),
    "no_label": _("The row has no answer or value."),
    "no_other": _("There is no second answer to compare with."),
    "not_asked_for": _("An option leaves such rows out."),
    "only_better": _("That one of two answers is better says nothing of either by itself."),
    "asked_again": _("The same prompt has a line already."),
    "not_alternating": _("User and assistant do not take turns."),
    "marks_elsewhere": _("The text that was marked is not the answer as it is written."),
    "too_few_votes": _("Fewer than two people decided for either side."),
    "no_marks": _("The answer is bad and nobody marked where."),
    "not_single": _("The format has one question and no earlier turns."),
    "delimiter": _("A text holds one of the tags that the examples are put between."),
    "repeated": _("A rated row of the same item says the same."),
    "over_most": _("There are enough examples already."),
}

Made = Sequence[Record] | Drop


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen. The type of `default` is the option's: bool, int or str (with
    `choices`, or free text without)."""

    name: str
    words: str
    default: bool | int | str
    choices: Mapping[str, str] = field(default_factory=dict)  # value: words
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Plan:
    """One export of one format: options read, whole-file rules looked up."""

    make: Callable[[Row], Made]
    columns: Mapping[str, Column]  # the keys of every line, in order
    keep: Callable[[Record], bool] = lambda _record: True  # False: the line is a conflict
    classes: Callable[[Record], str] | None = None  # what the manifest counts lines by
    notes: tuple[str, ...] = ()  # said in the manifest and the README
    reading: str = ""  # how the lines are to be loaded, where that is not as of every export of the format
    first: Callable[[Row], bool] | None = None  # rows that come before all others
    tools: bool = False  # lines say which tools there were
    seen: set[str] = field(default_factory=set)  # what `make` came across, for `extras`


@dataclass(frozen=True)
class Format:
    """One way out.

    `plan(options, rows)` reads rows only if `twice(options)`: then the first byte comes after a first
    pass over all of them. `extras(plan, options, files)` gives further text files by name, where
    `files` are the names of the data files by split. A `folder` format writes its own files.
    """

    key: str
    title: str
    words: str  # one line for people
    takes: frozenset[Kind]
    encoding: Encoding
    plan: Callable[[Options, Rows], Plan]
    how_to_load: str  # Markdown for the README; {file} is the first data file
    options: tuple[Option, ...] = ()
    trains: bool = True  # files that a model learns from
    splits: frozenset[Split] = frozenset({"train", "dev", "test"})  # that may go out in this format
    least: int = 1  # lines: with fewer, the export is refused
    twice: Callable[[Options], bool] = lambda _options: False
    folder: Callable[..., tuple[dict[str, Any], str]] | None = None  # as `formats/huggingface.py` writes
    extras: Callable[[Plan, Options, Mapping[Split, str]], dict[str, str]] | None = None

    @property
    def extension(self) -> str:
        """Of a data file; empty where the format is a folder only."""
        return {"jsonl": ".jsonl", "csv": ".csv", "text": ".txt", "json": ".json", "folder": ""}[
            self.encoding
        ]

    @property
    def streams(self) -> bool:
        """Whether one split is one file that can be sent as it is made."""
        return self.encoding != "folder"


@dataclass
class Written:
    """What came of the rows. `items` = `written` + all of `dropped`, always."""

    items: int = 0  # rows seen
    written: int = 0  # rows that gave a line or more
    lines: int = 0
    dropped: Counter[str] = field(default_factory=Counter)  # rows, by reason
    left_out: Counter[str] = field(default_factory=Counter)  # lines of rows that gave others
    classes: Counter[str] = field(default_factory=Counter)  # lines
    tasks: set[str] = field(
        default_factory=set
    )  # questions that rows with lines answer; "" for a value by itself
    tools_unsaid: int = 0  # rows that gave lines which do not say what tools there were

    def add(self, other: "Written") -> None:
        self.items += other.items
        self.written += other.written
        self.lines += other.lines
        self.dropped.update(other.dropped)
        self.left_out.update(other.left_out)
        self.classes.update(other.classes)
        self.tasks |= other.tasks
        self.tools_unsaid += other.tools_unsaid


class Refused(ValueError):
    """An export that would be of no use, or harm. `str` says why in English; `said` in another language.

    Words without values stand as they are, per cent signs and all.
    """

    def __init__(self, words: str, **values: object) -> None:
        self.words, self.values = words, values
        super().__init__(words % values if values else words)

    def said(self, translate: Callable[[str], str]) -> str:
        words = translate(self.words)
        return words % self.values if self.values else words


class TooFew(Refused):
    """Fewer lines than the consumer takes; no byte was written. `written` says where the rows went."""

    def __init__(self, least: int, written: Written) -> None:
        self.least, self.written = least, written
        words = _("%(lines)s lines came of %(rows)s rows; %(least)s are needed.")
        super().__init__(words, lines=written.lines, rows=written.items, least=least)

    def __str__(self) -> str:
        return self.said(lambda text: text)

    def said(self, translate: Callable[[str], str]) -> str:
        why = [
            f"{count}: {translate(REASONS[reason])}" for reason, count in self.written.dropped.most_common()
        ]
        return " ".join([super().said(translate), *why])


class WrongSplit(Refused):
    """A row of another split than the file's: a held-out row would be learned from."""
