"""Answering a host that asks for a suggestion: within its time, whatever happens behind."""

import json
import time
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotator.chance import share
from annotator.datasets.words import text_hash
from annotator.reading.records import Limits
from feedback import splits
from feedback.ingest.record import Record, read
from feedback.models import (
    CachedSuggestion,
    Environment,
    Suggestion,
    SuggestionTask,
    SuggestionVector,
    TaskVersion,
)
from feedback.queries.examples import examples_of
from feedback.services import interactions
from feedback.suggesters import registry
from feedback.suggesting import line
from feedback.suggesting.question import Answer, Ask, content_hash, text_of

LATE, HIDDEN, CLOSED = "late", "hidden", "closed"
OURS = "suggestion"  # in the metadata of an interaction: what was suggested


@dataclass(frozen=True)
class Asked:
    """What a host sent. `input` as it will be logged."""

    input: Any
    candidates: tuple[str, ...] | None = None
    user: str = ""
    session: str = ""
    metadata: dict[str, Any] | None = None
    environment: str = Environment.PRODUCTION


def suggest(task: SuggestionTask, version: TaskVersion, asked: Asked, made: UUID) -> Suggestion:
    """The suggestion of the id `made`, stored and logged as an interaction. Its `value` is empty when
    there is none.

    Of a hidden one the value is stored too, and is not for the host to see.
    """
    began, at = time.monotonic(), timezone.now()
    answer = _answer(task, version, made, text_of(asked.input), asked.candidates)
    row = row_of(task, version, asked, made, answer, at=at, took_ms=(time.monotonic() - began) * 1000)
    with transaction.atomic():
        row.save(force_insert=True)
        if answer.vector:
            SuggestionVector.objects.create(
                suggestion=row, model=answer.embedded_by, vector=b64decode(answer.vector)
            )
        interactions.store(task.project, [logged(row, asked)])
    return row


def row_of(
    task: SuggestionTask,
    version: TaskVersion,
    asked: Asked,
    made: UUID,
    answer: Answer,
    *,
    at: datetime,
    took_ms: float | None,
) -> Suggestion:
    """A suggestion that is not stored yet. Chance, by its id, says whether it is hidden."""
    text = text_of(asked.input)
    return Suggestion(
        id=made,
        task=task,
        version=version,
        text=text,
        text_hash=(name := text_hash(text)),
        held_out=splits.is_held_out(name),
        candidates=None if asked.candidates is None else list(asked.candidates),
        value=answer.value,
        confidence=answer.confidence,
        alternatives=[list(pair) for pair in answer.alternatives],
        suggester=version.suggester,
        model=answer.model,
        reason=answer.reason,
        hidden=share(task.pk, "hidden suggestion", made) < task.hidden_share,
        took_ms=took_ms,
        cost_usd=answer.cost_usd,
        end_user=asked.user,
        created_at=at,
    )


def attempt(task: SuggestionTask, version: TaskVersion, text: str) -> Answer:
    """What would be suggested, for whoever tries it out: neither logged nor counted."""
    return _answer(task, version, uuid4(), text, None)


def _answer(
    task: SuggestionTask, version: TaskVersion, made: UUID, text: str, candidates: Sequence[str] | None
) -> Answer:
    if task.closed_at is not None:
        return Answer(reason=CLOSED)
    known = _cached(task, version, text, candidates)
    if known is not None:
        return known
    seconds = task.budget_ms / 1000
    asked = Ask(
        str(made),
        version.pk,
        task.name,
        text,
        None if candidates is None else tuple(candidates),
        time.time() + seconds,
    )
    return line.ask(asked, seconds) or Answer(reason=LATE)


def _cached(
    task: SuggestionTask, version: TaskVersion, text: str, candidates: Sequence[str] | None
) -> Answer | None:
    """What was answered before, unless its suggester has learned since. It costs nothing again."""
    suggester = registry.version(version.suggester, version.settings)
    name = content_hash(text, candidates, task.name, suggester)
    found = CachedSuggestion.objects.filter(version=version, content_hash=name).first()
    if found is None or (found.learns and found.learned_at != learned_at(task)):
        return None
    return replace(Answer.of_json(found.answer), cost_usd=0.0)


def learned_at(task: SuggestionTask) -> Any:
    """When the newest example of this task became one; None: there is none."""
    return examples_of(task.pk).aggregate(last=Max("learned_at"))["last"]


def logged(row: Suggestion, asked: Asked) -> Record:
    """The suggestion as an interaction of the log: found there, drawn for checks, signalled about."""
    told = {"confidence": row.confidence, "alternatives": row.alternatives, "hidden": row.hidden}
    sent = {
        "id": str(row.pk),
        "occurred_at": row.created_at.isoformat(),
        "feature": row.task.key,
        "input": asked.input,
        "output": row.value or None,
        "error": "" if row.value or row.reason == registry.Reason.UNKNOWN else row.reason,
        "model": row.model or row.suggester,
        "prompt_version": row.version.name,
        "user": row.end_user,
        "session": asked.session,
        "environment": asked.environment,
        "latency_ms": row.took_ms,
        "cost_usd": row.cost_usd,
        "metadata": {**(asked.metadata or {}), OURS: told},
    }
    text = json.dumps(sent, ensure_ascii=False).encode()
    return read(0, text, Limits(len(text), settings.INGEST_MAX_DEPTH))  # what was sent was measured then
