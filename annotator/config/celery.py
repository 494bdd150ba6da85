"""The Celery application: early acknowledgement, JSON, no results.

The database is the queue (`annotator.jobs`); a message is only a doorbell, so that
losing one costs a sweep and never a job. Why not late acknowledgement: docs/decisions.
"""

import os
import sys
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
if Path(sys.argv[0]).name == "celery":
    os.environ.setdefault("GENBA_ROLE", "beat" if "beat" in sys.argv else "worker")
# Django's checks would load every page into each worker; `manage.py` runs them before.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# Whoever only rings never waits for a hung broker: the ring is given up and the sweep rings instead.
PATIENT = settings.ROLE in {"worker", "beat"}

app = Celery("genba")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_keepalive": True,
        "socket_timeout": 5 if PATIENT else 0.25,
        "socket_connect_timeout": 2 if PATIENT else 0.5,
        "health_check_interval": 25,
    },
    task_acks_late=False,
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="default",
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1},
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=20,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,  # nobody steers workers through the broker
    beat_scheduler="celery.beat:Scheduler",  # keeps no file: the slots are rows
    timezone="UTC",
    beat_schedule={
        "sweep": {
            "task": "annotator.tasks.sweep",
            "schedule": settings.SWEEP_SECONDS,
            "options": {"queue": "default", "expires": settings.SWEEP_SECONDS},
        },
    },
)
app.autodiscover_tasks(["annotator", "feedback", "drift"])
