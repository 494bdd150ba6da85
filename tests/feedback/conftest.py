import pytest
import time_machine

from tests import make
from tests.feedback.logged import NEXT_MORNING
from tests.feedback.sending import Sender


@pytest.fixture
def send(project) -> Sender:
    return Sender(make.api_key(project, scopes=["ingest"]))


@pytest.fixture
def next_morning():
    """The time stands still on the morning after the day that was logged."""
    with time_machine.travel(NEXT_MORNING, tick=False):
        yield
