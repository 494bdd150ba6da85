"""The web process stays small: no models, no mathematics, under 125 MB."""

import re
import subprocess
import sys
from importlib.util import find_spec

import psutil
import pytest

from annotator.config.paths import ROOT

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "hdbscan",
    "scipy",
    "pandas",
    "sklearn",
    "numpy",
    "anthropic",
    "httpx2",
)
LOAD = """
import importlib, sys
from annotator.config.wsgi import application
from django.urls import get_resolver
def walk(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            walk(pattern.url_patterns)
        else:
            importlib.import_module(pattern.callback.__module__)
walk(get_resolver().url_patterns)
print(sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))
"""


def test_pages_and_api_load_nothing_heavy():
    missing = [name for name in ("torch", "transformers", "hdbscan", "scipy") if find_spec(name) is None]
    assert not missing, "not installed, so that not loading them proves nothing: make install-ml"
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *HEAVY], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.faults
def test_a_web_process_idles_under_125_megabytes(running):
    for path in ("/signin/", "/healthz", "/api/v1/openapi.json", "/", "/signin/"):
        running.get(path)
    workers = running.child("granian").children()
    assert workers
    for worker in workers:
        megabytes = worker.memory_info().rss / 1024**2
        print(f"web process: {megabytes:.0f} MB")
        assert megabytes < 125
        mapped = " ".join(m.path for m in psutil.Process(worker.pid).memory_maps())
        assert not re.search(r"/(torch|scipy|numpy|pandas)/", mapped)
