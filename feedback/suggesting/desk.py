"""The desk: answers the questions that web processes ask. In the suggest worker alone."""

import base64
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Max

from annotator import weights
from annotator.jobs import heart
from annotator.jobs.work import PermanentError
from annotator.llm import client
from feedback.models import CachedSuggestion, Suggestion, TaskVersion
from feedback.suggesters import registry
from feedback.suggesters.registry import Case, Choice, Example, Outcome, Reason, Task
from feedback.suggesting import line
from feedback.suggesting.question import Answer, Ask, content_hash
from feedback.taxonomy.as_json import of_stored

if TYPE_CHECKING:
    from feedback.suggesting.shelf import Shelf

log = logging.getLogger(__name__)

NANO = 1e-9
SPARE = 2  # threads that never wait for somebody elsewhere: a slow provider holds up no other task

_shelves: dict[tuple[int, int], "Shelf"] = {}  # by task and taxonomy; 0: free text
_making: dict[tuple[int, int], threading.Lock] = {}
_lock = threading.Lock()
_elsewhere = threading.BoundedSemaphore(max(1, settings.SUGGEST_THREADS - SPARE))


def serve(asked: dict[str, object]) -> None:
    """Answer, keep the answer for whoever asks the same again, and say that the worker lives."""
    ask = Ask.of_json(asked)
    try:
        answer, learned = answer_to(ask)
    except Exception:
        line.reply(ask, Answer(reason=Reason.FAILED))  # before it is told: somebody waits
        raise
    line.reply(ask, answer)
    if answer.value or answer.reason == Reason.UNKNOWN:
        _keep(ask, answer, learned)
    heart.note_now_and_then("suggest")
    connection.close_if_unusable_or_obsolete()


@dataclass(frozen=True)
class Learned:
    """How far a suggester that learns had come: the time of the newest example that it knew for sure."""

    at: datetime | None


def answer_to(ask: Ask) -> tuple[Answer, Learned | None]:
    """With what it had learned, where the suggester learns."""
    found = _version(ask.version, ask.name)
    suggester = registry.get(found.suggester)
    needs = suggester.needs(found.task)
    shelf = _shelf(found) if needs.memory else None
    if shelf is None and needs.learned:
        return Answer(reason=Reason.FAILED), None
    if shelf is not None:
        shelf.refresh()
    # Before the answer: another thread may learn more in the middle of it.
    learned = Learned(shelf.learned_at) if shelf is not None and needs.learned else None
    return _asked(ask, found, shelf, needs), learned


def _asked(ask: Ask, found: "Known", shelf: "Shelf | None", needs: registry.Needs) -> Answer:
    case = Case(found.task, ask.text, client.unhurried(), ask.candidates)  # the next one finds the answer
    if shelf is None:
        return _told(_suggested(found, case))
    from annotator.ordering.embed import as_bytes  # noqa: PLC0415 - numpy and torch
    from feedback.suggesting.shelf import MODEL, vector_of  # noqa: PLC0415

    vector = vector_of(ask.text)
    ranked = tuple(shelf.ranked(vector, case.allowed, max(needs.shortlist, registry.RANKED)))
    case = Case(
        found.task,
        ask.text,
        case.deadline,
        ask.candidates,
        examples=_examples(shelf.nearest(vector, needs.examples)),
        shortlist=tuple(one.value for one in ranked[: needs.shortlist]) if needs.shortlist else None,
        ranked=ranked,
    )
    told = _told(_suggested(found, case))
    return replace(told, vector=base64.b64encode(as_bytes(vector)).decode(), embedded_by=MODEL)


def _suggested(found: "Known", case: Case) -> Outcome:
    """Where too many wait for somebody elsewhere already, nobody else does: that is late at once."""
    name = found.suggester
    if not registry.KINDS[name].waits:
        return registry.suggest(name, case)
    if not _elsewhere.acquire(blocking=False):
        return Outcome(name, registry.get(name).version(found.task), reason=Reason.LATE, why="busy")
    try:
        return registry.suggest(name, case)
    finally:
        _elsewhere.release()


