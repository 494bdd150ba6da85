"""The Python client's own distribution: what pip would install, and that it works alone."""

import configparser
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes

import genba
import pytest

from tests.clients.conftest import SOURCE

ROOT = SOURCE.parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    copy = tmp_path_factory.mktemp("build") / "python"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    build = "from setuptools.build_meta import build_wheel; build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True, timeout=120)
    (found,) = copy.glob("*.whl")
    return zipfile.ZipFile(found)


def test_the_wheel_holds_the_package_its_types_and_its_licence(wheel):
    names = set(wheel.namelist())
    modules = {str(path.relative_to(SOURCE / "src")) for path in (SOURCE / "src" / "genba").rglob("*.py")}
    assert modules | {"genba/py.typed"} <= names
    top = f"genba-{genba.__version__}.dist-info"
    assert wheel.read(f"{top}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()

    about = message_from_bytes(wheel.read(f"{top}/METADATA"))
    assert (about["Name"], about["Version"]) == ("genba", genba.__version__)
    assert [one.partition("<")[0].partition(">")[0] for one in about.get_all("Requires-Dist")] == ["httpx"]
    assert about["License-Expression"] == "Apache-2.0"
    assert about["Requires-Python"] == ">=3.9"
    assert "60 seconds" in about.get_payload()
    names = configparser.ConfigParser()
    names.read_string(wheel.read(f"{top}/entry_points.txt").decode())
    assert dict(names["console_scripts"]) == {"genba": "genba._command:main"}
    assert dict(names["pytest11"]) == {"genba": "genba.pytest_plugin"}


def test_it_works_from_the_wheel_with_httpx_alone(wheel, tmp_path):
    wheel.extractall(tmp_path)
    look = (
        "import sys, genba, importlib.metadata as m; assert genba.__file__.startswith(sys.argv[1]);"
        "print(m.version('genba'), sorted({n.partition('.')[0] for n in sys.modules} & {'django', 'numpy', 'pytest', 'argparse'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == f"{genba.__version__} []"
    told = subprocess.run(
        [sys.executable, "-m", "genba", "--version"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert told.stdout.strip() == f"genba {genba.__version__}"


def test_the_readme_runs_as_it_stands(contract, monkeypatch):
    monkeypatch.setenv("GENBA_URL", contract.url)
    monkeypatch.setenv("GENBA_API_KEY", "gnb_of_a_reader")
    told: dict[str, object] = {"answer": lambda question: "Within 30 days."}
    for block in (SOURCE / "README.md").read_text().split("```python\n")[1:]:
        exec(block.partition("```")[0], told)  # noqa: S102
    client = told["client"]
    assert isinstance(client, genba.Client)
    assert client.flush(60)
    assert client.counts == (0, 5, 0, 0)
    client.close()


def test_files_stay_readable():
    """As the server's: under 400 lines."""
    assert tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]["dependencies"]
    long = {path.name: n for path in SOURCE.rglob("*.py") if (n := path.read_text().count("\n")) > 400}
    assert long == {}
