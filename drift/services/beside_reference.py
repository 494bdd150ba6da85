"""A reference as the baseline of a day's topics: its inputs, drawn and read. Only the ml worker imports this module.

A reference has no days, so how much topics vary is told from the days before; and no hours, so part of a day cannot be
held against it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drift import baseline
from drift.models import DriftPlan, EmbeddedReference, Reference, ReferenceVector
from drift.scan.refused import FEWEST_DAYS, FEWEST_REFERENCE
from drift.services.windows import Window

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


FEWEST_LEFT = FEWEST_REFERENCE // 2  # without what is called expected, which would end the judgement else


@dataclass(frozen=True)
class Beside:
    """`vectors` (R, d): of length 1. `ids` of ReferenceVector, `positions` in the reference, in the same order.
    `before`: rows of the days before and the day of each. `told`: what the reference was called, for good."""

    reference: Reference
    vectors: Floats
    ids: Ints
    positions: list[int]
    before: tuple[Floats, Ints]
    told: dict[str, Any]

    def baseline(self) -> tuple[Floats, Ints, dict[str, Any]]:
        """Rows and their days, all of one, for `scan.judge`, and what else that wants to know."""
        one_day = np.zeros(len(self.vectors), dtype=np.int64)
        return self.vectors, one_day, {
            "beside": self.before, "fewest_days": 1, "fewest_baseline": FEWEST_LEFT,
        }  # fmt: skip


class NotBeside(LookupError):
    """A day cannot be held against the reference. `reason`: a code; `facts`: its numbers."""

    def __init__(self, reason: str, **facts: int) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


def beside(plan: DriftPlan, window: Window, seed: int) -> Beside:
    """`window`: the day and the days before it. The same seed draws the same inputs. Raises NotBeside."""
    reference, days = plan.reference, len(np.unique(window.days))
    assert reference is not None  # noqa: S101 - for the type checker
    embedded = EmbeddedReference.objects.filter(
        reference=reference, space=plan.space_id, finished_at__isnull=False
    ).first()
    if embedded is None:
        raise NotBeside("reference_not_embedded")
    if (few := embedded.vectors.count()) < FEWEST_REFERENCE:
        raise NotBeside("few_reference_rows", found=few, needed=FEWEST_REFERENCE)
    if window.hours is not None:
        raise NotBeside("part_of_a_day")
    if days < FEWEST_DAYS:
        raise NotBeside("few_days_before", found=days, needed=FEWEST_DAYS)
    ids, positions = _drawn(embedded, seed)
    return Beside(
        reference,
        _vectors(ids),
        ids,
        positions,
        (window.before, window.days),
        {**told(reference), "inputs": len(ids)},
    )


def told(reference: Reference) -> dict[str, Any]:
    """As JSON, so that a judgement says what it was compared with when the reference is gone."""
    version = reference.version
    return {"id": str(reference.pk), "name": reference.name, "version": version.number if version else None}


def _drawn(embedded: EmbeddedReference, seed: int) -> tuple[Ints, list[int]]:
    """At most `baseline.ROWS` of its different inputs, each as likely; in their order."""
    rows = list(
        ReferenceVector.objects.filter(embedded=embedded).order_by("position").values_list("pk", "position")
    )
    if len(rows) > baseline.ROWS:
        chance = np.random.default_rng(seed)
        rows = [rows[at] for at in np.sort(chance.choice(len(rows), baseline.ROWS, replace=False))]
    return np.array([pk for pk, _position in rows], dtype=np.int64), [position for _pk, position in rows]


def _vectors(ids: Ints) -> Floats:
    kept = dict(ReferenceVector.objects.filter(pk__in=ids.tolist()).values_list("pk", "vector"))
    rows = np.array([kept[pk] for pk in ids.tolist()], dtype=np.float32)
    found: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))
    return found
