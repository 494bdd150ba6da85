"""The demo's other task: the intents of a bank's customers, two weeks of suggestions and verdicts.

What was suggested is a recording of the `similar` suggester (bench/record_intents.py). Its user is
whoever labelled the data: a suggestion that is right is accepted, a wrong one is changed to the right
value. How long that took is not known. All are logged as development: no vibe check draws them.
"""

import random
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec

from annotator.models import Project, User
from annotator.reading.records import Limits
from feedback import days
from feedback.demo import calendar, texts
from feedback.ingest.record import Record
from feedback.models import Environment, Suggestion, SuggestionTask
from feedback.services import interactions, signals, suggest, suggestion_tasks
from feedback.services.suggest import Asked
from feedback.signals.record import SentSignal, SignalReader
from feedback.suggesting.question import Answer
from feedback.taxonomy.as_json import stored_form
from feedback.taxonomy.lines import of_lines

KEY = "intent"
WEEKDAY = 80  # suggestions
SOURCE = "banking77"


def make_intents(project: Project, owner: User, now: datetime) -> SuggestionTask:
    """The task, and its suggestions up to `now`, each judged."""
    task = suggestion_tasks.make_task(project=project, key=KEY, name="Intent of a question", by=owner)
    asked = texts.intents()
    version = suggestion_tasks.set_up(
        task,
        instruction="What a customer of the bank wants.",
        suggester="similar",
        values=stored_form(of_lines("\n".join(sorted({one.intent for one in asked})))),
        by=owner,
    )
    reader = SignalReader(Limits(), {}, now, about=None)
    rows: list[Suggestion] = []
    records: list[Record] = []
    sent: list[SentSignal] = []
    for one, at in zip(asked, _moments(ZoneInfo(project.time_zone), now), strict=False):
        question = Asked(one.text, metadata={"source": SOURCE}, environment=Environment.DEVELOPMENT)
        answer = Answer(one.value, one.confidence, one.alternatives, model="recorded")
        row = suggest.row_of(task, version, question, uuid4(), answer, at=at, took_ms=None)
        rows.append(row)
        records.append(suggest.logged(row, question))
        sent.append(reader.read(len(sent), msgspec.json.encode(_verdict(row, one, at))))
    Suggestion.objects.bulk_create(rows)
    interactions.store(project, records)
    signals.store(project, sent, by_token=False)
    return task


def _moments(zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    chance = random.Random(SOURCE)
    today = days.day_of(now, zone)
    for ago in range(calendar.SPAN, -1, -1):
        for at in calendar.times(today - days.DAY * ago, WEEKDAY, zone, chance):
            if at <= now:
                yield at


def _verdict(row: Suggestion, one: texts.Intent, at: datetime) -> dict[str, object]:
    """As the widget would have sent it: who saw nothing has chosen alone."""
    kind = "ignored" if row.hidden else "accepted" if one.intent == one.value else "edited"
    return {
        "event_id": one.id,
        "kind": kind,
        "interaction": str(row.pk),
        "occurred_at": at.isoformat(),
        "value": {"value": one.intent, "suggested": one.value},
    }
