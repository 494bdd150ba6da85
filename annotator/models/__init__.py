"""The tables of the floor, one file per noun."""

from annotator.models.datasets import Dataset, DatasetExport, DatasetRow, DatasetVersion, PlacedInput
from annotator.models.exports import Export
from annotator.models.imports import ItemImport
from annotator.models.jobs import Heartbeat, Job, JobState, ScheduledRun
from annotator.models.llm import LlmBudget, LlmDay, LlmOutcome
from annotator.models.people import SigninLink, SigninTry, User
from annotator.models.projects import ApiKey, Invitation, Membership, Project, Role, Scope
from annotator.models.quality import Consensus, ConsensusSource, ItemVector, Report
from annotator.models.queues import (
    Answer,
    DefectKind,
    Item,
    ItemOrder,
    Label,
    Lease,
    Place,
    Prelabel,
    Question,
    QuestionVersion,
    Queue,
    QueueKind,
    QueuePerson,
    QueueQuestion,
    Rater,
    RaterKind,
    new_seed,
)

__all__ = [
    "Answer",
    "ApiKey",
    "Consensus",
    "ConsensusSource",
    "Dataset",
    "DatasetExport",
    "DatasetRow",
    "DatasetVersion",
    "DefectKind",
    "Export",
    "Heartbeat",
    "Invitation",
    "Item",
    "ItemImport",
    "ItemOrder",
    "ItemVector",
    "Job",
    "JobState",
    "Label",
    "Lease",
    "LlmBudget",
    "LlmDay",
    "LlmOutcome",
    "Membership",
    "Place",
    "PlacedInput",
    "Prelabel",
    "Project",
    "Question",
    "QuestionVersion",
    "Queue",
    "QueueKind",
    "QueuePerson",
    "QueueQuestion",
    "Rater",
    "RaterKind",
    "Report",
    "Role",
    "ScheduledRun",
    "Scope",
    "SigninLink",
    "SigninTry",
    "User",
    "new_seed",
]
