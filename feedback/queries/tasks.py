"""The tasks of a project as its list shows them."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from annotator.models import Project
from feedback.models import Suggestion, SuggestionTask, TaskVersion
from feedback.queries.verdicts import SEEN, Rates

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Listed:
    """`lately`: of the last 30 days."""

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
    counts: dict[int, Counter[str]] = {}
    asked: Counter[int] = Counter()
    by_verdict = rows.values_list("task", "verdict").annotate(n=Count("pk"), seen=Count("pk", filter=SEEN))
    for task, verdict, n, judged in by_verdict:
        asked[task] += n
        counts.setdefault(task, Counter())[verdict] += judged
    return [
        Listed(one, versions.get(one.pk), asked[one.pk], Rates.of(one.name, counts.get(one.pk, Counter())))
        for one in tasks
    ]
