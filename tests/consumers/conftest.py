import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.datasets.content import Split
from annotator.ways_out import folder, options
from annotator.ways_out.model import Rows
from annotator.ways_out.registry import formats
from tests.annotator.ways_out.ground import ABOUT, HOSTILE, world

PYTHON = Path(sys.prefix) / "consumers/bin/python"
ROOT = Path(__file__).resolve().parents[2]
TRAIN, TEST = world([*HOSTILE, "plain"]), world(["x", "y"], "test")


@pytest.fixture(scope="session")
def exports(tmp_path_factory) -> Path:
    """Every format with hostile texts, a folder each."""
    where = tmp_path_factory.mktemp("exports")
    for form in formats():
        (where / form.key).mkdir()
        sources: dict[Split, Rows] = {"train": lambda: TRAIN, "test": lambda: TEST}
        if "test" not in form.splits:
            del sources["test"]
        folder.write(form, sources, where / form.key, options.read(form, {}), ABOUT)
    return where


def read_by(reader: str, *arguments: object, home: Path) -> dict:
    """What `tests.consumers.READER` prints. No network, and nothing of the user's own folders."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "HOME": str(home),
        "HF_HOME": str(home / "hf"),
        "HF_DATASETS_CACHE": str(home / "datasets"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "PYTHONUTF8": "1",
    }
    assert PYTHON.exists(), "the libraries that read exports are not installed: make install-consumers"
    said = subprocess.run(
        [str(PYTHON), "-m", f"tests.consumers.{reader}", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    return json.loads(said.stdout.split("\n")[-2])


def lines_of(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]
