"""Votes on pairs: a queue of them with so many votes, and a public data set as labels of a queue."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.test import override_settings

from annotator.jobs import runner
from annotator.models import Job, Project, Queue
from annotator.pair_results import result
from annotator.queries.votes import votes_in
from annotator.services.import_labels import Imported, ImportedLabel, import_labels
from annotator.services.items import NewItem, add_items
from annotator.services.pair_results import ask_results
from annotator.services.raters import named_rater
from tests.annotator.asking import fill, pair_queue
from tests.data import read

THEN = datetime(2026, 11, 10, 9, tzinfo=UTC)
SIDES = {"a": "left", "b": "right", "tie": "tie"}


def compute(queue: Queue) -> Job:
    """By the job. Its side thread would wait for ever for rows that a test never commits."""
    job = ask_results(queue=queue)
    with override_settings(JOB_LEASE_SECONDS=3600):
        runner.run(job.pk, queue="default")
    job.refresh_from_db()
    return job


def result_of(queue: Queue) -> dict:
    """Of the queue's one question, as it is kept."""
    return json.loads(json.dumps(result.of_votes(votes_in(queue)), allow_nan=False)).popitem()[1]


def voted(
    project: Project, votes: Iterable[tuple], *, swapped=lambda n: n % 2 == 1, prompts: int = 10**6
) -> Queue:
    """Each (left variant, right variant, answer, how many): one pair a vote, of `prompts` inputs."""
    queue = pair_queue(project, items=0)
    rows = [(left, right, answer) for left, right, answer, n in votes for _ in range(n)]
    fill(
        queue,
        [
            {
                "external_id": f"p{n}",
                "input": f"In {n % prompts}",
                "left": "So.",
                "right": "Thus.",
                "left_variant": left,
                "right_variant": right,
            }
            for n, (left, right, _) in enumerate(rows)
        ],
    )
    rosa = named_rater(project, "Rosa", "human")
    import_labels(
        queue,
        (
            ImportedLabel(f"p{n}", "better", answer, rosa, THEN, swapped=swapped(n))
            for n, (_, _, answer) in enumerate(rows)
        ),
    )
    return queue


def llmfao(project: Project, *, swapped: bool | None = False) -> tuple[Queue, Imported]:
    """All its pairs and votes, of people and of judges. Texts are as long as the real ones."""
    pairs = read("llmfao")
    queue = pair_queue(project, items=0, overlap=10)
    add_items(
        queue,
        (
            NewItem(
                external_id=pair["id"],
                input=pair["prompt_slug"],
                left="x" * pair["length_a"],
                right="y" * pair["length_b"],
                left_variant=pair["model_a"],
                right_variant=pair["model_b"],
            )
            for pair in pairs
        ),
    )
    return queue, import_labels(queue, _labels(project, pairs, swapped))


def _labels(project: Project, pairs: list[dict], swapped: bool | None) -> Iterator[ImportedLabel]:
    people = {
        name: named_rater(project, name, "human")
        for name in {who for pair in pairs for who, _ in pair["votes"]}
    }
    judges = {
        name: named_rater(project, name, "llm") for name in {who for pair in pairs for who in pair["judges"]}
    }
    for n, pair in enumerate(pairs):
        at = THEN + timedelta(minutes=n)
        for who, winner in pair["votes"]:
            yield ImportedLabel(pair["id"], "better", SIDES[winner], people[who], at, swapped=swapped)
        for who, winner in pair["judges"].items():
            if winner is not None:
                yield ImportedLabel(pair["id"], "better", SIDES[winner], judges[who], at, swapped=swapped)
