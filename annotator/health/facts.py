"""What several checks look at, fetched at most once per examination."""

import time
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from annotator.jobs import broker, heart

GRACE_SECONDS = 60  # after the start of this process, others may still be starting

WAITING = """
SELECT celery_queue, clock_timestamp() - min(due_at) FROM annotator_job
 WHERE state = 'due' AND due_at <= statement_timestamp() GROUP BY celery_queue
"""


class Facts:
    @cached_property
    def database_answers(self) -> bool:
        return self._probe is not None

    @cached_property
    def has_tables(self) -> bool:
        return self._probe is True

    @cached_property
    def _probe(self) -> bool | None:
        """Whether our tables are there; None when the database does not answer."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT to_regclass('annotator_heartbeat') IS NOT NULL")
                row = cursor.fetchone()
        except (OperationalError, InterfaceError):
            return None
        return bool(row[0])

    @cached_property
    def broker_answers(self) -> bool:
        return broker.answers()

    @cached_property
    def signs(self) -> dict[str, timedelta]:
        """How long ago each process left a sign of life."""
        return heart.ages() if self.has_tables else {}

    @cached_property
    def waiting(self) -> dict[str, timedelta]:
        """For each Celery queue with due jobs, how long the oldest has waited."""
        if not self.has_tables:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            return dict(cursor.fetchall())

    @property
    def silence(self) -> timedelta:
        """How old a sign may be."""
        return timedelta(seconds=max(60, 4 * settings.SWEEP_SECONDS))

    @property
    def starting(self) -> bool:
        """A page asked for in the first minute: worker and beat come up beside the web server."""
        return settings.ROLE == "web" and time.monotonic() - settings.STARTED < GRACE_SECONDS

    def is_silent(self, name: str) -> bool:
        age = self.signs.get(name)
        return age is None or age > self.silence
