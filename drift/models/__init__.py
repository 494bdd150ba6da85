"""What changed: inputs as vectors, the judgement of each day, and what stands behind it."""

from drift.models.alerts import (
    KINDS,
    Alert,
    AlertEvent,
    AlertGroup,
    AlertState,
    Happened,
    SeenAgain,
)
from drift.models.checks import (
    BaselineKind,
    DriftCheck,
    DriftGroup,
    DriftPlan,
    GroupKind,
    StructuralChange,
    Verdict,
)
from drift.models.references import (
    Coverage,
    CoverageGroup,
    EmbeddedReference,
    Reference,
    ReferenceFile,
    ReferenceVector,
)
from drift.models.spaces import EmbeddedDay, InputVector, Space
from drift.models.structure import StructuralDay
from drift.models.topics import HowFitted, MapDot, MappedDay, Topic, TopicDay, TopicMap, TopicShape
from drift.models.weeks import WeekCheck, WeekGroup

__all__ = [
    "KINDS",
    "Alert",
    "AlertEvent",
    "AlertGroup",
    "AlertState",
    "BaselineKind",
    "Coverage",
    "CoverageGroup",
    "DriftCheck",
    "DriftGroup",
    "DriftPlan",
    "EmbeddedDay",
    "EmbeddedReference",
    "GroupKind",
    "Happened",
    "HowFitted",
    "InputVector",
    "MapDot",
    "MappedDay",
    "Reference",
    "ReferenceFile",
    "ReferenceVector",
    "SeenAgain",
    "Space",
    "StructuralChange",
    "StructuralDay",
    "Topic",
    "TopicDay",
    "TopicMap",
    "TopicShape",
    "Verdict",
    "WeekCheck",
    "WeekGroup",
]
