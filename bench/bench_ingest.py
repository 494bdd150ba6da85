"""100,000 interactions of about 800 bytes through HTTP, beside a bare COPY of the same rows.

    python -m bench.bench_ingest [--records 100000] [--batch 1000]

Bodies are made before the clock starts. CPU is that of the web server and PostgreSQL together.
The bars: 10,000 records/s on two idle cores and 0.10 ms CPU per record.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from bench import ground

BAR_RATE, BAR_CPU = 10_000, 0.10
CLIENTS = 2
WORDS = ["the", "order", "ships", "tomorrow", "refund", "invoice", "customer", "question", "agent", "model"]


def made(number: int, random_: random.Random) -> dict[str, object]:
    when = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(milliseconds=37 * number)
    return {
        "id": f"call-{number:09d}",
        "occurred_at": when.isoformat().replace("+00:00", "Z"),
        "feature": random_.choice(["order-help", "refund", "search"]),
        "input": [
            {"role": "system", "content": "You help customers of a shop."},
            {"role": "user", "content": " ".join(random_.choices(WORDS, k=22))},
        ],
        "output": " ".join(random_.choices(WORDS, k=30)),
        "model": "claude-sonnet-4-5",
        "prompt_version": "7",
        "user": f"u-{random_.randrange(5000)}",
        "session": f"s-{random_.randrange(20000)}",
        "latency_ms": random_.randrange(200, 4000),
        "input_tokens": 200,
        "output_tokens": 60,
        "cost_usd": 0.0015,
        "metadata": {"region": "eu"},
    }


def bodies(records: int, batch: int) -> list[bytes]:
    random_ = random.Random(7)
    lines = [json.dumps(made(n, random_)) for n in range(records)]
    return ["\n".join(lines[at : at + batch]).encode() for at in range(0, records, batch)]


def send_all(todo: list[bytes], token: str, wanted: Callable[[dict[str, int]], int]) -> float:
    """Seconds that CLIENTS threads take; fails unless each batch is answered as wanted."""
    shares = [todo[n::CLIENTS] for n in range(CLIENTS)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    failed: list[str] = []

    def client(share: list[bytes]) -> None:
        connection = HTTPConnection("127.0.0.1", ground.PORT)
        for body in share:
            connection.request("POST", "/api/v1/interactions", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 202 or wanted(json.loads(text)) != body.count(b"\n") + 1:
                failed.append(f"{answer.status} {text[:300]!r}")

    threads = [threading.Thread(target=client, args=(share,)) for share in shares]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        sys.exit(f"A batch was not stored: {failed[0]}")
    return time.perf_counter() - started


def bare_copy(todo: list[bytes], place: dict[str, Any]) -> None:
    """The yardstick: parse with `json`, COPY into a table with the same three indexes, nothing else."""
    import psycopg

    with psycopg.connect(**place, dbname="genba") as connection:
        connection.execute(
            "CREATE TABLE bare (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), project int DEFAULT 1,"
            " external_id text, at timestamptz, body json)"
        )
        connection.execute("CREATE INDEX ON bare (project, id)")
        connection.execute("CREATE INDEX ON bare (project, external_id)")
        connection.commit()
        for body in todo:
            with connection.cursor().copy("COPY bare (external_id, at, body) FROM STDIN") as copy:
                for line in body.decode().split("\n"):
                    record = json.loads(line)
                    copy.write_row((record["id"], record["occurred_at"], line))
            connection.commit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=1000)
    arguments = parser.parse_args()
    engine = ground.postgres()

    import psutil

    from annotator.models import Project, Scope
    from annotator.services.keys import make_key
    from feedback.models import Interaction

    project = Project.objects.create(slug="bench", name="Bench")
    _, token = make_key(project=project, name="bench", scopes=[Scope.INGEST])
    todo = bodies(arguments.records, arguments.batch)
    size = sum(map(len, todo)) / arguments.records
    assert engine.process is not None
    database, web = psutil.Process(engine.process.pid), ground.web_server()
    me = psutil.Process()

    def measured(name: str, work: Callable[[], object], *processes: psutil.Process) -> tuple[float, float]:
        before, started = [ground.cpu_seconds(one) for one in processes], time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        parts = [ground.cpu_seconds(one) - was for one, was in zip(processes, before, strict=True)]
        rate, cpu = arguments.records / seconds, sum(parts) / arguments.records * 1000
        split = " + ".join(f"{part / arguments.records * 1000:.4f}" for part in parts)
        print(f"{name:<28}{rate:>9,.0f} records/s   {cpu:.4f} ms CPU per record ({split})")
        return rate, cpu

    print(f"{arguments.records:,} records of {size:.0f} bytes in batches of {arguments.batch:,}")
    rate, cpu = measured(
        "first sending", lambda: send_all(todo, token, lambda a: a["accepted"]), web, database
    )
    measured("the same again", lambda: send_all(todo, token, lambda a: a["duplicates"]), web, database)
    assert Interaction.objects.count() == arguments.records
    bare_rate, bare_cpu = measured(
        "bare json + COPY, no HTTP", lambda: bare_copy(todo, engine.url), me, database
    )
    print(f"ratio to the bare one: {rate / bare_rate:.2f} of its rate, {cpu / bare_cpu:.2f} times its CPU")
    print(f"web server: {ground.resident_mb(web):.0f} MB resident")
    if cpu > BAR_CPU:
        sys.exit(f"over the bar of {BAR_CPU} ms CPU per record")
    if rate < BAR_RATE:
        print(f"below {BAR_RATE:,} records/s: on a busy machine this says little")


if __name__ == "__main__":
    main()
