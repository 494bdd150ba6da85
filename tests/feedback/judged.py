"""Suggestions and what became of them, for tests."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from annotator.datasets.words import text_hash
from annotator.jobs import runner
from annotator.models import Job, Label, Project, Queue
from annotator.services import jobs
from feedback.ingest.ids import interaction_id
from feedback.jobs import signals as job
from feedback.models import Interaction, Signal, Suggestion, SuggestionTask, TaskVersion
from feedback.services import signals
from feedback.signals.kinds import KINDS
from feedback.signals.record import SentSignal


def task(project: Project, key: str = "colour", **more) -> SuggestionTask:
    made = SuggestionTask.objects.create(project=project, key=key, name=key.title(), **more)
    TaskVersion.objects.create(task=made, number=1, suggester="rule")
    return made


def suggestion(of: SuggestionTask, text: str = "a rose", value: str = "red", **more) -> Suggestion:
    more.setdefault("confidence", 0.6 if value else None)
    return Suggestion.objects.create(
        task=of,
        version=of.versions.get(),
        text=text,
        text_hash=text_hash(text),
        value=value,
        suggester="rule",
        **more,
    )


def signal(project: Project, interaction: object, kind: str, at: datetime | None = None, **value) -> None:
    """As it comes over the wire."""
    sent = SentSignal(
        0,
        str(interaction),
        str(uuid4()),
        kind,
        KINDS[kind].polarity_of(value),
        at or timezone.now(),
        _json(value) if value else None,
        0,
    )
    signals.store(project, [sent], by_token=True)


def _json(value: dict) -> str:
    import json

    return json.dumps(value)


def logged(
    project: Project, external_id: str, output: str = "Answer", *, at: datetime | None = None
) -> Interaction:
    when = at or timezone.now() - timedelta(hours=1)
    return Interaction.objects.create(
        id=interaction_id(project.pk, external_id, when),
        project=project,
        external_id=external_id,
        occurred_at=when,
        input="Question",
        output=output,
        content_hash=uuid4(),
    )


def learn(project: Project) -> Job:
    """What the schedule asks for within a minute."""
    asked = jobs.ask(kind=job.NAME, key=str(uuid4()), project=project)
    runner.run(asked.pk, queue="default")
    asked.refresh_from_db()
    return asked


def standing(queue: Queue) -> dict[tuple[str, str], str]:
    """(input, output) to the answer that stands, of all raters that are end users."""
    rows = Label.objects.filter(queue=queue, superseded_by=None, rater__kind="end_user").exclude(
        answer="undo"
    )
    return {(row.item.input, row.item.output): row.answer for row in rows.select_related("item")}


def unsettled(project: Project) -> int:
    return Signal.objects.filter(project=project, settled=False).count()
