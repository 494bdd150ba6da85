"""What a row of a dataset holds: the one shape between what selects rows and what writes them. Pure.

A payload is what was logged: text, or JSON such as a list of messages with `role` and `content`.
"""

from typing import Any, Literal

import msgspec

Kind = Literal["rated", "preference", "demonstration"]
Split = Literal["train", "dev", "test"]
Side = Literal["output", "rejected"]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A span of a text, in Unicode code points, end exclusive, and what is wrong there."""

    part: str  # "input" or "output"
    start: int
    end: int
    kind: str  # key of a defect kind


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where a row is from, down to its labels."""

    item: int
    external_id: str
    queue: str  # its id
    origin: str = ""
    reason: str = ""
    inclusion_probability: float | None = None
    question_version: int = 0  # the number of the wording
    labels: tuple[int, ...] = ()
    raters: tuple[int, ...] = ()  # ids; exports give pseudonyms
    rater_kinds: tuple[str, ...] = ()
    consensus: str = ""  # how the answer came about: "single", "majority", "unanimous", "adjudicated"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One example. Which fields are set depends on `kind`:

    rated: an output that people answered questions about. `good` is whether every answer was the
    desirable one, None where a question declares none.
    preference: two outputs; `winner` is "left", "right", "tie" or "both_bad".
    demonstration: an output that is right, because somebody corrected, typed or accepted it;
    `rejected` is what it took the place of, None where there was nothing else.
    """

    key: str  # the same for the same item and question in every version
    kind: Kind
    input: Any
    context: Any = None
    output: Any = None  # rated: what was judged; demonstration: what is right
    rejected: Any = None
    left: Any = None
    right: Any = None
    left_variant: str = ""
    right_variant: str = ""
    winner: str = ""
    question: str = ""  # key of the (first) question
    answers: dict[str, str] = {}  # by question key: the consensus of each that was asked
    good: bool | None = None
    value: str = ""  # a class: a suggested value, a topic, a failure mode
    why: str = ""  # demonstration: "accepted", "edited", "corrected", "expected"
    told: tuple[Side, ...] = ()  # demonstration: a rated row of the same item says the same of it
    votes: dict[str, int] = {}  # by answer, of the (first) question
    agreement: float | None = None  # share of votes for the winning answer, 0 to 1
    marks: tuple[Mark, ...] = ()
    metadata: dict[str, Any] = {}  # feature, model, prompt_version, occurred_at, …
    split: Split = "train"
    group: str = ""  # rows of one group are in one split
    provenance: Provenance
