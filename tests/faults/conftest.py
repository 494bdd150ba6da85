import shutil
import tempfile
from pathlib import Path

import pytest

from tests.faults.stage import Stage


@pytest.fixture(scope="session")
def _stage():
    folder = Path(tempfile.mkdtemp(prefix="genba-faults-"))
    made = Stage(folder)
    made.open()
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stage(_stage):
    """Engines of its own, nothing running on them, nothing to do."""
    _stage.clear()
    yield _stage
    _stage.clear()
