"""Annotators without think time on one queue, over HTTP: rate, CPU per label, waits, and mistakes.

    python -m bench.bench_labeling [--seconds 6] [--annotators 1 8 32] [--batch 10] [--overlap 1]

Each annotator claims a batch, as the page does, and submits its answers one by one. CPU is that
of the web server (2 processes) and PostgreSQL together. A second part paces 32 annotators at one
decision a second and shows how long a submit takes then. The bar: 6 ms CPU per label. The
yardstick is a hand-written queue behind the same web server, with the same annotators in the same
run (bench/bare_queue.py): what the machine makes dearer, it makes dearer for both.
"""

import argparse
import json
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import psutil
import psycopg

from bench import bare_queue, ground

BAR_CPU = 6.0
# Measured on a machine of 2 cores with 10,000 such items: CPU ms per label at 1, 8, 32 annotators.
PEERS = {
    "Label Studio 1.23.2, SQLite": {1: 133, 8: 167, 32: 275},
    "Label Studio, PostgreSQL": {1: 279, 8: 284, 32: 340},
    "doccano 1.8.4": {1: 61, 8: 70, 32: 66},
}


@dataclass
class Tally:
    claims: list[float] = field(default_factory=list)  # seconds each
    submits: list[float] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)  # label ids
    odd: list[str] = field(default_factory=list)


