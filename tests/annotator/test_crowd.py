"""A crowd at the end of a queue: many at once on the last items, with all that goes wrong."""

import random
import threading
import time
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from django.db.models import Count, F
from django.test import Client

from annotator.models import Label, Lease, Place
from annotator.queries.queues import progress_of
from tests import make
from tests.annotator.labeling import Worker, label, lapse, program

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, ITEMS, SECONDS = 24, 10, 20


@dataclass
class Ledger:
    """What the crowd was told; appended to by all threads."""

    stored: list[tuple[str, int]] = field(default_factory=list)  # key, label id
    odd: list[str] = field(default_factory=list)
    early: int = 0  # told "done" while a place was open


class Somebody(threading.Thread):
    """Claims and answers until there is nothing left to do; sends twice, skips, walks away."""

    def __init__(self, queue, token: str, n: int, ledger: Ledger) -> None:
        super().__init__()
        self.queue, self.ledger, self.chance = queue, ledger, random.Random(n)
        headers = {**make.bearer(token), "X-Genba-Rater": f"rater-{n}"}
        self.worker = Worker(queue, Client(), headers, holder=f"tab-{n}")

    def run(self) -> None:
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end and self.turn():
                pass
        except Exception as error:
            self.ledger.odd.append(repr(error))
        finally:
            connection.close()

    def turn(self) -> bool:
        """False when there is nothing left for this person."""
        claim = self.worker.claim(self.chance.randint(1, 3))
        if not claim["items"]:
            code = claim["empty_because"]["code"]
            if code == "done" and Place.objects.filter(queue=self.queue, done_at=None).exists():
                self.ledger.early += 1
            if code in {"leased", "busy", "in_hand"}:
                time.sleep(0.01)
                return True
            if code not in {"done", "answered"}:
                self.ledger.odd.append(code)
            return False
        for item in claim["items"]:
            self.handle(item)
        return True

    def handle(self, item: dict) -> None:
        fate = self.chance.random()
        if fate < 0.1:
            return  # walks away; the lease lapses
        if fate < 0.2:
            self.worker.release(leases=[item["lease"]])
            return
        sent = label(lease=item["lease"], answer="skip" if fate < 0.25 else self.chance.choice(["yes", "no"]))
        for _ in range(self.chance.choice([1, 1, 2, 3])):  # an answer that got lost is sent again
            self.note(self.worker.submit(sent).json()["results"][0])

    def note(self, result: dict) -> None:
        if result["status"] in (200, 201):
            self.ledger.stored.append((result["idempotency_key"], result["label"]))
        elif result["status"] != 409:  # released or lapsed, claimed anew and answered meanwhile
            self.ledger.odd.append(str(result))


@pytest.mark.parametrize("overlap", [1, 3])
def test_nothing_surplus_nothing_lost_nothing_left(project, overlap):
    queue = make.queue(project, items=ITEMS, overlap=overlap)
    token = make.api_key(project)
    ledger = Ledger()
    crowd = [Somebody(queue, token, n, ledger) for n in range(PEOPLE)]

    for somebody in crowd:
        somebody.start()
    while any(somebody.is_alive() for somebody in crowd):
        time.sleep(0.1)
        lapse(queue)

    assert ledger.odd == []
    assert ledger.early == 0
    for key, label_id in ledger.stored:  # each acknowledged answer is there, once, under its key
        assert Label.objects.get(idempotency_key=key).pk == label_id
    assert Label.objects.count() == len({key for key, _ in ledger.stored})
    counted = Label.objects.filter(surplus=False, answer__in=["yes", "no"])
    per_item = counted.values("item").annotate(n=Count("pk")).values_list("n", flat=True)
    assert list(per_item) == [overlap] * ITEMS
    assert not Place.objects.filter(done_at=None).exists()
    assert not Place.objects.values("item", "owner").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not Lease.objects.exclude(rater__project=project).exists()
    progress = progress_of([queue])[queue.pk]
    assert (progress.done_items, progress.done_places) == (ITEMS, ITEMS * overlap)
    assert progress.labels == Label.objects.filter(answer__in=["yes", "no"]).count()


def test_one_answer_sent_many_times_at_once_is_one(project):
    queue = make.queue(project, items=1)
    token = make.api_key(project)
    ledger = Ledger()
    one = Somebody(queue, token, 0, ledger)
    sent = label(lease=one.worker.items()[0]["lease"])

    def send() -> None:
        try:
            ledger.stored.append(
                (sent["idempotency_key"], one.worker.submit(sent).json()["results"][0]["label"])
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ledger.stored) == 12
    assert len(set(ledger.stored)) == 1
    assert Label.objects.count() == 1


def test_two_tabs_answering_at_once_give_one_answer(project):
    queue = make.queue(project, items=8)
    token = make.api_key(project)
    one = Somebody(queue, token, 0, Ledger())
    items = one.worker.items(8)
    results: list[dict] = []

    def answer(choice: str) -> None:
        try:
            results.extend(one.worker.answer(item, choice) for item in items)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=(choice,)) for choice in ("yes", "no", "yes", "no")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result["status"] for result in results) == [201] * 8 + [409] * 24
    assert Label.objects.filter(supersedes=None).count() == Label.objects.count() == 8
    assert not Label.objects.filter(pk=F("supersedes")).exists()


def test_an_answer_that_stands_in_a_deadlock_is_stored_all_the_same(project):
    """Other work took the places in another order than ours; PostgreSQL ends the submit, not that."""
    queue = make.queue(project, items=1, overlap=2)
    worker = program(queue, "quick")
    item = worker.items()[0]
    first, second = Place.objects.filter(queue=queue).order_by("n")
    results: list[dict] = []

    def answer() -> None:
        try:
            results.append(worker.answer(item))
        finally:
            connection.close()

    submit = threading.Thread(target=answer)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL deadlock_timeout = '1min'")  # whose time is up first is ended
        Place.objects.select_for_update().get(pk=second.pk)
        submit.start()
        while not somebody_waits(cursor):
            time.sleep(0.01)
        Place.objects.select_for_update().get(pk=first.pk)
    submit.join()

    assert [(result["status"], result["state"]) for result in results] == [(201, "counted")]
    assert Label.objects.count() == 1


def somebody_waits(cursor) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return cursor.fetchone()[0] > 0
