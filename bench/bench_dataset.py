"""A version of a dataset out over HTTP: rows a second, first byte, memory; and with `--make`, how it is made.

    python -m bench.bench_dataset [--rows 100000] [--make 0] [--placed 0]

Rows carry about 800 bytes of text. The bar: 20,000 rows/s of JSON lines, first byte under 300 ms, memory flat
however many rows there are, all rows there although the web's statements end after 15 s.
`--make N` labels N items of real length and makes a version of them, duplicates looked for, where `--placed M` other
inputs have their splits already, of which none is near; then the same again, when all are known.
"""

import argparse
import resource
import sys
import time
from typing import Any

from bench import ground
from bench.bench_export import BAR_FIRST_BYTE, BAR_ROWS, download

ROWS = """
INSERT INTO annotator_datasetrow (version_id, position, key, kind, split, "group", label, digest, content)
SELECT %(version)s, n, 'answers:' || n, 'rated', 'train', md5(n::text)::uuid, 'yes', md5('d' || n)::uuid,
       replace(%(content)s, '~', n::text)
FROM generate_series(1, %(rows)s) n;
ANALYZE annotator_datasetrow;
"""
LABELLED = """
INSERT INTO annotator_item (queue_id, position, external_id, input, output, error, origin, reason, stratum, created_at)
SELECT %(queue)s, n, 'call-' || n, to_json(w.words || ' ' || n), to_json('It is ' || w.words), '', '', '', '', now()
FROM generate_series(1, %(rows)s) n
CROSS JOIN LATERAL (
    SELECT string_agg('word' || (abs(hashint8(n * 100 + k)) %% 3000), ' ') AS words FROM generate_series(1, 60) k
    WHERE n IS NOT NULL) w;
INSERT INTO annotator_label (queue_id, item_id, question_id, question_version_id, rater_id, answer, note, flagged,
                             idempotency_key, surplus, imported, created_at)
SELECT queue_id, id, %(question)s, %(wording)s, %(rater)s, 'yes', '', false, 'k-' || id, false, false, now()
FROM annotator_item WHERE queue_id = %(queue)s ORDER BY id;
ANALYZE annotator_item; ANALYZE annotator_label;
"""
PLACED = """
INSERT INTO annotator_placedinput (project_id, text_hash, split, bands, sketch)
SELECT %(project)s, gen_random_uuid(), (array['train', 'train', 'train', 'dev', 'test'])[n %% 5 + 1],
       decode(md5(n || 'a') || md5(n || 'b') || md5(n || 'c') || md5(n || 'd'), 'hex'),
       decode(replace(%(sketch)s, '~', substr(md5(n || 'e'), 1, 6)), 'hex')
FROM generate_series(1, %(rows)s) n;
ANALYZE annotator_placedinput;
"""


# 60 hashes in order, as a text of some 70 words has them: little-endian, so that the last byte is the highest.
SKETCH = "".join(f"~{4 * place:02x}" for place in range(60))


def frozen(project: Any, rows: int) -> Any:
    """A version as if it had been made."""
    import msgspec
    from django.db import connection
    from django.utils import timezone

    from annotator.datasets.content import Provenance, Row
    from annotator.datasets.filters import Filters
    from annotator.models import DatasetVersion
    from annotator.services.datasets import make_dataset

    row = Row(
        key="answers:~",
        kind="rated",
        input="The order ships tomorrow, number ~. " + "The order ships tomorrow. " * 13,
        output="The refund is on its way. " * 15,
        question="good",
        answers={"good": "yes"},
        good=True,
        votes={"yes": 2, "no": 1},
        agreement=2 / 3,
        metadata={"feature": "refunds", "model": "kestrel-2"},
        provenance=Provenance(item=1, external_id="call-~", queue="q", labels=(1, 2, 3), raters=(1, 2, 3)),
    )
    dataset = make_dataset(project=project, name="Bench", filters=Filters())
    counts = {"splits": {"train": rows, "dev": 0, "test": 0}, "kinds": {"rated": rows}}
    version = DatasetVersion.objects.create(
        dataset=dataset, number=1, rows=rows, made_at=timezone.now(), counts=counts
    )
    with connection.cursor() as cursor:
        content = msgspec.json.encode(row).decode()
        cursor.execute(ROWS, {"version": version.pk, "rows": rows, "content": content})
    return version


