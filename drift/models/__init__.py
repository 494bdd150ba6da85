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

__all__ = [
    "BaselineKind",
    "DriftCheck",
    "DriftGroup",
    "DriftPlan",
    "EmbeddedDay",
    "GroupKind",
    "InputVector",
    "Space",
    "StructuralChange",
    "StructuralDay",
    "Verdict",
]
