"""The same work in a queue of 1,000 items and in one of 1,000,000: claims of ten, submits, queries.

    python -m bench.bench_queue_size [--sizes 1000 1000000] [--labels 500]

Two raters take turns in each queue, overlap 2, so that both sides of the claim's walk are used.
The queues are worked on in turns too, so that what else the machine does meets both.
"""

import argparse
import json
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench import ground

BATCH = 10
OVERLAP = 2
FILL = """
    WITH made AS (
        INSERT INTO annotator_item (queue_id, external_id, position, input, output, error, origin, reason,
                                    stratum, created_at)
        SELECT %(queue)s, 'item-' || n, n, to_json(repeat('in ', 100)), to_json(repeat('out ', 100)), '',
               'upload', '', '', now()
        FROM generate_series(0, %(items)s - 1) n RETURNING id, position)
    INSERT INTO annotator_place (queue_id, item_id, position, n, holder)
    SELECT %(queue)s, id, position, n, '' FROM made, generate_series(0, %(overlap)s - 1) n"""


@dataclass
class Walk:
    """One queue and what its raters waited for, seconds each."""

    queue: str
    claims: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    queries: Counter[tuple[int, int]] = field(default_factory=Counter)  # of one claim, of one submit


def middle(values: list[float]) -> float:
    """Milliseconds."""
    return 1000 * sorted(values)[len(values) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 1_000_000])
    parser.add_argument("--labels", type=int, default=500)
    arguments = parser.parse_args()
    ground.postgres()

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from annotator.models import Project, Scope
    from annotator.services.keys import make_key
    from annotator.services.queues import make_queue, set_question

    project = Project.objects.create(slug="bench", name="Bench")
    question = set_question(project=project, key="good", text="Is it good?").question
    _, token = make_key(project=project, name="bench", scopes=[Scope.LABEL])

    def filled(items: int) -> Walk:
        queue = make_queue(project=project, name="Bench", questions=[question], overlap=OVERLAP)
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"queue": queue.pk, "items": items, "overlap": OVERLAP})
        return Walk(str(queue.pk))

    client = Client(SERVER_NAME="localhost")

    def post(rater: str, path: str, body: object, times: list[float]) -> tuple[Any, int]:
        headers = {"Authorization": f"Bearer {token}", "X-Genba-Rater": rater}
        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            answer = client.post(path, json.dumps(body), content_type="application/json", headers=headers)
            times.append(time.perf_counter() - started)
        assert answer.status_code in {200, 201}, answer.content
        return answer.json(), len(captured)

    def batch(walk: Walk, rater: str) -> None:
        found, asked = post(
            rater, f"/api/v1/queues/{walk.queue}/claim", {"size": BATCH, "holder": rater}, walk.claims
        )
        for item in found["items"]:
            label = {"lease": item["lease"], "question": "good", "answer": "yes"}
            body = {"labels": [{**label, "idempotency_key": str(uuid.uuid4())}]}
            walk.queries[asked, post(rater, "/api/v1/labels", body, walk.submits)[1]] += 1

    walks = {items: filled(items) for items in arguments.sizes}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotator_item, annotator_place")
    for turn in range(arguments.labels // BATCH):
        for walk in walks.values():
            batch(walk, f"rater-{turn % OVERLAP}")
    for items, walk in walks.items():
        asked = walk.queries.most_common(1)[0][0]
        print(
            f"{items:>9,} items  claim of {BATCH} p50 {middle(walk.claims):5.1f} ms"
            f"  submit p50 {middle(walk.submits):5.1f} ms"
            f"  queries {asked[0]} and {asked[1]}, BEGIN and COMMIT counted"
        )
    first, last = (walks[items] for items in (arguments.sizes[0], arguments.sizes[-1]))
    print(
        f"the last beside the first: claim {middle(last.claims) / middle(first.claims):.2f} times,"
        f" submit {middle(last.submits) / middle(first.submits):.2f} times"
    )


if __name__ == "__main__":
    main()
