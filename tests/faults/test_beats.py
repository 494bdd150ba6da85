"""Two clocks, and none."""

import time
from itertools import pairwise

import pytest

from tests.faults.stage import EVERY_SECONDS, kill

pytestmark = pytest.mark.faults

SCHEDULED = {"FAULT_SCHEDULE": "1"}


def test_two_beats_run_each_slot_once_and_none_is_caught_up(stage):
    beats = [stage.beat(), stage.beat()]
    stage.worker(**SCHEDULED)
    stage.worker(**SCHEDULED)
    stage.wait(lambda: len(slots(stage)) >= 25, 30, "slots run")
    for beat in beats:
        kill(beat)
    time.sleep(3 * EVERY_SECONDS)
    stage.beat()
    before = len(slots(stage))
    # Caught up from the newest back: there may be a gap until the oldest is.
    stage.wait(
        lambda: len(slots(stage)) >= before + 5 and apart(stage) == {EVERY_SECONDS},
        20,
        "the missed slots are caught up",
    )
    stage.wait(lambda: stage.states().get("done", 0) >= before, 20, "they run")

    assert apart(stage) == {EVERY_SECONDS}  # none missing, none twice
    ((doubled,),) = stage.do(
        "SELECT count(*) FROM (SELECT job FROM fault_effects GROUP BY job HAVING count(*) > 1) AS twice"
    )
    assert doubled == 0


def slots(stage):
    rows = stage.do("SELECT due_at FROM annotator_scheduledrun WHERE schedule = 'fault' ORDER BY due_at")
    return [due for (due,) in rows]


def apart(stage) -> set[float]:
    return {(later - earlier).total_seconds() for earlier, later in pairwise(slots(stage))}


def test_doctor_tells_a_missing_worker_from_a_working_one(stage):
    stage.beat()
    stage.wait(lambda: signs(stage) == {"beat"}, 20, "beat ticks")
    told = stage.manage("doctor")
    assert told.returncode == 1
    assert "No worker is running" in told.stdout

    for queue in ("default", "ml", "suggest"):
        stage.worker(queue=queue)
    stage.wait(lambda: {"worker:default", "worker:ml", "worker:suggest"} <= signs(stage), 20, "workers work")
    told = stage.manage("doctor")
    assert told.returncode == 0, told.stdout
    assert "All is well" in told.stdout


def signs(stage) -> set[str]:
    return {name for (name,) in stage.do("SELECT name FROM annotator_heartbeat")}


def test_a_worker_that_starts_takes_up_what_waited_without_any_beat(stage):
    job = stage.ask(total=3)
    stage.worker()

    stage.wait_for_end(20)

    assert stage.effects(job) == [0, 1, 2]
