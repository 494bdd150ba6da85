"""What the Python client costs its host: microseconds per log() call, and records/s to the real web server.

    python -m bench.bench_client [--records 20000]

Interactions of about 800 bytes, logged one by one while the background thread sends; each call is
timed. With a spool each line is in its file before the call returns. The bar: 50 µs at the median.
"""

import argparse
import statistics
import sys
import tempfile
import time
from typing import Any

from bench import ground
from bench.bench_ingest import bodies

sys.path.insert(0, "clients/python/src")
BAR = 50.0  # microseconds


def fields(records: int) -> list[dict[str, Any]]:
    """As a host would give them: payloads and fields, without id and time."""
    import json

    (body,) = bodies(records, records)
    made = [json.loads(line) for line in body.split(b"\n")]
    return [{name: value for name, value in one.items() if name not in {"id", "occurred_at"}} for one in made]


def measured(name: str, records: list[dict[str, Any]], token: str, **options: Any) -> float:
    """Microseconds of the call in the middle."""
    import genba

    url = f"http://127.0.0.1:{ground.PORT}"
    times = []
    with genba.Client(url, token, max_bytes=1024**3, **options) as client:
        started, cpu = time.perf_counter(), time.thread_time()
        for record in records:
            before = time.perf_counter()
            client.log(**record)
            times.append((time.perf_counter() - before) * 1e6)
        logged, cpu = time.perf_counter() - started, time.thread_time() - cpu
        if not client.flush(120) or client.counts.taken != len(records):
            sys.exit(f"Not all arrived: {client.counts}")
        arrived = time.perf_counter() - started
    times.sort()
    p50, p99 = statistics.median(times), times[len(times) * 99 // 100]
    print(
        f"{name:<14}{p50:>6.1f} µs p50 {p99:>8.1f} µs p99 {cpu / len(times) * 1e6:>6.1f} µs CPU of the caller"
        f" {len(times) / logged:>8,.0f} calls/s {len(times) / arrived:>7,.0f} records/s stored"
    )
    return p50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    arguments = parser.parse_args()
    ground.postgres()

    from annotator.models import Project, Scope
    from annotator.services.keys import make_key
    from feedback.models import Interaction

    project = Project.objects.create(slug="bench", name="Bench")
    _, token = make_key(project=project, name="bench", scopes=[Scope.INGEST])
    ground.web_server()
    records = fields(arguments.records)
    measured("warming up", records[:2000], token)
    in_memory = measured("in memory", records, token)
    with tempfile.TemporaryDirectory() as folder:
        measured("with a spool", records, token, spool=folder)
    assert Interaction.objects.count() == 2 * len(records) + len(records[:2000])
    if in_memory > BAR:
        print(f"over the bar of {BAR:.0f} µs: on a busy machine this says little")


if __name__ == "__main__":
    main()
