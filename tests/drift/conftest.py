import pytest
import time_machine

from drift.services import plans
from tests.annotator import small_model
from tests.drift import embedding
from tests.feedback.logged import NEXT_MORNING


@pytest.fixture
def next_morning():
    """The time stands still on the morning after the day that was logged."""
    with time_machine.travel(NEXT_MORNING, tick=False):
        yield


@pytest.fixture(scope="session")
def small_encoder(tmp_path_factory):
    """The folder of a real model that is loaded in no time."""
    return small_model.save(tmp_path_factory.mktemp("encoder") / "small")


@pytest.fixture
def drift_plan(project, settings, small_encoder, tmp_path):
    """The project's, with a small encoder of the instance's list."""
    settings.EMBEDDING_MODELS = [f"small={small_encoder}"]
    settings.VAR = tmp_path / "var"
    plan = plans.ensure_plan(project, now=NEXT_MORNING)
    plan.encoder = "small"
    plan.save()
    project.drift_plan = plan
    return plan


@pytest.fixture
def judged(monkeypatch):
    return embedding.judging(monkeypatch)
