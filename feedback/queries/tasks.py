"""The tasks of a project as its list shows them."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from annotator.models import Project
from feedback.models import Suggestion, SuggestionTask, TaskVersion
from feedback.queries.tally import YOUNG
from feedback.queries.verdicts import SEEN, Rates

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Listed:
    """`lately`: of the last 30 days, without what is young while there is other (see `tally`)."""

    task: SuggestionTask
    version: TaskVersion | None
    asked: int
    lately: Rates


def tasks_of(project: Project) -> list[Listed]:
    """By name: three queries, whatever their number."""
    tasks = list(SuggestionTask.objects.filter(project=project).order_by("name"))
    versions = {
        one.task_id: one
        for one in TaskVersion.objects.filter(task__in=tasks)
        .select_related("taxonomy")
        .defer("taxonomy__values")
        .order_by("number")
    }
    rows = Suggestion.objects.filter(task__in=tasks, created_at__gt=timezone.now() - LATELY)
    every: dict[int, Counter[str]] = {one.pk: Counter() for one in tasks}
    grown: dict[int, Counter[str]] = {one.pk: Counter() for one in tasks}
    asked: Counter[int] = Counter()
    by_verdict = rows.annotate(young=YOUNG).values_list("task", "verdict", "young")
    for task, verdict, young, n, judged in by_verdict.annotate(n=Count("pk"), seen=Count("pk", filter=SEEN)):
        asked[task] += n
        for counts in (every,) if young else (every, grown):
            counts[task][verdict] += judged
    return [
        Listed(one, versions.get(one.pk), asked[one.pk], Rates.of(one.name, +grown[one.pk] or every[one.pk]))
        for one in tasks
    ]
