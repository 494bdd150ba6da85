"""A night of drift over a day of 100,000 inputs: CPU and wall seconds by stage, and the memory of the worker.

    python -m bench.bench_drift_night [--inputs 100000] [--sample 5000] [--baseline 14] [--all]

Inputs are CLINC150's and banking77's questions with a few words changed each, one in twenty of them a retry of the
same user, and a bot that sends one text five hundred times. The jobs are run as the ml worker runs them, in this process:
the draw, the parts, the repeats, the judgement with its structure, and, as once a week, topics found anew and the week judged.
The day's baseline of --baseline days (--sample inputs each) is embedded before, and not counted. --all embeds every
input of the day instead of a sample. The bar: 600 s on two cores and 1,500 MB.
"""

import argparse
import gzip
import json
import os
import random
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from bench import ground

BAR_SECONDS, BAR_MB = 600, 1_500
DATA = Path(__file__).parent / "data"
DAY = date(2026, 11, 23)
BOT, RETRIES = 500, 20
NIGHT = ("drift.embed", "drift.vectors", "drift.repeats", "drift.judge", "drift.structure", "drift.topics")


def questions() -> list[str]:
    found = []
    for name in ("clinc150", "banking77"):
        with gzip.open(DATA / f"intents_{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            found += [json.loads(line)["text"] for line in lines]
    return found


def log_of(project: Any, day: date, n: int, source: list[str]) -> None:
    from feedback.ingest.ids import interaction_id
    from feedback.models import Interaction

    chance = random.Random(day.toordinal())
    first = datetime(day.year, day.month, day.day, 0, 0, 1, tzinfo=UTC)
    rows, last = [], ("", "")
    for k in range(n):
        when = first + timedelta(seconds=86_000 * k / n)
        if k < BOT and n > 10 * BOT:
            user, text = "bot", "ping the order service"
        elif k % RETRIES == 0 and last[0]:
            user, text = last
        else:
            user, text = (
                f"user-{chance.randrange(n // 3 + 1)}",
                f"{chance.choice(source)} {chance.choice(source)[:9]}",
            )
        last = user, text
        name = f"{day}-{k}"
        rows.append(
            Interaction(
                id=interaction_id(project.pk, name, when),
                project=project,
                external_id=name,
                occurred_at=when,
                end_user=user,
                input=[{"role": "user", "content": text}],
                input_preview=text[:240],
                output="Done.",
                content_hash=uuid4(),
            )
        )
    Interaction.objects.bulk_create(rows, batch_size=5_000)


def night(project: Any, database: psutil.Process) -> dict[str, tuple[float, float, int]]:
    """What is due on the ml queue, until nothing is; by kind: CPU here and of PostgreSQL, wall, memory at most."""
    from annotator.jobs import leases, runner
    from annotator.models import Job, JobState
    from drift import memory

    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    while (
        due := Job.objects.filter(state=JobState.DUE, kind__in=NIGHT).order_by("created_at").first()
    ) is not None:
        memory.forget_peak()
        began, own, theirs = time.perf_counter(), time.process_time(), ground.cpu_seconds(database)
        job = leases.claim(due.pk)
        assert job is not None
        runner.run_claimed(job)
        one = spent[due.kind]
        one[0] += time.process_time() - own + ground.cpu_seconds(database) - theirs
        one[1] += time.perf_counter() - began
        one[2] = max(one[2], memory.peak_mb())
        job.refresh_from_db()
        if job.state != JobState.DONE:
            print(f"  {due.kind}: {job.state} {job.error}")
    return {kind: (one[0], one[1], int(one[2])) for kind, one in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=5_000)
    parser.add_argument("--baseline", type=int, default=14)
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    engine = ground.postgres()
    assert engine.process is not None
    database = psutil.Process(engine.process.pid)
    from annotator.jobs import registry
    from annotator.jobs.registry import Kind, UnknownKind
    from annotator.models import Project
    from annotator.services import jobs
    from drift.models import DriftPlan, EmbeddedDay
    from drift.services import plans
    from drift.services.embedding import EMBED, JUDGE

    try:
        registry.get(JUDGE)
    except UnknownKind:
        registry.register(Kind(JUDGE, lambda work: None, queue="ml"))
        print("there is no judge here: its stage is empty")
    project = Project.objects.create(slug="bench", name="Bench")
    plans.ensure_plan(project, now=datetime.now(UTC))
    DriftPlan.objects.update(sample_size=asked.sample)
    source = questions()

    def embed(day: date) -> None:
        arguments = {"day": day.isoformat()}
        jobs.ask(kind=EMBED, key=f"{day}", project=project, arguments=arguments)

    for back in range(asked.baseline, 0, -1):
        log_of(project, DAY - timedelta(days=back), asked.sample, source)
        embed(DAY - timedelta(days=back))
    night(project, database)
    log_of(project, DAY, asked.inputs, source)
    if asked.all:
        DriftPlan.objects.update(sample_size=asked.inputs)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    embed(DAY)
    found = night(project, database)
    jobs.ask(kind="drift.topics", key=f"{DAY}", project=project)
    found |= night(project, database)
    day = EmbeddedDay.objects.get(day=DAY)
    print(
        f"{day.population:,} inputs, {day.sampled:,} drawn, {day.repeats['rows']:,} rows left; repeats {day.repeats['inputs']}"
    )
    print(f"{'stage':18} {'CPU s':>8} {'wall s':>8} {'MB':>6}")
    for kind, (cpu, wall, mb) in found.items():
        print(f"{kind:18} {cpu:8.1f} {wall:8.1f} {mb:6}")
    cpu, peak = sum(one[0] for one in found.values()), max(one[2] for one in found.values())
    print(
        f"all: {cpu:.1f} CPU s, that is {cpu / 2:.0f} s on two quiet cores (the bar: {BAR_SECONDS}), {peak} MB ({BAR_MB})"
    )


if __name__ == "__main__":
    main()
