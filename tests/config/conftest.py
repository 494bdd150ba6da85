"""Sites for the tests that start the whole of Genba."""

import shutil
import tempfile
from pathlib import Path

import pytest

from annotator.config.embedded.postgres import Postgres
from annotator.config.paths import sockets
from tests import schema
from tests.config.site import Site


@pytest.fixture
def folder():
    """A temporary folder that the engines' account may pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="genba-up-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def site(folder):
    """Not started yet."""
    site = Site(folder / "var")
    yield site
    if site.process and site.process.poll() is None:
        site.stop()


def with_tables(var: Path) -> None:
    """So that a start finds nothing to migrate: two tests of theirs see how a start makes all tables, and take long."""
    var.mkdir(parents=True)
    var.chmod(0o711)
    postgres = Postgres(var / "postgres", sockets(var), log=var / "postgres.log", durable=False)
    postgres.start()
    schema.fill(postgres, "genba")
    postgres.stop()


@pytest.fixture(scope="module")
def settled():
    """A site in a folder with a long name that has had its first start. Its state is shared."""
    made = Path(tempfile.mkdtemp(prefix="genba-up-"))
    made.chmod(0o755)
    long = made / ("a-rather-long-name-" * 4) / ("b" * 60)
    assert len(str(long)) > 150
    with_tables(long)
    site = Site(long)
    site.start("--no-demo").until_ready()
    site.first_words = site.text
    yield site
    if site.process and site.process.poll() is None:
        site.stop()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def running(settled):
    """The settled site, running: started again where a test before has ended it."""
    if settled.process.poll() is not None:
        settled.start().until_ready()
    return settled
