"""Redis and PostgreSQL go away under running work, and come back."""

import os
import signal
import time

import pytest

pytestmark = pytest.mark.faults


def start(stage, jobs: int = 2):
    """A worker and a beat in the middle of long jobs."""
    asked = [stage.ask(total=300, pace=15) for _ in range(jobs)]
    stage.beat()
    worker = stage.worker()
    stage.wait(lambda: stage.job(asked[0], "done") > 5, 15, "work has begun")
    return asked, worker


def all_done_once(stage, jobs, total: int = 300) -> None:
    assert stage.states() == {"done": len(jobs)}
    for job in jobs:
        assert stage.effects(job) == list(range(total))


@pytest.mark.parametrize("seconds", [1, 5])
def test_redis_killed_and_started_again(stage, seconds):
    jobs, worker = start(stage)

    stage.redis.stop(signal.SIGKILL)
    time.sleep(seconds)
    late = stage.ask(total=300)
    stage.redis.start()
    stage.wait_for_end(60)

    all_done_once(stage, [*jobs, late])
    assert worker.poll() is None


def test_redis_empty_or_hung(stage):
    jobs, worker = start(stage)

    os.kill(stage.redis.process.pid, signal.SIGSTOP)
    time.sleep(4)
    os.kill(stage.redis.process.pid, signal.SIGCONT)
    stage.empty_redis()
    late = stage.ask(total=300)
    stage.wait_for_end(60)

    all_done_once(stage, [*jobs, late])
    assert worker.poll() is None


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_postgres_restarted(stage, how):
    """SIGINT is its fast shutdown, SIGQUIT its immediate one."""
    jobs, worker = start(stage)

    stage.postgres.stop(how)
    time.sleep(1)
    stage.postgres.start()
    late = stage.ask(total=300)
    stage.wait_for_end(90)

    all_done_once(stage, [*jobs, late])
    assert worker.poll() is None


def test_all_connections_cut(stage):
    jobs, _ = start(stage)

    for _ in range(3):
        stage.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                 " AND backend_type = 'client backend'")  # fmt: skip
        time.sleep(0.7)
    stage.wait_for_end(90)

    all_done_once(stage, jobs)
