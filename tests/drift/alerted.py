"""Alarms, and the alerts that come of them, for tests."""

from collections.abc import Sequence
from datetime import date, timedelta

from annotator.models import Project
from drift.models import Alert, DriftCheck, DriftGroup, InputVector, StructuralChange
from drift.services import alerts
from feedback.models import Interaction
from tests.drift import drifted
from tests.feedback import logged

DAY = logged.DAY
BEFORE = DAY - timedelta(days=1)


def towards(axis: int, *, beside: float = 0.0, other: int = 100) -> list[float]:
    """A unit vector along `axis`, turned a little towards `other`."""
    vector = [0.0] * drifted.DIMENSIONS
    vector[axis], vector[other] = (1 - beside**2) ** 0.5, beside
    return vector


def rows(project: Project, day: date, n: int, *, name: str, **more) -> list[Interaction]:
    at = logged.NEXT_MORNING + (day - DAY - timedelta(days=1)) + timedelta(hours=3)
    return logged.interactions(project, n, at=at, name=f"{name}-{day}", **more)


def vectors(project: Project, day: date, found: Sequence[Interaction], axis: int) -> list[InputVector]:
    """Of the day, more or less along the axis."""
    space = project.spaces.first() or drifted.space(project)
    made, _new = space.days.get_or_create(day=day, defaults={"population": 1000, "sampled": 500})
    return InputVector.objects.bulk_create(
        InputVector(
            day=made,
            interaction=row.pk,
            vector=towards(axis, beside=0.2 + 0.02 * (k % 10), other=200 + k % 5),
        )
        for k, row in enumerate(found)
    )


def alarm(project: Project, day: date, **more) -> DriftCheck:
    """A day that was judged and is one; of 100 inputs of the day and 200 before."""
    space = project.spaces.first() or drifted.space(project)
    return drifted.judged(
        project,
        day,
        **{
            "space": space,
            "p": 0.001,
            "topics_p": 0.0005,
            "structure_p": 0.0005,
            "level": 0.005,
            "alarm": True,
            "day_vectors": list(range(100)),
            "baseline_vectors": list(range(100, 300)),
            **more,
        },
    )


def group(check: DriftCheck, found: Sequence[Interaction], axis: int | None, **more) -> DriftGroup:
    return DriftGroup.objects.create(
        check_of_day=check,
        rank=check.groups.count() + 1,
        p=0.001,
        value=9.0,
        day_rows=[row.pk for row in found],
        centroid=None if axis is None else towards(axis),
        **{
            "kind": "new",
            "title": "what is my routing number",
            "keywords": ["routing", "routing number"],
            **more,
        },
    )


def change(project: Project, day: date, **more) -> StructuralChange:
    return StructuralChange.objects.create(
        project=project,
        day=day,
        **{
            "side": "output",
            "feature": "length",
            "p": 1e-6,
            "adjusted_p": 1e-5,
            "alarm": True,
            "then": 300.0,
            "now": 420.0,
            "facts": {"view": "middle"},
            **more,
        },
    )


def day_of_one_topic(project: Project, day: date = DAY, *, axis: int = 1, n: int = 10, **more) -> DriftCheck:
    """An alarm about one group of `n` logged inputs."""
    found = rows(project, day, n, name=f"topic-{axis}", **more.pop("logged", {}))
    vectors(project, day, found, axis)
    check = alarm(project, day)
    group(check, found, axis, **more)
    return check


def alert(project: Project, day: date = DAY, **more) -> Alert:
    made = alerts.tell(day_of_one_topic(project, day, **more))
    assert made is not None
    return made
