"""What changed: inputs as vectors, the judgement of each day, and what stands behind it."""

from drift.models.checks import (
    BaselineKind,
    DriftCheck,
    DriftGroup,
    DriftPlan,
    GroupKind,
    StructuralChange,
    Verdict,
)
from drift.models.spaces import EmbeddedDay, InputVector, Space
from drift.models.structure import StructuralDay
from drift.models.topics import HowFitted, MapDot, MappedDay, Topic, TopicDay, TopicMap, TopicShape

__all__ = [
    "BaselineKind",
    "DriftCheck",
    "DriftGroup",
    "DriftPlan",
    "EmbeddedDay",
    "GroupKind",
    "HowFitted",
    "InputVector",
    "MapDot",
    "MappedDay",
    "Space",
    "StructuralChange",
    "StructuralDay",
    "Topic",
    "TopicDay",
    "TopicMap",
    "TopicShape",
    "Verdict",
]
