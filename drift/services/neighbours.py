"""What a judgement asks of the other parts of drift, and tells them: one line each."""

from collections.abc import Sequence
from datetime import date

from annotator.models import Project
from drift.models import DriftCheck, Space


def structure_p(project: Project, day: date) -> float | None:
    """One p-value for all structural features of the day; None where they could not be tested."""
    return None


def judge_structure_again(project: Project, day: date) -> None:
    """A person has asked: the next `structure_p` is worked out anew."""


def days_left_out(project: Project) -> set[date]:
    """Days that teach nobody what is usual."""
    return set(
        DriftCheck.objects.filter(project=project, alarm=True).values_list("day", flat=True),
    )


def expected(project: Project, space: Space, day: date) -> Sequence[tuple[list[float], float]]:
    """Groups that a person has called expected: centroid and reach."""
    return []


def told(check: DriftCheck) -> None:
    """The day is judged, in the same transaction."""
