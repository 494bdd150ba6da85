"""What several tests of the floor begin with."""

import pytest

from tests.annotator.labeling import Worker, person


@pytest.fixture
def tab(queue, annotator, as_) -> Worker:
    """The annotator at work on the test's own queue."""
    return person(queue, as_(annotator))
