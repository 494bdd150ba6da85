"""The doorbell: rung after the commit, never the caller's trouble, always a named queue."""

import ast
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from annotator import tasks
from annotator.config.celery import app
from annotator.jobs.registry import QUEUES
from annotator.models import Job, JobState
from tests import make
from tests.pace import at_most


@pytest.fixture(autouse=True)
def not_quiet(monkeypatch):
    monkeypatch.setattr(tasks, "_quiet_until", 0.0)


def test_a_ring_waits_for_the_commit(project, broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            job = make.job(project)
            tasks.ring(job)
        assert broker.rung() == []

    assert broker.rung() == [str(job.pk)]


def test_a_job_of_the_ml_worker_rings_there(project, broker, django_capture_on_commit_callbacks):
    job = make.job(project, celery_queue="ml")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.ring(job)

    assert broker.rung("ml") == [str(job.pk)]


def test_nobody_is_rung_for_a_job_that_has_ended(project, broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.ring(make.job(project, state=JobState.DONE))

    assert broker.rung() == []


def test_a_broker_that_is_away_costs_a_moment_and_no_error(
    project, broker, caplog, django_capture_on_commit_callbacks
):
    broker.stop()
    job = make.job(project)
    with at_most(1, time.monotonic), django_capture_on_commit_callbacks(execute=True):
        tasks.ring(job)

    assert "nobody was rung" in caplog.text
    assert Job.objects.get().state == JobState.DUE


def test_a_hung_broker_costs_a_moment_once(
    project, broker, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    put = tasks.work.apply_async
    monkeypatch.setattr(tasks.work, "apply_async", lambda *given: asked.append(given) or put(*given))
    broker.pause()
    with at_most(tasks.QUIET_SECONDS, time.monotonic):
        for _ in range(3):
            with django_capture_on_commit_callbacks(execute=True):
                tasks.ring(make.job(project))

    assert len(asked) == 1
    assert caplog.text.count("nobody was rung") == 1


def test_every_task_has_a_name_of_its_own_and_a_queue_that_is_worked():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert len(ours) >= 4
    for name, task in ours.items():
        assert getattr(task, "queue", None) in (*QUEUES, "suggest"), f"{name} names no queue"
        assert name.startswith(("annotator.tasks.", "feedback.tasks.")), name
        assert task.ignore_result, name
        assert not task.acks_late, name
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in ours
        assert entry["options"]["queue"] in QUEUES


def test_only_the_tasks_module_puts_messages_on_a_queue():
    publishing = {"delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send_task"}
    sources = [path for app in ("annotator", "feedback") for path in Path(settings.ROOT, app).rglob("*.py")]
    found = {
        str(path.relative_to(settings.ROOT))
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in publishing
    }
    # Whoever asks for a suggestion waits for it: that is no work that must not be lost.
    # So does a guardrail that asks a judge.
    waited_for = {"feedback/suggesting/line.py", "feedback/services/guardrail.py"}
    assert found == {"annotator/tasks.py", *waited_for}
