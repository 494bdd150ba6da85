import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annotator.datasets.content import Row, Split
from annotator.ways_out import folder, options
from annotator.ways_out.model import Rows
from annotator.ways_out.registry import formats, get
from tests.annotator.ways_out.ground import ABOUT, HOSTILE, demonstration, pair, rated, world
from tests.annotator.ways_out.talks import ANTHROPIC, CALL, ORDER, TELEMETRY, called

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


@pytest.fixture(scope="session")
def talks(tmp_path_factory) -> Path:
    """What takes calls of tools, with conversations that have them in each shape after ten without."""
    where = tmp_path_factory.mktemp("talks")
    rows = talking()
    for form in formats():
        given = {"tools": True} if any(option.name == "tools" for option in form.options) else {}
        if not given and form.key not in TALK:
            continue
        (where / form.key).mkdir()
        sources: dict[Split, Rows] = {"train": lambda: rows}
        folder.write(form, sources, where / form.key, options.read(form, given), ABOUT)
    return where


TALK = (
    "chat-jsonl",
    "preference-jsonl",
    "inspect",
    "llama-factory-sft",
    "llama-factory-preference",
    "llama-factory-kto",
)


@pytest.fixture(scope="session")
def late(tmp_path_factory) -> Path:
    """Calls that come later than `datasets` looks when it guesses types: ten megabytes."""
    where = tmp_path_factory.mktemp("late")
    long = "word " * 250_000
    plain = [rated(True, f"{long}{n}", input=f"Long {n}?") for n in range(10)]
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": long}, *ORDER["messages"][2:]]}
    rows = [
        *plain,
        *(rated(True, str(n), input=asked) for n in range(10)),
        rated(True, [CALL], input="Refund 5."),
    ]
    for key in ("axolotl-sft", "trl-prompt-completion"):
        (where / key).mkdir()
        form = get(key)
        folder.write(form, {"train": lambda: rows}, where / key, options.read(form, {"tools": True}), ABOUT)
    return where


def talking() -> list[Row]:
    made = [pair("left", input=f"Short {n}") for n in range(10)]
    made += [rated(True, f"Plain {n}.", input=f"Plain {n}?") for n in range(2)]
    without: dict[str, Any] = {**ORDER, "tools": []}
    for n, shape in enumerate((ORDER, ANTHROPIC, TELEMETRY, without)):
        made += [
            rated(True, f"It was sent, {n}.", input=shape, context=[f"Shop {n}."]),
            rated(n % 2 == 0, [{**CALL, "content": f"Let me look, {n}."}], input=shape),
            rated(
                True, [called("stock", {"of": [n, "a"], "day": "2026-11-01"}, call="c7")], input=f"Stock {n}?"
            ),
            pair("left", input=shape, left=[called("stock", {"size": n}, call="c8")], right=f"None, {n}."),
            demonstration(f"On Monday, {n}.", "No idea.", input=shape),
        ]
    return made


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
