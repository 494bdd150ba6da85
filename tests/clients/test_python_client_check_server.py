"""`genba check` and the pytest plugin before the real server."""

import json
import os
import subprocess
import sys

import pytest
from genba._command import main

from feedback.assertions import registry
from feedback.models import AcceptedRun
from feedback.services import assertions, suites
from tests import make
from tests.clients.checking import lines, output
from tests.clients.conftest import SOURCE

pytestmark = pytest.mark.django_db(transaction=True)
GOOD, REFUSAL = "You have it back in 14 days.", "I'm sorry, but I cannot help with that."


def made(project, key, kind, **settings):
    return assertions.make(
        project=project,
        key=key,
        name=key.capitalize(),
        kind=kind,
        settings=registry.settings(kind, settings),
        features=["refunds"],
    ).assertion


@pytest.fixture
def host(project, web, monkeypatch, tmp_path):
    """A project with a suite, and a key in the environment."""
    web.start()
    made(project, "no-refusal", "refusal")
    days = made(project, "days", "contains", phrases="days")
    suites.make(project=project, key="release", name="Before a release", assertions=[days])
    monkeypatch.setenv("GENBA_URL", web.url)
    monkeypatch.setenv("GENBA_API_KEY", make.api_key(project, scopes=["check"], name="main-ci"))
    monkeypatch.setenv("GITHUB_SHA", "1a2b3c4d" * 5)
    monkeypatch.delenv("GITHUB_ACTOR", raising=False)
    return tmp_path


def test_an_edit_of_a_prompt_turns_the_build_red(host, project, capsys):
    def check(*outputs, suite="refunds", options=()):
        (host / "outputs.jsonl").write_text(lines(*outputs))
        status = main(["check", str(host / "outputs.jsonl"), "--suite", suite, *options])
        return status, capsys.readouterr().out

    before = [output(f"q-{n}", GOOD) for n in range(150)] + [output("q-old", "Soon.")]
    status, out = check(*before, options=["--accept"])
    assert (status, "ACCEPTED: new runs are held against this one." in out) == (0, True)
    run = AcceptedRun.objects.get()
    assert (run.suite, run.outputs, run.git_ref, run.key.name) == ("refunds", 151, "1a2b3c4d" * 5, "main-ci")
    assert [(key, name) for key, name, _input in run.failed] == [("days", "q-old")]
    assert "ACCEPTED already" in check(*before, options=["--accept"])[1]
    assert AcceptedRun.objects.count() == 1
    assert check(*before)[0] == 0

    report = host / "report.json"
    status, out = check(output("q-1", REFUSAL), *before[2:], options=["--json", str(report)])
    assert status == 1
    assert "by main-ci, git 1a2b3c4d1a2b" in out
    told = {one["assertion"]: one for one in json.loads(report.read_text())["assertions"]}
    assert told["no-refusal"]["newly_failing"] == told["days"]["newly_failing"] == ["q-1"]
    assert (told["days"]["passed"], told["days"]["failed"]) == (148, 2)
    # The suite that was made has an assertion less, and no accepted run of its own.
    status, out = check(output("q-1", GOOD), output("q-2", REFUSAL), suite="release")
    assert (status, "no accepted run to compare with" in out, "no-refusal" in out) == (1, True, False)
    # An assertion that is new turns it red, though the product is the same.
    made(project, "thanks", "contains", phrases="thanks")
    status, out = check(*before)
    assert (status, "RED: 151 new failures" in out) == (1, True)


def test_what_the_server_refuses_is_said(host, project, capsys, monkeypatch):
    (host / "outputs.jsonl").write_text(lines(output("q-1", GOOD)))
    assert main(["check", str(host / "outputs.jsonl"), "--suite", "refnds"]) == 2
    assert (
        "There is no suite “refnds” in this project. There are: release, refunds." in capsys.readouterr().err
    )
    monkeypatch.setenv("GENBA_API_KEY", make.api_key(project, scopes=["ingest"], name="wrong"))
    assert main(["check", str(host / "outputs.jsonl"), "--suite", "release"]) == 2
    assert "lacks the scope “check”" in capsys.readouterr().err


def test_a_test_of_the_hosts_own_fails_with_the_reason(host):
    (host / "test_answers.py").write_text(
        f"""
def test_good(genba_check):
    genba_check(feature="refunds", input="Where is my money?", output="{GOOD}")

def test_bad(genba_check):
    genba_check(suite="release", input="Where is my money?", output="{REFUSAL}")
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "genba.pytest_plugin", "-p", "no:cacheprovider", "-rA"],
        cwd=host,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(SOURCE / "src"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "days v1: “days” is not in it." in done.stdout
