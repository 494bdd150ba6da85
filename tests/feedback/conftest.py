import pytest

from tests import make
from tests.feedback.sending import Sender


@pytest.fixture
def send(project) -> Sender:
    return Sender(make.api_key(project, scopes=["ingest"]))
