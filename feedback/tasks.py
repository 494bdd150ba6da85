"""The desk's door for Celery: a question comes in, its answer goes back by the line."""

from typing import Any

from annotator.config.celery import app


@app.task(name="feedback.tasks.suggest", queue="suggest")
def suggest(ask: dict[str, Any]) -> None:
    from feedback.suggesting import desk  # noqa: PLC0415 - numpy and torch: not in the web process

    desk.serve(ask)
