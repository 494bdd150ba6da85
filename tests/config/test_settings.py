"""What can be set is written down, and nothing else is."""

import re
import subprocess
import sys

from annotator.config.paths import ROOT

READ = re.compile(r'\benv\.(?:text|number|flag|words|amount|provider)\(\s*"([A-Z_]+)"')
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def read_by_the_code():
    sources = [path for app in ("annotator", "feedback", "drift") for path in (ROOT / app).rglob("*.py")]
    return {name for path in sources for name in READ.findall(path.read_text(encoding="utf-8"))}


OF_LIBRARIES = {"HF_HUB_OFFLINE"}  # read by the library that fetches models


def documented():
    return set(ROW.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))


def test_every_variable_is_documented():
    assert read_by_the_code() - documented() == set()


def test_every_documented_variable_is_read():
    assert documented() - read_by_the_code() == OF_LIBRARIES


def test_no_variable_switches_debug_pages_on():
    ask = "from django.conf import settings; print(settings.DEBUG)"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env={"DJANGO_SETTINGS_MODULE": "annotator.config.settings", "DEBUG": "1", "DJANGO_DEBUG": "true"}
        | {"SECRET_KEY": "x"},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "False"


def test_a_value_that_cannot_be_used_stops_the_start_with_a_sentence():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PORT": "eighty", "SECRET_KEY": "x"},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode != 0
    assert done.stderr.strip() == "Genba cannot start: PORT must be a whole number, not 'eighty'"
