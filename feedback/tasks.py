"""The doors for Celery of what somebody waits for: a question comes in, its answer goes back by the line."""

import threading
from typing import Any

from celery.signals import worker_ready

from annotator.config.celery import app


@app.task(name="feedback.tasks.suggest", queue="suggest")
def suggest(ask: dict[str, Any]) -> None:
    from feedback.suggesting import desk  # noqa: PLC0415 - numpy and torch: not in the web process

    desk.serve(ask)


@worker_ready.connect
def make_ready(sender: Any = None, **_: Any) -> None:
    """Beside the first questions, which would else be late: models and libraries take seconds to load."""
    queues = getattr(getattr(sender, "task_consumer", None), "queues", ())
    if any(queue.name == "suggest" for queue in queues):
        from feedback.suggesting import desk  # noqa: PLC0415 - as above

        threading.Thread(target=desk.make_ready, name="make-ready", daemon=True).start()


@app.task(name="feedback.tasks.check_slowly", queue="suggest")
def check_slowly(ask: dict[str, Any]) -> None:
    """A judge's question, or code to run, for a guardrail that waits for it."""
    from feedback.services import guardrail  # noqa: PLC0415 - models, which are not loaded yet

    guardrail.answer(ask)