class Annotator:
    """Claims batches and answers item by item, in Genba."""

    port = ground.PORT

    def __init__(self, token: str, queue: str, name: str, batch: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "X-Genba-Rater": name,
        }
        self.queue, self.name, self.batch, self.tally = queue, name, batch, Tally()

    def post(self, path: str, body: object, times: list[float]) -> dict[str, Any]:
        started = time.perf_counter()
        self.connection.request("POST", path, json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        times.append(time.perf_counter() - started)
        if answer.status not in (200, 201):
            self.tally.odd.append(f"{answer.status} {text[:200]!r}")
        found: dict[str, Any] = json.loads(text)
        return found

    def work(self, until: float, pause: float = 0.0) -> None:
        while time.perf_counter() < until:
            items = self.claim()
            if not items:
                return
            for item in items:
                self.submit(item)
                time.sleep(pause)

    def claim(self) -> list[dict[str, Any]]:
        claim = {"size": self.batch, "holder": self.name}
        answer = self.post(f"/api/v1/queues/{self.queue}/claim", claim, self.tally.claims)
        return list(answer.get("items", []))

    def submit(self, item: dict[str, Any]) -> None:
        label = {"lease": item["lease"], "question": "good", "answer": "yes", "ms": 900}
        body = {"labels": [{**label, "idempotency_key": str(uuid.uuid4())}]}
        result = self.post("/api/v1/labels", body, self.tally.submits)["results"][0]
        if result["state"] == "counted":
            self.tally.acknowledged.append(result["label"])
        else:
            self.tally.odd.append(json.dumps(result))


class BareAnnotator(Annotator):
    """The same person at the yardstick."""

    port = ground.free_port()

    def claim(self) -> list[dict[str, Any]]:
        return list(
            self.post("/claim", {"size": self.batch, "holder": self.name}, self.tally.claims)["items"]
        )

    def submit(self, item: dict[str, Any]) -> None:
        label = {"item": item["id"], "answer": "yes", "key": str(uuid.uuid4())}
        self.tally.acknowledged.append(self.post("/label", label, self.tally.submits)["label"])


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return 1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def crowd(people: Sequence[Annotator], seconds: float, pause: float = 0.0) -> float:
    """How long they worked."""
    started = time.perf_counter()
    until = started + seconds
    threads = [threading.Thread(target=person.work, args=(until, pause)) for person in people]
    for n, thread in enumerate(threads):
        thread.start()
        if pause:
            time.sleep(pause / len(threads) if n < len(threads) else 0)
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def joined(people: Sequence[Annotator]) -> Tally:
    whole = Tally()
    for person in people:
        for name, values in vars(person.tally).items():
            getattr(whole, name).extend(values)
    return whole


def mistakes(queue: str, tally: Tally) -> tuple[int, int]:
    """Counted labels beyond the overlap, and acknowledged ones that are not there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(greatest(n - overlap, 0)), 0) FROM ("
            " SELECT count(*) AS n, max(q.overlap) AS overlap FROM annotator_label l"
            " JOIN annotator_queue q ON q.id = l.queue_id"
            " WHERE l.queue_id = %s AND NOT l.surplus GROUP BY l.item_id, l.question_id) x",
            [queue],
        )
        surplus = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM annotator_label WHERE id = ANY(%s)", [list(set(tally.acknowledged))]
        )
        stored = cursor.fetchone()[0]
    return int(surplus), len(tally.acknowledged) - stored


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds per label; `seconds` as long as it took."""

    web: float
    database: float
    seconds: float
    tally: Tally

    @property
    def cpu(self) -> float:
        return self.web + self.database

    @property
    def line(self) -> str:
        claims, submits = self.tally.claims, self.tally.submits
        return (
            f"{len(self.tally.acknowledged) / self.seconds:>7.0f} labels/s  {self.cpu:5.2f} ms CPU per label"
            f" (web {self.web:.2f} + database {self.database:.2f})"
            f"  claim p50/p95 {percentile(claims, 0.5):.1f}/{percentile(claims, 0.95):.1f} ms"
            f"  submit {percentile(submits, 0.5):.1f}/{percentile(submits, 0.95):.1f} ms"
        )


def cost(people: Sequence[Annotator], seconds: float, web: psutil.Process, database: psutil.Process) -> Cost:
    before = ground.cpu_seconds(web), ground.cpu_seconds(database)
    took = crowd(people, seconds)
    parts = ground.cpu_seconds(web) - before[0], ground.cpu_seconds(database) - before[1]
    tally = joined(people)
    labels = max(1, len(tally.acknowledged))
    return Cost(1000 * parts[0] / labels, 1000 * parts[1] / labels, took, tally)


def bare_server(place: dict[str, Any], items: int) -> psutil.Process:
    place = {**place, "dbname": "genba"}
    with psycopg.connect(**place) as connection:
        connection.execute(bare_queue.TABLES)
        connection.execute(bare_queue.FILL, [items])
    return ground.web_server(
        application="bench.bare_queue:application", port=BareAnnotator.port, BARE_DATABASE=json.dumps(place)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--annotators", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--overlap", type=int, default=1)
    parser.add_argument("--paced", type=float, default=10, help="seconds of the paced part; 0 leaves it out")
    arguments = parser.parse_args()
    engine = ground.postgres()

    from django.db import connection

    from annotator.models import Project, Scope
    from annotator.services.keys import make_key
    from annotator.services.queues import NewItem, add_items, make_queue, set_question

    project = Project.objects.create(slug="bench", name="Bench")
    question = set_question(project=project, key="good", text="Is it good?").question
    _, token = make_key(project=project, name="bench", scopes=[Scope.LABEL])
    assert engine.process is not None
    database, web = psutil.Process(engine.process.pid), ground.web_server()

    def queue_of(items: int) -> str:
        queue = make_queue(project=project, name="Bench", questions=[question], overlap=arguments.overlap)
        text = "The order ships tomorrow and the refund is on its way to you. " * 6
        add_items(queue, (NewItem(f"item-{n}", input=text[:400], output=text[:400]) for n in range(items)))
        return str(queue.pk)

    failed = False
    bare = bare_server(engine.url, arguments.items * len(arguments.annotators))
    print(
        f"{arguments.items:,} items of 800 bytes, overlap {arguments.overlap}, batches of {arguments.batch}"
    )
    for size in arguments.annotators:
        queue, names = queue_of(arguments.items), [f"rater-{n}" for n in range(size)]
        people = [Annotator(token, queue, name, arguments.batch) for name in names]
        ours = cost(people, arguments.seconds, web, database)
        others = [BareAnnotator("", "", name, arguments.batch) for name in names]
        yardstick = cost(others, arguments.seconds / 2, bare, database)
        surplus, lost = mistakes(queue, ours.tally)
        odd = ours.tally.odd
        print(f"{size:>3} annotators {ours.line}  surplus {surplus}  lost {lost}  refused {len(odd)}")
        print(f"    bare queue {yardstick.line}")
        print(f"      {ours.cpu / yardstick.cpu:>5.2f} times the bare queue")
        for name, figures in PEERS.items():
            if size in figures:
                print(f"      {figures[size] / ours.cpu:>5.0f} times less CPU than {name}")
        if odd:
            print("      first refusal:", odd[0])
        failed |= bool(surplus or lost or odd) or ours.cpu > BAR_CPU
    if arguments.paced:
        queue = queue_of(2000)
        people = [Annotator(token, queue, f"rater-{n}", arguments.batch) for n in range(32)]
        crowd(people, arguments.paced, pause=1.0)
        tally = joined(people)
        print(
            f" 32 annotators at 1 decision/s: submit p50/p95/p99 {percentile(tally.submits, 0.5):.1f}/"
            f"{percentile(tally.submits, 0.95):.1f}/{percentile(tally.submits, 0.99):.1f} ms,"
            f" claim p95 {percentile(tally.claims, 0.95):.1f} ms"
        )
    print(f"web server: {ground.resident_mb(web):.0f} MB resident")
    connection.close()
    if failed:
        sys.exit(f"over the bar of {BAR_CPU} ms CPU per label, or a mistake above")


if __name__ == "__main__":
    main()
