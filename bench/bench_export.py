"""The dataset out over HTTP: rows a second, first byte, memory, and a reader who leaves.

    python -m bench.bench_export [--rows 100000]

Rows carry about 800 bytes of text. The yardstick, measured in the same run, is PostgreSQL's own
COPY of the same JSON to a client without any server in between. The bar: 20,000 rows/s, first
byte under 300 ms, memory flat however many rows there are.
"""

import argparse
import hashlib
import json
import sys
import time
from http.client import HTTPConnection
from typing import Any

from bench import ground

BAR_ROWS, BAR_FIRST_BYTE = 20_000, 300.0
PEERS = {"Label Studio 1.23.2": 549, "doccano 1.8.4": 2854, "Phoenix 20.26": 1193}  # rows/s at 10,000

FILL = """
INSERT INTO annotator_item (queue_id, position, external_id, input, output, error, origin, reason, stratum,
                            inclusion_probability, created_at)
SELECT %(queue)s, n, 'call-' || n, to_json(repeat('The order ships tomorrow. ', 14)),
       to_json(repeat('The refund is on its way. ', 15)), '', 'interaction', 'drawn by chance', 'support',
       0.02, now()
FROM generate_series(1, %(rows)s) n;
INSERT INTO annotator_place (queue_id, item_id, position, n, owner_id, holder, done_at)
SELECT queue_id, id, position, 0, %(rater)s, '', now() FROM annotator_item WHERE queue_id = %(queue)s;
INSERT INTO annotator_label (queue_id, item_id, question_id, question_version_id, rater_id, answer, note,
                             flagged, ms, idempotency_key, surplus, imported, created_at)
SELECT queue_id, id, %(question)s, %(version)s, %(rater)s, CASE WHEN id %% 3 = 0 THEN 'no' ELSE 'yes' END,
       '', false, 1200, 'k-' || id, false, false, now()
FROM annotator_item WHERE queue_id = %(queue)s ORDER BY id;
ANALYZE annotator_item; ANALYZE annotator_label; ANALYZE annotator_place;
"""


def download(path: str, token: str, web: object, leave_after: int = 0) -> dict:
    """Bytes are counted and hashed, not kept. `leave_after` bytes the reader hangs up."""
    connection = HTTPConnection("127.0.0.1", ground.PORT, timeout=60)
    digest, rows, size, peak = hashlib.sha256(), 0, 0, 0.0
    started = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    first = answer.read(1)
    told = {"status": answer.status, "first_byte_ms": 1000 * (time.perf_counter() - started)}
    chunk, looked = first, 0
    while chunk:
        digest.update(chunk)
        rows += chunk.count(b"\n")
        size += len(chunk)
        if size - looked > 8 * 2**20:
            looked, peak = size, max(peak, ground.resident_mb(web))
        if leave_after and size > leave_after:
            break
        chunk = answer.read(256 * 1024)
    connection.close()
    seconds = time.perf_counter() - started
    return {
        **told,
        "rows": rows,
        "bytes": size,
        "seconds": seconds,
        "sha256": digest.hexdigest(),
        "peak": peak,
    }


def bare_copy(place: dict[str, Any], queue: str) -> float:
    """Rows a second of COPY ... TO STDOUT."""
    import psycopg

    source = (
        "COPY (SELECT row_to_json(x) FROM (SELECT i.external_id, l.answer, l.ms, l.created_at, i.input,"
        " i.output FROM annotator_label l JOIN annotator_item i ON i.id = l.item_id"
        " WHERE l.queue_id = %s ORDER BY l.id) x) TO STDOUT"
    )
    started, rows = time.perf_counter(), 0
    with (
        psycopg.connect(**place, dbname="genba", cursor_factory=psycopg.ClientCursor) as connection,
        connection.cursor() as cursor,
        cursor.copy(source, [queue]) as copy,
    ):
        for chunk in copy:
            rows += bytes(chunk).count(b"\n")
    return rows / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    arguments = parser.parse_args()
    engine = ground.postgres()

    import psutil
    from django.db import connection

    from annotator.models import Project, Scope
    from annotator.services.keys import make_key
    from annotator.services.queues import make_queue, set_question
    from annotator.services.raters import named_rater

    project = Project.objects.create(slug="bench", name="Bench")
    version = set_question(project=project, key="good", text="Is it good?")
    queue = make_queue(project=project, name="Bench", questions=[version.question])
    _, token = make_key(project=project, name="bench", scopes=[Scope.EXPORT])
    facts = {
        "queue": queue.pk,
        "rows": arguments.rows,
        "question": version.question_id,
        "version": version.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(FILL, {**facts, "rater": named_rater(project, "bench").pk})
    assert engine.process is not None
    database, web = psutil.Process(engine.process.pid), ground.web_server()
    path = f"/api/v1/queues/{queue.pk}/export.jsonl"
    download(path, token, web, leave_after=1)  # both processes have loaded everything
    download(path, token, web, leave_after=1)
    idle = ground.resident_mb(web)

    before = ground.cpu_seconds(web, database)
    told = download(path, token, web)
    cpu = 1e6 * (ground.cpu_seconds(web, database) - before) / arguments.rows
    rate = told["rows"] / told["seconds"]
    print(
        f"{told['rows']:,} rows, {told['bytes'] / 2**20:.0f} MB: {rate:,.0f} rows/s, {cpu:.1f} µs CPU per row,"
        f" first byte {told['first_byte_ms']:.0f} ms, web server {idle:.0f} MB before, {told['peak']:.0f} MB peak"
    )
    for name, figure in PEERS.items():
        print(f"      {rate / figure:>5.0f} times {name}")
    connection_ = HTTPConnection("127.0.0.1", ground.PORT, timeout=120)
    connection_.request(
        "GET", path.replace("jsonl", "manifest.json"), headers={"Authorization": f"Bearer {token}"}
    )
    manifest = json.loads(connection_.getresponse().read())
    fits = manifest["sha256"] == told["sha256"] and manifest["rows"] == told["rows"]
    print("manifest fits the download:", fits)
    for _ in range(20):
        download(path, token, web, leave_after=2 * 2**20)
    time.sleep(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE xact_start IS NOT NULL) FROM pg_stat_activity"
            " WHERE application_name = 'genba-web'"
        )
        held, busy = cursor.fetchone()
    print(f"after 20 readers who left: {held} connections, {busy} of them in a transaction")
    bare = bare_copy(engine.url, str(queue.pk))
    print(f"yardstick, COPY without a server: {bare:,.0f} rows/s; ratio {rate / bare:.2f}")
    connection.close()
    failed = not fits or busy or told["rows"] != arguments.rows
    if failed or rate < BAR_ROWS or told["first_byte_ms"] > BAR_FIRST_BYTE:
        sys.exit(f"below {BAR_ROWS:,} rows/s, over {BAR_FIRST_BYTE:.0f} ms, or a mistake above")


if __name__ == "__main__":
    main()
