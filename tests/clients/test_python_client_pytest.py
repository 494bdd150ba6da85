"""The pytest plugin, as a host's own test run loads it."""

import os
import subprocess
import sys

import pytest

from tests.clients.checking import BATCH, SUITE, CheckContract, lines, output
from tests.clients.conftest import SOURCE
from tests.clients.contract import Reply

GOOD, REFUSAL = "In 14 days.", "I cannot help with that."


@pytest.fixture
def contract():
    server = CheckContract()
    yield server
    server.close()


@pytest.fixture
def host(contract, tmp_path):
    """`host(options…, of_pytest.ini)`: a finished run of pytest in the host's folder."""

    def running(*options, ini="", key="gnb_of_a_host"):
        (tmp_path / "pytest.ini").write_text(f"[pytest]\n{ini}")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "genba.pytest_plugin",
                "-p",
                "no:cacheprovider",
                "-rA",
                *options,
            ],
            cwd=tmp_path,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the host has none of ours
                "PYTHONPATH": str(SOURCE / "src"),
                "GENBA_URL": contract.url,
                "GENBA_API_KEY": key,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "gnb_of_a_host" not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    return running


INI = "genba_outputs = outputs.jsonl\ngenba_suite = refunds\n"


def test_each_output_is_a_test(contract, host, tmp_path):
    (tmp_path / "outputs.jsonl").write_text(
        lines(output("q-1", GOOD), output("q-2", REFUSAL), output("q-3", REFUSAL, "Old?"), output("q-4", "?"))
    )
    assert subprocess.run(
        [sys.executable, "-m", "genba", "check", "-", "--suite", "refunds", "--accept"],
        input=lines(output("q-3", REFUSAL, "Old?")).encode(),
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE / "src"),
            "GENBA_URL": contract.url,
            "GENBA_API_KEY": "k",
        },
        timeout=60,
        check=False,
        capture_output=True,
    ).stdout.endswith(b"ACCEPTED: new runs are held against this one.\n")
    contract.requests.clear()

    status, said = host(ini=INI)
    assert status == 1
    assert "PASSED outputs.jsonl::q-1" in said
    assert "FAILED outputs.jsonl::q-2" in said
    assert f"outputs.jsonl:2\nno-refusal v3: It says: {REFUSAL}" in said
    assert "XFAIL outputs.jsonl::q-3 - as in the accepted run: no-refusal v3: It says" in said
    assert "1 failed, 2 passed, 1 xfailed" in said
    assert len(contract.asked(BATCH)) == 1

    status, said = host("--genba-baseline", "none", "outputs.jsonl::q-3", ini=INI)
    assert (status, "1 failed in" in said) == (1, True)


def test_what_is_wrong_with_the_settings_or_the_file_is_said(host, tmp_path):
    status, said = host(ini="genba_outputs = outputs.jsonl\n")
    assert (status, "genba_outputs needs genba_suite" in said) == (4, True)
    status, said = host(ini=INI)
    assert (status, "outputs.jsonl: cannot be read: No such file" in said) == (4, True)
    (tmp_path / "outputs.jsonl").write_text(lines(output("q-1", GOOD), "{"))
    status, said = host(ini=INI)
    assert (status, "outputs.jsonl:2: is not JSON" in said, "Traceback" in said) == (2, True, False)
    status, said = host(ini="genba_baseline = main\n")
    assert (status, "genba_baseline is one of: accepted, none." in said) == (4, True)


def test_a_test_of_ones_own_asks_by_the_fixture(contract, host, tmp_path):
    (tmp_path / "test_product.py").write_text(
        f'''
def test_good(genba_check):
    found = genba_check(feature="refunds", input="Where is my money?", output="{GOOD}")
    assert [one.passed for one in found.outcomes] == [True, True]

def test_bad(genba_check):
    genba_check(feature="refunds", input="Where is my money?", output="{REFUSAL}", context=["a"])

def test_one_alone(genba_check):
    genba_check(assertions=["short"], output="{REFUSAL}", metadata={{"model": "small-2"}}, judge=True)

def test_of_the_suite(genba_check):
    genba_check(suite="refunds", output="{REFUSAL}")

def test_of_nothing(genba_check):
    genba_check(output="x")

def test_without_an_answer(genba_check):
    genba_check(feature="refunds", output=None)
'''
    )
    status, said = host()

    assert status == 1
    assert "4 failed, 2 passed" in said
    assert f"no-refusal v3: It says: {REFUSAL}" in said
    assert "pytest_plugin.py" not in said  # no traceback of ours
    assert "genba_check needs feature=…, suite=… or the setting genba_suite." in said
    assert "genba_check: output: is null" in said
    first, second, third, fourth = (one.body for one in contract.asked(BATCH))
    assert (first["feature"], first["assertions"]) == ("refunds", None)
    assert second["outputs"][0]["context"] == ["a"]
    assert (third["assertions"], third["judge"]) == (["short"], True)
    assert third["outputs"][0]["metadata"] == {"model": "small-2"}
    assert fourth["assertions"] == ["no-refusal", "short"]


def test_a_server_that_refuses_fails_the_test_with_its_words(contract, host, tmp_path):
    contract.always[SUITE] = Reply(404, {"code": "not_found", "message": "There is no suite “refunds”."})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "outputs.jsonl").write_text(lines(output("q-1", GOOD)))
    (tmp_path / "test_product.py").write_text("def test_it(genba_check): genba_check(output='x')\n")

    ini = f"{INI.replace('outputs.jsonl', 'elsewhere/outputs.jsonl')}testpaths = test_product.py\n"
    status, said = host(ini=ini)
    assert (status, said.count("There is no suite “refunds”.") >= 2) == (1, True)
    assert "2 failed" in said
    assert "Traceback" not in said
    assert "_check/" not in said
    # Whoever names another test wants that one alone.
    assert "1 failed in" in host("test_product.py", ini=ini)[1]
