"""Interactions that assertions failed, or were uncertain of: what a day's sample may draw from."""

from collections.abc import Iterator
from uuid import UUID

from annotator.models import Project
from feedback.models import AssertionResult, CheckOutcome

READ = 2_000


def failing_keys(project: Project | int, low: UUID, high: UUID) -> Iterator[UUID]:
    """Ids of interactions, `low <= id < high`, that an assertion failed; each once, in order of time."""
    return _keys(project, low, high, CheckOutcome.FAILED)


def uncertain_keys(project: Project | int, low: UUID, high: UUID) -> Iterator[UUID]:
    """Likewise those of which an assertion was uncertain, failed by another or not."""
    return _keys(project, low, high, CheckOutcome.UNCERTAIN)


def _keys(project: Project | int, low: UUID, high: UUID, outcome: str) -> Iterator[UUID]:
    """What retired assertions said is not asked for any more."""
    rows = AssertionResult.objects.filter(
        project=project,
        outcome=outcome,
        interaction__gte=low,
        interaction__lt=high,
        version__assertion__retired_at=None,
    )
    ids = rows.order_by("interaction").values_list("interaction", flat=True).distinct()
    yield from ids.iterator(chunk_size=READ)
