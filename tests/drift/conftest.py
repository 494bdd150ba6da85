import pytest
import time_machine

from tests.feedback.logged import NEXT_MORNING


@pytest.fixture
def next_morning():
    """The time stands still on the morning after the day that was logged."""
    with time_machine.travel(NEXT_MORNING, tick=False):
        yield
