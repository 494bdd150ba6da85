"""The numbers of a task's page: what is counted, and from when on."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from feedback.models import Suggestion, TaskVersion, Verdict
from feedback.queries import verdicts
from feedback.queries.tally import tallied
from feedback.queries.tasks import tasks_of
from tests.feedback import judged

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def shown(task, ago: timedelta, **verdict_counts: int) -> None:
    """So many suggestions of each verdict, shown that long ago; `unanswered` have none."""
    at = timezone.now() - ago
    for verdict, n in verdict_counts.items():
        more: dict[str, Any] = {} if verdict == "unanswered" else {"verdict": verdict, "verdict_at": at}
        for _ in range(n):
            judged.suggestion(task, created_at=at, shown_at=at, **more)


def counts(task) -> tuple[int, int, int, int]:
    """(over time, by version, in all, in the list of tasks): how many each rests on."""
    counted = tallied(task)
    [listed] = tasks_of(task.project)
    return (
        sum(one.n for one in verdicts.over_time(counted)),
        sum(one.n for one in verdicts.by_version(task, counted)),
        verdicts.overall(counted).n,
        listed.lately.n,
    )


def test_the_newest_point_is_not_too_high(project):
    """Those of ten minutes ago that were accepted are known, those that nobody will answer are not."""
    task = judged.task(project)
    shown(task, 2 * DAY, accepted=3, ignored=3)
    shown(task, 2 * HOUR, accepted=1, ignored=1)
    shown(task, 10 * MINUTE, accepted=5, unanswered=5)

    assert [one.accepted.value for one in verdicts.over_time(tallied(task))] == [0.5, 0.5]
    assert verdicts.overall(tallied(task)).accepted.value == 0.5
    assert counts(task) == (8, 8, 8, 8)


def test_each_task_waits_for_its_own_time(project):
    task = judged.task(project, ignored_after_minutes=5)
    shown(task, 10 * MINUTE, accepted=5, ignored=5)

    assert counts(task) == (10, 10, 10, 10)


def test_nobody_waits_for_the_first_number(project):
    """As long as there is no other, totals count what is young; it is not compared with anything."""
    task = judged.task(project)
    shown(task, 10 * MINUTE, accepted=2, unanswered=1)

    assert counts(task) == (0, 0, 2, 2)


def test_answers_count_at_once_where_only_answers_count(project):
    task = judged.task(project)
    judged.signal(project, judged.suggestion(task).pk, "edited", value="blue")

    assert verdicts.newest_verified(task, tallied(task)).hits == [False]
    assert [one.rates.n for one in verdicts.by_value(task)] == [1]
    assert verdicts.lift(task, tallied(task)).seen == 1


def test_one_reading_knows_what_is_verified(project):
    task = judged.task(project)
    for verdict, hidden, final in product(Verdict.values, (False, True), ("", "red", "blue")):
        judged.suggestion(task, verdict=verdict, verdict_at=timezone.now(), hidden=hidden, final_value=final)
    judged.suggestion(task)

    assert sum(one.verified for one in tallied(task)) == verdicts.verified(task).count() == 15


@pytest.mark.parametrize(
    ("n", "pictured", "told"), [(99, False, False), (299, True, False), (300, True, True)]
)
def test_few_suggestions_have_no_calibration_error(project, viewer, as_, n, pictured, told):
    """That of a hundred well calibrated ones is large by chance alone."""
    task = judged.task(project)
    shown(task, DAY, rejected=n)
    page = as_(viewer).get(f"/p/shop/suggestions/task/{task.key}/").content.decode()

    assert ("Does the confidence mean what it says?" in page) == pictured
    assert ("Expected calibration error" in page) == told


def test_versions_are_named_with_their_taxonomies(project):
    task = judged.task(project)
    shown(task, DAY, accepted=1)
    shown(task, 2 * DAY, rejected=1)
    taxonomy = task.taxonomies.create(number=1, values=[{"name": "red"}], count=1)
    newer = TaskVersion.objects.create(task=task, number=12, suggester="similar", taxonomy=taxonomy)
    Suggestion.objects.filter(verdict="accepted").update(version=newer, suggester="similar")

    found = verdicts.by_version(task, tallied(task))
    assert [(one.name, one.accepted.value) for one in found] == [("12.1 similar", 1), ("1 rule", 0)]


def test_examples_are_the_newest_of_each_value(project):
    task = judged.task(project)
    for value, ago in product(("red", "blue"), range(5)):
        at = timezone.now() - ago * DAY
        more = {"verdict": "rejected", "verdict_at": at, "created_at": at}
        judged.suggestion(task, f"{value} {ago}", value, **more)

    found = {one.rates.name: [row.text for row in one.examples] for one in verdicts.by_value(task)}
    assert found == {value: [f"{value} 0", f"{value} 1", f"{value} 2"] for value in ("red", "blue")}
