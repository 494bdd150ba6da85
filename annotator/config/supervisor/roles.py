"""The commands of the roles. Docker runs the same ones by `manage.py up --only ROLE`."""

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec

from django.conf import settings

from annotator.config.supervisor.leftovers import MARK

CELERY = [sys.executable, "-m", "celery", "-A", "annotator.config.celery"]
# One machine: workers need not find each other.
WORKER = ["worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]


def web() -> list[str]:
    return [
        *[sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"],
        *["--host", settings.HOST, "--port", str(settings.PORT)],
        *["--workers", str(settings.WEB_WORKERS), "--blocking-threads", str(settings.WEB_THREADS)],
        *["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "3s"],
        *["--log-level", "info", "annotator.config.wsgi:application"],
    ]


def worker() -> list[str]:
    pool = ["--pool", "prefork", "--concurrency", str(settings.WORKER_PROCESSES)]
    return [*CELERY, *WORKER, "--queues", "default", "--hostname", "default@%h", *pool]


def worker_ml() -> list[str]:
    """Never forked: torch does not survive it."""
    return [*CELERY, *WORKER, "--queues", "ml", "--hostname", "ml@%h", "--pool", "solo"]


def worker_suggest() -> list[str]:
    """Threads: a question that waits for a provider holds up no other, and all share one model."""
    pool = ["--pool", "threads", "--concurrency", str(settings.SUGGEST_THREADS)]
    return [*CELERY, *WORKER, "--queues", "suggest", "--hostname", "suggest@%h", *pool]


def demo_pages() -> list[str]:
    """The demo's shop: a product that is not Genba's, on an origin of its own."""
    place = ["--port", str(settings.DEMO_PORT), "--genba", settings.PUBLIC_URL]
    return [sys.executable, "-m", "feedback.demo.host", *place]


def demo_key() -> str:
    """Made with the demo; empty: there is no demo here, or its pages are not wanted."""
    path = settings.VAR / settings.DEMO_KEY_NAME
    return path.read_text(encoding="ascii").strip() if settings.DEMO_PORT > 0 and path.exists() else ""


def beat() -> list[str]:
    """Its memory is the database's schedule rows; a file of its own could only be wrong."""
    return [*CELERY, "beat", "--loglevel", "WARNING", "--scheduler", "celery.beat:Scheduler", "--pidfile="]


ROLES: dict[str, Callable[[], list[str]]] = {
    "web": web,
    "worker": worker,
    "worker-ml": worker_ml,
    "worker-suggest": worker_suggest,
    "beat": beat,
}


def has_ml() -> bool:
    """Whether the `ml` set is installed; asked without importing it."""
    return all(find_spec(name) for name in ("torch", "sentence_transformers", "hdbscan"))


def environment(role: str, *, supervised: bool = False) -> dict[str, str]:
    found = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "annotator.config.settings",
        "GENBA_ROLE": role.partition("-")[0],
        "GENBA_VAR": str(settings.VAR),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",  # a log is no terminal
    }
    return found | {MARK: str(settings.VAR)} if supervised else found
