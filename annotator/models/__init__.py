"""The tables of the floor, one file per noun."""

from annotator.models.exports import Export
from annotator.models.jobs import Heartbeat, Job, JobState, ScheduledRun
from annotator.models.people import SigninLink, SigninTry, User
from annotator.models.projects import ApiKey, Invitation, Membership, Project, Role, Scope
from annotator.models.queues import (
    Answer,
    Item,
    Label,
    Lease,
    Place,
    Question,
    QuestionVersion,
    Queue,
    QueueKind,
    QueueQuestion,
    Rater,
    RaterKind,
)

__all__ = [
    "Answer",
    "ApiKey",
    "Export",
    "Heartbeat",
    "Invitation",
    "Item",
    "Job",
    "JobState",
    "Label",
    "Lease",
    "Membership",
    "Place",
    "Project",
    "Question",
    "QuestionVersion",
    "Queue",
    "QueueKind",
    "QueueQuestion",
    "Rater",
    "RaterKind",
    "Role",
    "ScheduledRun",
    "Scope",
    "SigninLink",
    "SigninTry",
    "User",
]
