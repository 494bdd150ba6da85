"""What follows from signals and takes its time: labels, pairs, items for review, unanswered ones.

Asked once a minute for each project that has something to do. Killed at any line it goes on: what
is done is marked in the transaction that did it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import Chunk, PermanentError, Work
from annotator.models import Project
from feedback.models import Interaction, ReviewRule, Signal, Suggestion, SuggestionTask
from feedback.queries.tally import PATIENCE
from feedback.services import regenerations, reviews, settle, verdict_labels
from feedback.verdicts import UNANSWERED

NAME = "feedback.signals"
CHUNK = 500
WAITS = timedelta(days=7)  # for an interaction that is not logged yet
NEW = timedelta(minutes=10)


def run(work: Work) -> None:
    project = work.job.project
    if project is None:
        raise PermanentError("The project of these signals is gone.")
    since = work.arguments.get("since")
    rows = Signal.objects.filter(project=project, settled=False)
    new = rows.filter(received_at__gt=datetime.fromisoformat(since)) if since else rows
    for step in (_unanswered, partial(_settle, new), _label):
        while True:
            with work.chunk() as chunk:
                done = step(project, chunk)
                chunk.done += done
            if not done:
                break


def _unanswered(project: Project, _chunk: Chunk) -> int:
    """Shown and not answered for the task's time: ignored, as an event of ours."""
    rows = list(unanswered().filter(task__project=project)[:CHUNK])
    Signal.objects.bulk_create(
        (
            Signal(
                project=project,
                interaction=str(row.pk),
                event_id=UNANSWERED,
                kind="ignored",
                polarity="negative",
                occurred_at=row.shown_at + timedelta(minutes=row.task.ignored_after_minutes),
                settled=True,
            )
            for row in rows
            if row.shown_at is not None
        ),
        ignore_conflicts=True,
    )
    settle.suggestions(project, [str(row.pk) for row in rows])
    return len(rows)


def _label(project: Project, _chunk: Chunk) -> int:
    task = SuggestionTask.objects.filter(project=project, suggestions__labelled=False).distinct().first()
    return verdict_labels.label_some(task) if task else 0


def _settle(signals: QuerySet[Signal], project: Project, chunk: Chunk) -> int:
    """Pairs, reviews, and verdicts that came before their suggestions. What waits for its interaction, or
    for the new answer, is looked at again by the next jobs."""
    rows = list(signals.filter(pk__gt=chunk.cursor or 0).order_by("pk")[:CHUNK])
    if not rows:
        return 0
    now = timezone.now()
    settle.suggestions(project, {one.interaction for one in rows})
    regenerations.label(project, regenerations.note(project, rows))
    rule = ReviewRule.objects.filter(project=project).select_related("queue").first()
    if rule is not None:
        reviews.offer(project, rule, [one for one in rows if reviews.wants(rule, one)], now)
    about = {one.pk: {one.interaction, regenerations.new_answer(one) or one.interaction} for one in rows}
    logged = set(
        Interaction.objects.filter(project=project, external_id__in=set().union(*about.values())).values_list(
            "external_id", flat=True
        )
    )
    done = [one.pk for one in rows if about[one.pk] <= logged or one.received_at < now - WAITS]
    Signal.objects.filter(pk__in=done).update(settled=True)
    chunk.cursor = rows[-1].pk
    return len(rows)


def unanswered() -> QuerySet[Suggestion]:
    """Suggestions that were shown and not answered for longer than their task waits."""
    rows = Suggestion.objects.filter(verdict="", shown_at__isnull=False)
    return rows.filter(shown_at__lt=Now() - PATIENCE).select_related("task").order_by("pk")


def slots(now: datetime) -> Iterator[Slot]:
    """One a minute for each project with something to do; what only waits for its interaction is looked at
    once an hour, since it may be very many that wait for nothing."""
    due = now.replace(second=0, microsecond=0)
    signals = Signal.objects.filter(project=OuterRef("pk"), settled=False)
    arguments = {}
    if now.minute:
        signals = signals.filter(received_at__gt=now - NEW)
        arguments["since"] = (now - NEW).isoformat()
    verdicts = Suggestion.objects.filter(task__project=OuterRef("pk"), labelled=False)
    waiting = Project.objects.filter(Exists(signals) | Exists(verdicts))
    projects = {*waiting.values_list("pk", flat=True), *unanswered().values_list("task__project", flat=True)}
    for project in sorted(projects):
        yield Slot(f"{NAME}:{project}", due, NAME, f"{project}:{due:%Y-%m-%dT%H:%M}", project, arguments)


KIND = Kind(NAME, run, title=_("Learn from signals"))
SCHEDULE = Schedule(NAME, slots)
