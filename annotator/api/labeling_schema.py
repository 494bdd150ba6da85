"""What goes in and out of the labeling endpoints."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from annotator.marks import MOST

# Names between asterisks are the queue's own: see queries.places.
Holder = Annotated[str, Field(max_length=64, pattern=r"^([^*]|$)")]


class ClaimIn(BaseModel):
    """`holder` names a tab or a thread: the same holder gets again what it holds already."""

    size: int = Field(1, ge=1, le=50)
    holder: Holder = ""
    take_over: bool = False  # also what another holder of the same rater has
    have: list[UUID] = Field(default_factory=list, max_length=500)  # leases not to be told again


class AfterOut(Schema):
    question: str
    answer: str


class QuestionOut(Schema):
    """`after`: asked only where that earlier question got that answer; `stops_on` ends the chain."""

    key: str
    version: int
    text: str
    kind: str
    after: AfterOut | None
    stops_on: str

    @staticmethod
    def resolve_after(asked: Any) -> dict[str, str] | None:
        return {"question": asked.after, "answer": asked.after_answer} if asked.after else None


class HtmlOut(Schema):
    input: str
    output: str | None = None
    left: str | None = None
    right: str | None = None
    context: str


class PrelabelOut(Schema):
    answer: str
    confidence: float | None
    rater: str


class ItemOut(Schema):
    lease: UUID
    lease_until: datetime
    external_id: str
    input: Any
    output: Any = None
    left: Any = None  # of a pair, instead of `output`
    right: Any = None
    swapped: bool | None = None  # of a pair: show the right side as A
    context: Any
    error: str
    metadata: Any  # null for pairs: it may say who wrote which side
    reason: str  # why it comes now, where an order has one
    questions: list[QuestionOut]
    done: dict[str, str]  # by question key: what this rater answered already
    prelabels: dict[str, PrelabelOut]  # by question key: what may be shown to this rater
    html: HtmlOut | None = None  # with ?render=html


class EmptyOut(Schema):
    code: Literal["done", "leased", "other_tab", "in_hand", "answered", "no_items", "closed", "busy"]
    text: str
    until: datetime | None = None


class ClaimOut(Schema):
    items: list[ItemOut]
    empty_because: EmptyOut | None = None


class MarkIn(BaseModel):
    part: Literal["input", "output", "left", "right"]
    start: StrictInt = Field(ge=0, description="in Unicode code points")
    end: StrictInt = Field(ge=1, description="exclusive")
    kind: str = Field(min_length=1, max_length=60, description="key of a defect kind of the project")


class LabelIn(BaseModel):
    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    lease: UUID
    question: str = Field(max_length=60)
    answer: str = Field(max_length=40, description="yes or no; left, right, tie or both_bad; skip or undo")
    idempotency_key: str = Field(min_length=1, max_length=64)
    ms: StrictInt | None = Field(None, ge=0, le=2_147_483_647, description="from shown to answered")
    wait_ms: StrictInt | None = Field(
        None, ge=0, le=2_147_483_647, description="the machine's, before it was shown"
    )
    note: str = Field("", max_length=10_000)
    flagged: StrictBool = False
    question_version: StrictInt | None = Field(None, description="the wording shown; else the newest")
    supersedes: StrictInt | None = Field(None, description="refuse unless this label is the newest")
    marks: list[MarkIn] = Field(default_factory=list, max_length=MOST)
    beside: dict[str, Any] | None = Field(
        None,
        description="In a vibe check, of an output that is not good: `modes`, ids of failure modes; `new`, names "
        "of modes that are made if there is none; `expected`, what the output should have been; `intern`.",
    )


class LabelsIn(BaseModel):
    """Each label is judged by itself: a bad one is named, and the others are kept."""

    labels: list[Annotated[LabelIn | Any, Field(union_mode="left_to_right")]] = Field(
        min_length=1, max_length=100
    )
    holder: Holder = ""  # gets what an undo gives back


class StandingOut(Schema):
    label: int
    answer: str


class ResultOut(Schema):
    idempotency_key: str | None
    status: Literal[200, 201, 403, 409, 422]
    state: Literal["counted", "surplus", "skipped", "undone", "repeated", "refused"]
    label: int | None = None
    error: str | None = None
    standing: StandingOut | None = None  # the answer that stood in the way
    revealed: dict[str, Any] | None = None  # left, right: what made them; others: what raters said


class LabelsOut(Schema):
    results: list[ResultOut]


class RenewIn(BaseModel):
    leases: list[UUID] = Field(min_length=1, max_length=500)


class RenewOut(Schema):
    lease_until: datetime | None
    renewed: list[UUID]
    lost: list[UUID]


class ReleaseIn(BaseModel):
    """Leases by name, or all that a holder holds."""

    leases: list[UUID] = Field(default_factory=list, max_length=500)
    holder: Holder | None = None


class ReleaseOut(Schema):
    released: int


class QueueOut(Schema):
    id: UUID
    name: str
    kind: str
    overlap: int
    origin: str
    created_at: datetime
    closed_at: datetime | None


class FullQuestionOut(QuestionOut):
    guideline: str
    desirable: str


class QueueDetailOut(QueueOut):
    questions: list[FullQuestionOut]
    items: int
    done_items: int  # every place filled
    places: int
    done_places: int
    labels: int  # that stand, surplus ones too
