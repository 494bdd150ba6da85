"""Days with vectors and judgements, for tests."""

from collections.abc import Sequence
from datetime import date

from annotator.models import Project
from drift.models import DriftCheck, EmbeddedDay, InputVector, Space, Verdict
from feedback.models import Interaction

DIMENSIONS = 384


def space(project: Project, *, encoder: str = "all-MiniLM-L6-v2", fingerprint: str = "0" * 64) -> Space:
    return Space.objects.create(
        project=project,
        encoder=encoder,
        fingerprint=fingerprint,
        rule={"kind": "last_user"},
        dimensions=DIMENSIONS,
    )


def embedded(
    of: Space, day: date, interactions: Sequence[Interaction], vectors: Sequence[Sequence[float]]
) -> EmbeddedDay:
    """The day with a vector for each interaction."""
    made = EmbeddedDay.objects.create(
        space=of, day=day, population=len(interactions), sampled=len(interactions)
    )
    InputVector.objects.bulk_create(
        InputVector(day=made, interaction=row.pk, vector=list(vector))
        for row, vector in zip(interactions, vectors, strict=True)
    )
    return made


def judged(project: Project, day: date, **more) -> DriftCheck:
    return DriftCheck.objects.create(project=project, day=day, **{"verdict": Verdict.JUDGED, **more})
