"""Suggestions over HTTP: how long a host waits, and what one costs, through web server, Redis and worker.

    python -m bench.bench_asking [--questions 200] [--hosts 1 4] [--rate 5]

The task is the demo's: 77 intents, 900 verified examples. Each question is a new one: nothing comes from
the cache. Hosts ask without a pause, then one asks `--rate` times a second. CPU is that of web server
(2 processes), worker, Redis and PostgreSQL together. Beside it in the same run: a task of rules, which
goes the same way and thinks of nothing, and the same questions once more, which the cache answers.
"""

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Any

import psutil
from django.utils import timezone

from bench import bench_suggest, ground

READY = 120.0  # seconds that the worker may take to load its model and learn
BUDGET = 20_000  # ms: what is measured is the wait, not what a task would cut off


class Host:
    """A product's server that asks for suggestions, over one connection."""

    def __init__(self, key: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", ground.PORT, timeout=60)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.waits: list[float] = []
        self.none: Counter[str] = Counter()

    def ask(self, task: str, text: str) -> str | None:
        body = json.dumps({"task": task, "input": text})
        began = time.perf_counter()
        self.connection.request("POST", "/api/v1/suggestions", body, self.headers)
        answer = self.connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        self.waits.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {told}")
        if told["value"] is None:
            self.none[told["reason"]] += 1
        return told["value"]

    def ask_all(self, task: str, texts: Sequence[str], pause: float) -> None:
        """One every `pause` seconds, or as fast as they are answered."""
        began = time.perf_counter()
        for n, text in enumerate(texts):
            time.sleep(max(0.0, began + n * pause - time.perf_counter()))
            self.ask(task, text)


def line(name: str, hosts: Sequence[Host], seconds: float, cpu: float) -> None:
    waits = sorted(1000 * wait for host in hosts for wait in host.waits)
    none = sum((host.none for host in hosts), Counter[str]())
    print(
        f"{name:34} {len(waits) / seconds:6.1f}/s  p50 {waits[len(waits) // 2]:6.1f} ms"
        f"  p95 {waits[int(len(waits) * 0.95)]:6.1f} ms  {1000 * cpu / len(waits):6.1f} ms CPU each"
        f"{'' if not none else f'  without a value: {dict(none)}'}"
    )


def measured(
    name: str,
    place: Sequence[psutil.Process],
    key: str,
    task: str,
    texts: Sequence[str],
    n: int,
    pause: float,
) -> None:
    hosts = [Host(key) for _ in range(n)]
    parts = [texts[k::n] for k in range(n)]
    threads = [
        threading.Thread(target=host.ask_all, args=(task, part, pause))
        for host, part in zip(hosts, parts, strict=True)
    ]
    spent, began = ground.cpu_seconds(*place), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    line(name, hosts, time.perf_counter() - began, ground.cpu_seconds(*place) - spent)


def made() -> str:
    """The demo's task with its examples, and one of rules. Returns a key that may ask."""
    from annotator.models import Project, Scope, User
    from annotator.services.keys import make_key
    from feedback.demo.intents import make_intents
    from feedback.models import SuggestionTask
    from feedback.services import suggestion_tasks

    owner = User.objects.create(username="bench")
    project = Project.objects.create(slug="bench", name="Bench")
    make_intents(project, owner, timezone.now())
    rules = suggestion_tasks.make_task(project=project, key="rules", name="Rules")
    values = [{"name": "card"}, {"name": "other"}]
    suggestion_tasks.set_up(
        rules, instruction="", suggester="rule", settings={"rules": 'contains "e" -> card'}, values=values
    )
    SuggestionTask.objects.update(hidden_share=0, budget_ms=BUDGET)
    _, key = make_key(project=project, name="bench", scopes=[Scope.SUGGEST])
    return key


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--rate", type=float, default=5.0)
    arguments = parser.parse_args()

    postgres = ground.postgres()
    redis = ground.redis()
    key = made()
    place = [ground.web_server(), ground.worker("worker-suggest")]
    place += [psutil.Process(engine.process.pid) for engine in (postgres, redis) if engine.process]
    new = [row["text"] for row in bench_suggest.rows_of("banking77")[1000:]]
    first, end = Host(key), time.monotonic() + READY
    while first.ask("intent", new.pop()) is None:  # the worker loads its model
        if time.monotonic() > end:
            raise SystemExit(
                "the worker gives no answer: " + (ground.BASE / "worker-suggest.log").read_text()
            )

    def some() -> list[str]:
        return [new.pop() for _ in range(arguments.questions)]

    for n in arguments.hosts:
        texts = some()
        measured(f"by likeness, {n} at a time", place, key, "intent", texts, n, 0)
        measured("  the same again, from the cache", place, key, "intent", texts, n, 0)
        measured("  by rules", place, key, "rules", texts, n, 0)
    measured(f"by likeness, {arguments.rate:g} a second", place, key, "intent", some(), 1, 1 / arguments.rate)


if __name__ == "__main__":
    main()
