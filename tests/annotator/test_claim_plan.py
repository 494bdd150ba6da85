"""Claim looks at a few rows of a big queue, whatever the database believes about its tables."""

from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from annotator.models import Queue, Rater
from annotator.queries.chains import chain_of, steps_of
from annotator.services import claim as claim_service
from tests import make
from tests.beliefs import believing

pytestmark = pytest.mark.django_db
ITEMS, AHEAD = 5000, 4000


@pytest.fixture(autouse=True)
def new_tables(db):
    """Without what earlier tests left in them: plans depend on the sizes of tables and indexes."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE annotator_item, annotator_rater CASCADE")


@pytest.fixture
def rater(project):
    return Rater.objects.create(project=project, kind="model", name="fast")


def fill(queue: Queue, rater: Rater, items: int, answered: int) -> None:
    """Two places an item; of the first items the rater has answered one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annotator_item (queue_id, position, external_id, error, origin, reason, stratum,"
            " created_at) SELECT %s, n, n::text, '', '', '', '', now() FROM generate_series(1, %s) n",
            [queue.pk, items],
        )
        cursor.execute(
            "INSERT INTO annotator_place (queue_id, item_id, position, n, holder, owner_id, done_at)"
            " SELECT queue_id, id, position, n, '', CASE WHEN n = 0 AND position <= %s THEN %s END,"
            " CASE WHEN n = 0 AND position <= %s THEN now() END"
            " FROM annotator_item, generate_series(0, 1) n WHERE queue_id = %s",
            [answered, rater.pk, answered, queue.pk],
        )


@pytest.mark.parametrize("answered", [0, AHEAD], ids=["fresh", "far ahead of the others"])
@pytest.mark.parametrize(
    ("before", "deleted"),
    [(None, False), (0, False), (750, False), (1500, False), (1500, True)],
    ids=["never analyzed", "after open", "after half", "after done", "after a deletion"],
)
def test_no_statistics_make_it_read_the_queue(project, rater, before, deleted, answered):
    """`before`: the columns' statistics are of another queue, of which so many items were answered."""
    if before is not None:
        fill(make.queue(project, items=0, name="Before"), rater, 1500, before)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE annotator_item, annotator_place, annotator_label, annotator_lease")
            if deleted:  # its room in tables and indexes stays
                cursor.execute("DELETE FROM annotator_place")
                cursor.execute("DELETE FROM annotator_item")
    queue = make.queue(project, items=0, overlap=2)
    fill(queue, rater, ITEMS, answered)

    read = {}
    some = (-1, 0, 100_000)
    for pages, places, labels, items in product((0, 20, 2000), (-1, 0, 50, 100_000), some, some):
        beliefs = {"place": places, "label": labels, "item": items}
        for marked in (True, False) if answered == 0 else (True,):
            with believing(pages, **beliefs) as cursor:
                read[pages, places, labels, items, marked] = max(_rows(_plan(cursor, queue, rater, marked)))

    assert {facts: rows for facts, rows in read.items() if rows > 100} == {}


def test_whoever_is_far_ahead_goes_on_where_they_are(project, rater):
    """With overlap, what a fast rater has answered stays open for others."""
    queue = make.queue(project, items=0, overlap=2)
    fill(queue, rater, ITEMS, AHEAD)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE annotator_place")
        read = max(_rows(_plan(cursor, queue, rater, marked=True)))
        transaction.set_rollback(True)

    assert read <= 100
    items = claim_service.claim(queue=queue, rater=rater, chain=chain_of(queue), size=3).items

    assert [item.external_id for item in items] == ["4001", "4002", "4003"]


def _plan(cursor: CursorWrapper, queue: Queue, rater: Rater, marked: bool):
    facts: dict[str, Any] = {
        "queue": queue.pk,
        "rater": rater.pk,
        "size": 10,
        "holder": "",
        "have": [],
        "hidden_share": 0,
        "random_share": None,
        "take_over": False,
        "seconds": 600,
    }
    statement = claim_service._statement(steps_of(chain_of(queue)), by_pass=False, marked=marked)
    cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, facts)
    return cursor.fetchone()[0][0]["Plan"]


def _rows(node) -> list[float]:
    """How many rows each step of a plan looked at, each time."""
    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return [seen, *(rows for child in node.get("Plans", []) for rows in _rows(child))]
