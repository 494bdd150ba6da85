"""What the clock asks of the database: as much for many projects as for one."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.jobs import schedules
from annotator.models import Job, Project
from drift.models import EmbeddedDay, EmbeddedReference
from drift.services import plans
from tests import make
from tests.drift import drifted, mapped, references
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING

HOUR = timedelta(hours=1)


def watched(project: Project, *, has_map: bool = True) -> None:
    """With two embedded days that nobody judged, counted, or held against the reference that it has."""
    rows = logged.interactions(project, 2)
    plan = plans.ensure_plan(project, now=NEXT_MORNING)
    plan.space = drifted.space(project)
    plan.save()
    for ago in (1, 2):
        day = drifted.embedded(plan.space, DAY - timedelta(days=ago), rows[:1], [[1.0] + [0.0] * 383])
        EmbeddedDay.objects.filter(pk=day.pk).update(finished_at=NEXT_MORNING - HOUR)
    reference = references.of_version(project, ["refund please"])
    EmbeddedReference.objects.create(reference=reference, space=plan.space, finished_at=NEXT_MORNING)
    if has_map:
        mapped.map_of(plan.space)


def questions_of_a_sweep() -> int:
    """When all was asked for before."""
    now = NEXT_MORNING + HOUR
    for _twice in range(2):  # a plan that the first makes is followed by the second
        schedules.ask_due(now)
    with CaptureQueriesContext(connection) as asked:
        schedules.ask_due(now + timedelta(minutes=1))
    return len(asked)


def test_a_sweep_asks_no_more_of_three_projects_than_of_one(project, next_morning):
    watched(project)
    watched(make.project(slug="unmapped"), has_map=False)
    few = questions_of_a_sweep()
    for number in range(2):
        watched(make.project(slug=f"more-{number}"))
        watched(make.project(slug=f"unmapped-{number}"), has_map=False)
    assert questions_of_a_sweep() == few
    asked = set(Job.objects.values_list("project__slug", "kind"))
    for slug in ("shop", "more-0", "more-1"):
        kinds = {kind for of, kind in asked if of == slug}
        assert {"drift.embed", "drift.count_topics", "drift.coverage", "vibecheck"} <= kinds
    assert ("unmapped-1", "drift.topics") in asked
