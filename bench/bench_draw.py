"""A check drawn by all parts from a day of 1,000,000 interactions, and the inputs run several times.

    python -m bench.bench_draw [--interactions 1000000]

CPU is that of this process and PostgreSQL together: on a busy machine the clock says little. The bars: 30 s
of CPU for the draw (it runs in a worker, once a day), 300 ms for the list of repeated inputs.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

import psutil

from bench import ground

T = TypeVar("T")
DAY = date(2026, 11, 23)
BAR_DRAW, BAR_LIST = 30.0, 0.3  # seconds
# A feature of half the day, one of a third, twenty small ones; each input is asked twice.
FILL = """
    INSERT INTO feedback_interaction (id, project_id, external_id, occurred_at, environment, feature, model,
        prompt_version, variant, end_user, session, latency_ms, output_tokens, cost_usd, error, finish_reason,
        input_preview, output_preview, input, output, content_hash, input_hash, output_hash, repaired)
    SELECT (lpad(to_hex(%(start)s + n * 80), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
            || substr(md5(n::text), 4, 15))::uuid, %(project)s, 'call-' || n,
        to_timestamp((%(start)s + n * 80) / 1000.0), 'production',
        CASE WHEN n %% 6 < 3 THEN 'chat' WHEN n %% 6 < 5 THEN 'email' ELSE 'small-' || n %% 20 END,
        'small-1', '7', '', '', '', 200 + n %% 97 + CASE WHEN n %% 90 = 0 THEN 4000 ELSE 0 END, 60, 0.001, '', '',
        'What about ' || n / 2, 'Answer', to_json('What about ' || n / 2), '"Answer"', md5(n::text)::uuid,
        n / 2, n %% 3, 0
    FROM generate_series(1, %(n)s) n"""
SIGNALS = """
    INSERT INTO feedback_signal (project_id, interaction, event_id, kind, polarity, occurred_at, by_token, settled)
    SELECT %(project)s, 'call-' || n, 'down', 'thumbs', 'negative', now(), false, true
    FROM generate_series(1, %(n)s, 50) n"""


class Clock:
    """Seconds, and seconds of CPU of this process and PostgreSQL."""

    def __init__(self, database: int) -> None:
        self.database = psutil.Process(database)

    def timed(self, name: str, work: Callable[[], T]) -> tuple[T, float]:
        """What `work` made, and its CPU."""
        before, started = self._cpu(), time.perf_counter()
        made = work()
        seconds, cpu = time.perf_counter() - started, self._cpu() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:<44}{seconds:>8.2f} s   {cpu:>6.2f} s CPU   {peak:.0f} MB at most so far")
        return made, cpu

    def _cpu(self) -> float:
        return time.process_time() + ground.cpu_seconds(self.database)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=1_000_000)
    n = parser.parse_args().interactions
    engine = ground.postgres()
    assert engine.process is not None
    clock = Clock(engine.process.pid)

    from django.db import connection

    from annotator.models import Project
    from feedback.queries.repeats import repeated
    from feedback.services import plans, vibecheck

    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    project = Project.objects.create(slug="bench", name="Bench")
    start = int(datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC).timestamp() * 1000)
    facts = {"project": project.pk, "start": start, "n": n}
    with connection.cursor() as cursor:
        cursor.execute(FILL, facts)
        cursor.execute(SIGNALS, facts)
    plan = plans.ensure_plan(project, now=now)
    clock.timed("nothing yet", lambda: None)
    _groups, listed = clock.timed("inputs run several times, the first page", lambda: repeated(project))

    def drawn(parts: list[list[object]]) -> float:
        plans.change_sample(plan, base="spread", parts=parts, shadow_pairs=0)
        plan.refresh_from_db()
        check, cpu = clock.timed(
            f"a check of {1 + len(parts)} part(s)", lambda: vibecheck.draw(project=project, day=DAY, now=now)
        )
        print("   ", [(one["source"], one["drawn"], one["population"]) for one in check.parts])
        assert check.queue is not None
        check.queue.delete()
        check.delete()
        return cpu

    drawn([])
    most = drawn([["feature", 1], ["negative", 3], ["outliers", 2]])
    if most > BAR_DRAW or listed > BAR_LIST:
        sys.exit("over the bar")


if __name__ == "__main__":
    main()
