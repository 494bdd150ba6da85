"""An ml worker is killed while it embeds a day: another one goes on, and nothing is there twice or lost."""

import pytest

from tests.faults.stage import kill

pytestmark = pytest.mark.faults

INPUTS = 3_000


def test_a_worker_killed_while_it_embeds_leaves_nothing_twice_and_nothing_out(stage, tmp_path):
    filled = stage.python("-m", "tests.faults.embedded", str(tmp_path / "small"), str(INPUTS))
    assert filled.returncode == 0, filled.stderr
    models = {"EMBEDDING_MODELS": f"small={tmp_path / 'small' / 'model'}"}

    def embedded() -> int:
        return stage.do("SELECT count(*) FROM drift_inputvector")[0][0]

    stage.beat()
    stage.worker(children=1)  # who runs the sweep
    first = stage.worker(queue="ml", **models)
    stage.wait(lambda: embedded() > 0, 60, "the first inputs have vectors")
    kill(first)
    assert 0 < embedded() < INPUTS
    stage.worker(queue="ml", **models)
    stage.wait(
        lambda: stage.do("SELECT 1 FROM drift_embeddedday WHERE finished_at IS NOT NULL"), 90, "the day ends"
    )

    assert stage.states() == {"done": 5}  # the draw, three parts, the end
    assert stage.do("SELECT count(DISTINCT interaction), sum(weight) FROM drift_inputvector") == [
        (INPUTS, INPUTS)
    ]
    told = stage.do("SELECT sum((result->>'embedded')::int) FROM annotator_job WHERE kind = 'drift.vectors'")
    assert told == [(INPUTS,)]
    stage.do("TRUNCATE annotator_project CASCADE")