def _examples(ids: Sequence[object]) -> tuple[Example, ...]:
    rows = Suggestion.objects.in_bulk(list(ids))
    return tuple(Example(rows[one].text, rows[one].final_value) for one in ids if one in rows)


def _told(outcome: Outcome) -> Answer:
    return Answer(
        value=outcome.value or "",
        confidence=outcome.confidence,
        alternatives=[(one.value, one.confidence or 0.0) for one in outcome.alternatives],
        model=outcome.version,
        reason=str(outcome.reason or ""),
        cost_usd=outcome.cost * NANO,
    )


def _keep(ask: Ask, answer: Answer, learned: Learned | None) -> None:
    found = _version(ask.version, ask.name)
    suggester = registry.version(found.suggester, found.task.settings)
    try:
        CachedSuggestion.objects.update_or_create(
            version_id=ask.version,
            content_hash=content_hash(ask.text, ask.candidates, ask.name, suggester),
            defaults={
                "answer": answer.as_json(),
                "learns": learned is not None,
                "learned_at": learned.at if learned else None,
            },
        )
    except IntegrityError:
        return  # the task was deleted meanwhile


# --- what is kept in memory -----------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A version as the registry wants it."""

    suggester: str
    task: Task
    taxonomy: int | None


@lru_cache(maxsize=256)
def _version(pk: int, name: str) -> Known:
    """Never changed after it was made; `name` is what its task is called now."""
    row = TaskVersion.objects.select_related("task", "taxonomy").get(pk=pk)
    choices = None
    if row.taxonomy is not None:
        nodes = of_stored(row.taxonomy.values).values
        choices = tuple(Choice(node.id, node.description) for node in nodes)
    task = Task(row.task_id, row.task.project_id, name, row.instruction, choices, row.settings)
    return Known(row.suggester, task, row.taxonomy_id)


def _shelf(found: Known) -> "Shelf | None":
    """The task's shelf; None where the local model is not installed."""
    if weights.missing_packages():
        return None
    from feedback.suggesting.shelf import Shelf  # noqa: PLC0415 - numpy and torch

    key = (found.task.id, found.taxonomy or 0)
    choices = found.task.choices
    with _lock:
        making = _making.setdefault(key, threading.Lock())
    with making:  # the names of thousands of values take minutes: other tasks do not wait for them
        if (made := _shelves.get(key)) is None:
            try:
                made = Shelf(found.task.id, None if choices is None else [one.id for one in choices])
            except PermanentError as error:  # the model is missing or not as expected
                log.error("no shelf for task %s: %s", found.task.id, error)
                return None
            with _lock:
                for old in [one for one in _shelves if one[0] == key[0] and one < key]:
                    del _shelves[old]  # of an older list: nobody asks for it any more
                _shelves[key] = made
        return made


def make_ready() -> None:
    """Load what the open tasks will need. What fails here fails again, and is told, when it is asked for."""
    try:
        for version, name in _in_force():
            found = _version(version, name)
            needs = registry.get(found.suggester).needs(found.task)
            shelf = _shelf(found) if needs.memory else None
            if shelf is not None:
                shelf.refresh()
            if found.suggester == "llm" and settings.ANTHROPIC_API_KEY:
                client.connected()
    except Exception as error:
        log.error("the desk is not ready: %s", type(error).__name__, exc_info=error)
    finally:
        connection.close()


def _in_force() -> list[tuple[int, str]]:
    """The newest version of each open task, and the task's name."""
    newest = TaskVersion.objects.filter(task__closed_at=None).values_list("task__name", "task")
    return [(last, name) for name, _task, last in newest.annotate(last=Max("pk"))]


def forget() -> None:
    """What is kept in memory. Tests begin with nothing."""
    _version.cache_clear()
    with _lock:
        _shelves.clear()
        _making.clear()
