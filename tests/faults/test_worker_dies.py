"""Workers are killed at random moments: everything is done once, and goes on soon."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.stage import LEASE_SECONDS, SWEEP_SECONDS, children, kill
from tests.pace import at_most

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("FAULT_KILLS", "5"))  # a nightly run sets 20 or more
STARTING = 4.0  # seconds that a new worker may take on a busy machine


def test_killed_at_random_moments_everything_is_done_once(stage):
    jobs = [stage.ask(total=120, pace=15) for _ in range(4)]
    stage.beat()
    for _ in range(KILLS):
        worker = stage.worker()
        time.sleep(random.uniform(1.0, 3.0))
        kill(worker)
    stage.worker()

    stage.wait_for_end(60)

    assert stage.states() == {"done": 4}
    for job in jobs:
        assert stage.effects(job) == list(range(120))


def test_another_worker_takes_over_within_the_lease_and_a_sweep(stage):
    job = stage.ask(total=400, pace=20)
    stage.beat()
    first = stage.worker(children=1)
    stage.wait(lambda: stage.job(job, "done") > 5, 15, "the first worker works")
    stage.worker(children=1)
    time.sleep(2)

    kill(first)
    waited = stage.wait(lambda: stage.job(job, "attempts") == 2, 15, "another attempt")

    assert waited < LEASE_SECONDS + SWEEP_SECONDS + STARTING
    stage.do("UPDATE annotator_job SET cancel_asked = true")
    stage.wait_for_end(10)
    assert stage.effects(job) == list(range(stage.job(job, "done")))


def test_one_child_killed_is_replaced_and_its_job_goes_on(stage):
    job = stage.ask(total=150, pace=10)
    stage.beat()
    worker = stage.worker()
    stage.wait(lambda: stage.job(job, "done") > 5, 15, "work has begun")

    for child in children(worker):
        os.kill(child, signal.SIGKILL)
    stage.wait_for_end(20)

    assert stage.effects(job) == list(range(150))
    assert stage.job(job, "attempts") == 2
    assert worker.poll() is None


def test_the_parent_alone_killed_leaves_no_child_behind(stage):
    job = stage.ask(total=10_000, pace=20)
    stage.beat()
    worker = stage.worker()
    stage.wait(lambda: stage.job(job, "done") > 5, 15, "work has begun")
    orphans = children(worker)

    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(5)

    stage.wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), 5, "children end")
    assert stage.job(job, "state") == "due"  # given back after its chunk, not lapsed
    assert stage.effects(job) == list(range(stage.job(job, "done")))


@pytest.mark.parametrize(("kind", "queue"), [("test.count", "default"), ("test.count-ml", "ml")])
def test_told_to_stop_it_finishes_the_chunk_and_gives_the_job_back(stage, kind, queue):
    job = stage.ask(kind, total=10_000, pace=20)
    stage.beat()
    if queue == "ml":
        stage.worker(children=1)  # who runs the sweep
    worker = stage.worker(queue=queue)
    stage.wait(lambda: stage.job(job, "done") > 5, 15, "work has begun")

    with at_most(10, time.monotonic):
        os.kill(worker.pid, signal.SIGTERM)
        assert worker.wait(60) == 0

    assert (stage.job(job, "state"), stage.job(job, "attempts")) == ("due", 1)
    assert stage.effects(job) == list(range(stage.job(job, "done")))
    stage.worker(queue=queue)
    stage.wait(lambda: stage.job(job, "attempts") == 2, 15, "the next worker goes on at once")


def test_the_whole_group_told_to_stop_ends_as_gently(stage):
    job = stage.ask(total=10_000, pace=20)
    stage.beat()
    worker = stage.worker()
    stage.wait(lambda: stage.job(job, "done") > 5, 15, "work has begun")

    kill(worker, signal.SIGTERM)

    assert stage.job(job, "state") == "due"


def test_poison_fails_after_five_attempts_and_the_others_finish(stage):
    poison = stage.ask("test.crash")
    others = [stage.ask(total=3) for _ in range(40)]
    stage.beat()
    worker = stage.worker(JOB_LEASE_SECONDS="1")

    stage.wait_for_end(60)

    assert stage.job(poison, "state") == "failed"
    assert stage.job(poison, "attempts") == 5
    assert "died 5 times" in stage.job(poison, "error")
    assert stage.effects(poison) == []
    assert all(stage.effects(job) == [0, 1, 2] for job in others)
    assert worker.poll() is None