def make(project: Any, rows: int, placed: int) -> None:
    from django.db import connection

    from annotator.datasets.filters import Filters
    from annotator.services.datasets import make_dataset
    from annotator.services.queues import make_queue, set_question
    from annotator.services.raters import named_rater

    wording = set_question(project=project, key="good", text="Is it good?")
    queue = make_queue(project=project, name="Bench", questions=[wording.question])
    facts: dict[str, Any] = {
        "queue": queue.pk,
        "rows": rows,
        "question": wording.question_id,
        "wording": wording.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(LABELLED, {**facts, "rater": named_rater(project, "ann", "human").pk})
        cursor.execute(PLACED, {"project": project.pk, "rows": placed, "sketch": SKETCH})
        cursor.execute("SELECT pg_total_relation_size('annotator_placedinput')")
        told = cursor.fetchone()
    assert told is not None
    print(f"{placed:,} placed inputs, {told[0] / 2**20:.0f} MB with their index")
    dataset = make_dataset(project=project, name="Made", filters=Filters())
    for _ in range(2):
        _make(dataset, rows)


def _make(dataset: Any, rows: int) -> None:
    from annotator.jobs import runner
    from annotator.services.datasets import ask_version

    version, job = ask_version(dataset)
    started, cpu = time.perf_counter(), time.process_time()
    runner.run(job.pk, queue="default")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    version.refresh_from_db()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"made {version.rows:,} rows of {rows:,} in {seconds:.1f} s, {1e6 * cpu / rows:.0f} µs CPU of the worker"
        f" per row, peak {peak:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--make", type=int, default=0)
    parser.add_argument("--placed", type=int, default=0)
    parser.add_argument("--format", default="trl-sft")
    arguments = parser.parse_args()
    engine = ground.postgres()

    import psutil

    from annotator.models import Project, Scope
    from annotator.services.keys import make_key

    project = Project.objects.create(slug="bench", name="Bench")
    if arguments.make:
        make(project, arguments.make, arguments.placed)
    version = frozen(project, arguments.rows)
    _, token = make_key(project=project, name="bench", scopes=[Scope.EXPORT])
    assert engine.process is not None
    database, web = psutil.Process(engine.process.pid), ground.web_server()
    path = f"/api/v1/datasets/{version.dataset_id}/versions/1/export?format={arguments.format}"
    for _ in range(4):
        download(path, token, web, leave_after=1)  # all processes have loaded everything
    idle = ground.resident_mb(web)
    before = ground.cpu_seconds(web, database)
    told = download(path, token, web)
    cpu = 1e6 * (ground.cpu_seconds(web, database) - before) / arguments.rows
    rate = told["rows"] / told["seconds"]
    print(
        f"{arguments.format}: {told['rows']:,} rows, {told['bytes'] / 2**20:.0f} MB in {told['seconds']:.1f} s:"
        f" {rate:,.0f} rows/s, {cpu:.1f} µs CPU per row, first byte {told['first_byte_ms']:.0f} ms,"
        f" web server {idle:.0f} MB before, {told['peak']:.0f} MB peak"
    )
    same = download(path, token, web)["sha256"] == told["sha256"]
    print("the same bytes twice:", same)
    if told["rows"] != arguments.rows or not same:
        sys.exit(f"rows are missing, or differ (status {told['status']})")
    if rate < BAR_ROWS or told["first_byte_ms"] > BAR_FIRST_BYTE:
        sys.exit(f"below {BAR_ROWS:,} rows/s, or over {BAR_FIRST_BYTE:.0f} ms")


if __name__ == "__main__":
    main()
