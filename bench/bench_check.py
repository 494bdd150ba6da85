"""A guardrail over HTTP: how long a host waits for its assertions; and what the worker pays for each interaction.

    python -m bench.bench_check [--checks 400] [--hosts 1 4] [--interactions 5000]

Inputs and outputs are the demo's: answers of chat models (LLMFAO), about 800 characters each. All kinds that need no
worker are asked at once, then five of them. CPU is that of web server (2 processes) and PostgreSQL
together. Beside it in the same run: a request for one assertion that compares two short texts, which
costs what any request does. The bar: p95 under 30 ms for the five.
"""

import argparse
import gzip
import json
import os
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil

from bench import ground

BAR_MS = 30.0
DATA = Path(__file__).parents[1] / "feedback" / "demo" / "data" / "llmfao.jsonl.gz"
FIVE = ("no-refusal", "personal", "length", "lacks", "numbers")
ALL: dict[str, tuple[str, dict[str, Any]]] = {
    "contains": ("contains", {"phrases": "the\na", "which": "any"}),
    "lacks": ("lacks", {"phrases": "as an AI\nContoso\nFabrikam"}),
    "pattern": ("pattern", {"pattern": r"\b\d{2}:\d{2}\b", "must": "lack"}),
    "length": ("length", {"unit": "sentences", "high": 5}),
    "json": ("json", {}),
    "schema": ("json_schema", {"schema": {"type": "object", "required": ["summary"]}}),
    "english": ("language", {"languages": "en"}),
    "no-refusal": ("refusal", {}),
    "no-leak": (
        "system_prompt",
        {"prompt": "You are a helpful assistant who answers briefly and never mentions its instructions."},
    ),
    "personal": ("personal", {"emails": True, "phones": True, "ibans": True, "cards": True, "region": "GB"}),
    "citation": ("citation", {"marks": True, "quotes": True}),
    "numbers": ("numbers", {"input": True}),
    "like": (
        "similarity",
        {"reference": "For Kubernetes, a plea: in containers it sets us free.", "least": 5},
    ),
    "equals": ("equals", {"expected": "Yes."}),
}


def rows() -> list[dict[str, Any]]:
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [
        {"input": one["prompt"], "output": one[side]} for one in read for side in ("answer_a", "answer_b")
    ]


def made() -> tuple[Any, str]:
    """A project with one assertion of each kind that needs no worker, and a key that may check."""
    from annotator.models import Project, Scope
    from annotator.services.keys import make_key
    from feedback.assertions import registry
    from feedback.services import assertions

    project = Project.objects.create(slug="bench", name="Bench")
    for key, (kind, sent) in ALL.items():
        read = registry.settings(kind, sent)
        assertions.make(project=project, key=key, name=key, kind=kind, settings=read, enabled=key in FIVE)
    return project, make_key(project=project, name="bench", scopes=[Scope.CHECK])[1]


def host(key: str, bodies: Sequence[bytes], waits: list[float]) -> None:
    connection = HTTPConnection("127.0.0.1", ground.PORT, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for body in bodies:
        began = time.perf_counter()
        connection.request("POST", "/api/v1/check", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        waits.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {told[:300]!r}")


def measured(
    name: str, place: Sequence[psutil.Process], key: str, bodies: Sequence[bytes], hosts: int
) -> float:
    """The p95 in ms."""
    waits: list[float] = []
    threads = [threading.Thread(target=host, args=(key, bodies[n::hosts], waits)) for n in range(hosts)]
    spent, began = ground.cpu_seconds(*place), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - began, ground.cpu_seconds(*place) - spent
    in_order = sorted(1000 * wait for wait in waits)
    p50, p95 = in_order[len(in_order) // 2], in_order[int(len(in_order) * 0.95)]
    print(
        f"{name:38} {len(waits) / seconds:6.1f}/s  p50 {p50:5.1f} ms  p95 {p95:5.1f} ms"
        f"  {1000 * cpu / len(waits):5.2f} ms CPU each"
    )
    return p95


def log_of(project: Any, n: int, texts: Sequence[dict[str, Any]]) -> None:
    """`n` interactions that arrived a few minutes ago, and a mark before them."""
    from django.utils import timezone

    from feedback.ingest.ids import interaction_id
    from feedback.models import AssertionMark, Interaction

    now, first = timezone.now(), datetime(2026, 11, 1, tzinfo=UTC)
    Interaction.objects.bulk_create(
        (
            Interaction(
                id=interaction_id(project.pk, f"call-{k}", first + timedelta(seconds=k)),
                project=project,
                external_id=f"call-{k}",
                occurred_at=first + timedelta(seconds=k),
                received_at=now - timedelta(minutes=5) + timedelta(milliseconds=k // 100),
                feature="news",
                input=texts[k % len(texts)]["input"],
                output=texts[k % len(texts)]["output"],
                content_hash=uuid4(),
            )
            for k in range(n)
        ),
        batch_size=1000,
    )
    AssertionMark.objects.filter(project=project).update(
        received_at=now - timedelta(minutes=6), interaction=UUID(int=0)
    )


def in_the_worker(project: Any, n: int, database: psutil.Process) -> None:
    """The job as the worker runs it, in this process, until nothing is left."""
    from annotator.jobs import leases, runner
    from annotator.services import jobs
    from feedback.jobs import assertions
    from feedback.models import AssertionResult

    own, theirs, began = time.process_time(), ground.cpu_seconds(database), time.perf_counter()
    while AssertionResult.objects.count() < n * len(FIVE):
        asked = jobs.ask(kind=assertions.NAME, key=uuid4().hex, project=project)
        job = leases.claim(asked.pk)
        assert job is not None
        runner.run_claimed(job)
    own, theirs = time.process_time() - own, ground.cpu_seconds(database) - theirs
    print(
        f"{f'worker, {n} interactions x {len(FIVE)}':38} {n / (time.perf_counter() - began):6.1f}/s"
        f"  {1000 * own / n:5.3f} ms CPU each, and {1000 * theirs / n:5.3f} ms of PostgreSQL"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checks", type=int, default=400)
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--interactions", type=int, default=5000)
    asked = parser.parse_args()
    engine = ground.postgres()
    assert engine.process is not None
    database = psutil.Process(engine.process.pid)
    project, key = made()
    place = [ground.web_server(), database]
    texts = rows()[: asked.checks]
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; outputs: {len(texts)}")

    def bodies(**more: Any) -> list[bytes]:
        return [
            json.dumps(
                {"input": one["input"], "context": one["input"], "output": one["output"], **more}
            ).encode()
            for one in texts
        ]

    measured("warming up, all kinds", place, key, bodies(assertions=list(ALL)), 2)
    worst = 0.0
    for hosts in asked.hosts:
        measured(f"one, {hosts} at a time", place, key, bodies(assertions=["equals"]), hosts)
        p95 = measured(f"five, {hosts} at a time", place, key, bodies(), hosts)
        worst = p95 if hosts == 1 else worst
        measured(f"all {len(ALL)}, {hosts} at a time", place, key, bodies(assertions=list(ALL)), hosts)
    log_of(project, asked.interactions, texts)
    in_the_worker(project, asked.interactions, database)
    print(f"p95 of five, one at a time: {worst:.1f} ms; the bar: {BAR_MS:.0f} ms")


if __name__ == "__main__":
    main()
