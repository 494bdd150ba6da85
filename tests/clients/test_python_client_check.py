"""`genba check` before a server that speaks the contract: what it reads, says, writes and exits with."""

import io
import json
import logging
import re
import sys
from collections import Counter
from xml.etree import ElementTree as ET

import genba._answers
import pytest
from genba._command import main

from tests.clients.checking import ACCEPTED, BATCH, RUNS, SUITE, CheckContract, lines, output
from tests.clients.contract import Reply

KEY = "gnb_00000000_of_a_test"
GOOD, REFUSAL = "In 14 days.", "I cannot help with that."


@pytest.fixture
def contract(monkeypatch):
    server = CheckContract()
    # Other tests of this process may have asked for the library's log, on a stream that is closed by now.
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", True)
    monkeypatch.setattr(genba._answers.Backoff, "next", lambda self: 0.0)
    for name in ("GITHUB_SHA", "GITHUB_ACTOR", "GITHUB_STEP_SUMMARY", "CI_COMMIT_SHA", "GITLAB_USER_LOGIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GENBA_URL", server.url)
    monkeypatch.setenv("GENBA_API_KEY", KEY)
    yield server
    server.close()


@pytest.fixture
def check(contract, tmp_path, capsys):
    """`check(outputs…, options=[…])`: (exit status, stdout, stderr)."""

    def checking(*outputs, options=()):
        path = tmp_path / "outputs.jsonl"
        path.write_text(lines(*outputs))
        status = main(["check", str(path), "--suite", "refunds", *options])
        said = capsys.readouterr()
        assert KEY not in said.out + said.err
        return status, said.out, said.err

    return checking


def accept(check, *outputs):
    assert check(*outputs, options=["--accept", "--git-ref", "1a2b3c4d5e6f7a8b"])[0] == 0


# --- against the accepted run -----------------------------------------------------------------------


def test_all_pass(check, contract):
    status, out, err = check(output("q-1", GOOD), output("q-2", GOOD))

    assert (status, err) == (0, "")
    assert "Refunds: 2 outputs, no accepted run to compare with" in out
    assert re.search(r"no-refusal v3 +2 of 2 +100\.0 % +– +0 +0", out)
    assert out.endswith("\nGREEN.\n")
    (asked,) = contract.asked(BATCH)
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert (asked.body["assertions"], asked.body["judge"]) == (["no-refusal", "short"], False)
    assert contract.asked(RUNS) == []


def test_a_new_failure_is_red_and_an_old_one_is_not(check):
    accept(check, output("q-1", GOOD), output("q-2", REFUSAL), output("q-3", REFUSAL))

    same = check(output("q-1", GOOD), output("q-2", REFUSAL), output("q-3", REFUSAL))
    assert same[0] == 0
    status, out, _err = check(output("q-1", REFUSAL), output("q-2", REFUSAL), output("q-3", GOOD))
    assert status == 1
    assert "against the run accepted 2026-11-29 09:12 UTC by ci, git 1a2b3c4d5e6f" in out
    assert re.search(r"no-refusal v3 +1 of 3 +33\.3 % +33\.3 % +1 +1", out)
    assert f"Newly failing:\n- no-refusal · q-1: It says: {REFUSAL}\n" in out
    assert "Newly passing:\n- no-refusal · q-3\n" in out
    assert "RED: 1 new failure, where none may be. If that is meant, accept this run" in out


def test_the_same_id_with_another_input_is_another_case(check):
    accept(check, output("q-1", REFUSAL))

    assert check(output("q-1", REFUSAL))[0] == 0
    assert check(output("q-1", REFUSAL, "Something else?"))[0] == 1
    # The order of an input's keys is no difference.
    accept(check, {"id": "q-1", "input": {"a": 1, "b": 2}, "output": REFUSAL})
    assert check({"id": "q-1", "input": {"b": 2, "a": 1}, "output": REFUSAL})[0] == 0


def test_an_assertion_that_the_accepted_run_had_not_makes_its_failures_new(check, contract):
    accept(check, output("q-1", REFUSAL))
    (run,) = contract.runs.values()
    run["assertions"] = [one for one in run["assertions"] if one["assertion"] == "short"]
    run["failed"] = []

    status, out, _err = check(output("q-1", REFUSAL))
    assert status == 1
    assert re.search(r"no-refusal v3 +0 of 1 +0\.0 % +new +1 +0", out)


def test_a_run_in_which_nothing_was_decided_is_red(check):
    status, out, _err = check(output("q-1", "?"))

    assert status == 1
    assert "RED: no assertion could tell whether any output is good" in out
    assert check(output("q-1", "?"), options=["--accept"])[0] == 1


def test_a_rate_by_another_version_is_named_so(check, contract):
    accept(check, output("q-1", REFUSAL), output("q-2", GOOD))
    (run,) = contract.runs.values()
    run["assertions"][0]["version"] = 2
    assert re.search(
        r"no-refusal v3 +1 of 2 +50\.0 % +50\.0 % by v2",
        check(output("q-2", GOOD), output("q-1", REFUSAL))[1],
    )


def test_limits(check):
    two = (output("q-1", REFUSAL), output("q-2", REFUSAL), output("q-3", GOOD), output("q-4", GOOD))

    assert check(*two, options=["--max-new-failures", "1"])[0] == 1
    assert check(*two, options=["--max-new-failures", "2"])[0] == 0
    assert check(*two, options=["--max-new-failures", "2", "--fail-under", "0.5"])[0] == 0
    status, out, _err = check(*two, options=["--max-new-failures", "2", "--fail-under", "0.51"])
    assert status == 1
    assert "RED: no-refusal passes 50.0 %, under 51.0 %. If that is meant" in out
    # What no assertion decides has no rate, and is told.
    status, out, _err = check(output("q-1", "?"), output("q-2", "?"), options=["--fail-under", "1"])
    assert status == 1  # for nothing at all was decided
    assert "under 100" not in out
    assert re.search(r"short v1 +0 of 0 \(2 undecided\) +– ", out)
    assert "- short · 2 outputs, the first because: There is nothing to check.\n" in out


def test_accepting_heeds_the_limits_that_are_given_only(check, contract):
    half = (output("q-1", REFUSAL), output("q-2", GOOD))

    status, out, _err = check(*half, options=["--accept", "--fail-under", "0.9"])
    assert (status, contract.runs) == (1, {})
    assert "RED, not accepted: no-refusal passes 50.0 %" in out
    assert check(*half, options=["--accept", "--max-new-failures", "0"])[0] == 1
    assert contract.runs == {}
    status, out, _err = check(*half, options=["--accept", "--git-ref", "v2"])
    assert (status, len(contract.runs)) == (0, 1)
    assert "ACCEPTED: new runs are held against this one." in out
    (run,) = contract.runs.values()
    assert (run["git_ref"], run["outputs"], run["complete"]) == ("v2", 2, True)
    assert run["assertions"][0] == {
        "assertion": "no-refusal", "version": 3, "passed": 1, "failed": 1, "uncertain": 0,
    }  # fmt: skip
    (failed,) = run["failed"]
    assert (failed["assertion"], failed["id"]) == ("no-refusal", "q-1")
    assert re.fullmatch("[0-9a-f]{32}", failed["input"])


def test_without_a_baseline_every_failure_is_new(check, contract):
    accept(check, output("q-1", REFUSAL))
    before = len(contract.asked(ACCEPTED))

    assert check(output("q-1", REFUSAL), options=["--baseline", "none"])[0] == 1
    assert len(contract.asked(ACCEPTED)) == before


def test_who_and_what_a_run_is_of_comes_from_the_build(check, contract, monkeypatch):
    monkeypatch.setenv("GITHUB_SHA", "c0ffee")
    monkeypatch.setenv("GITHUB_ACTOR", "mina")
    check(output("q-1", GOOD), options=["--accept"])
    (run,) = contract.runs.values()
    assert (run["git_ref"], run["by"]) == ("c0ffee", "mina")


def test_an_accepted_run_that_lost_failures_says_so(check, contract):
    accept(check, output("q-1", REFUSAL))
    next(iter(contract.runs.values()))["complete"] = False
    assert "has more failures than are kept" in check(output("q-1", REFUSAL))[1]


# --- files ------------------------------------------------------------------------------------------


def test_lines_without_an_id_and_unknown_fields(check, contract):
    first = {"input": [{"role": "user", "content": "Hi"}], "output": GOOD, "model": "small-2"}
    assert (
        check(
            first,
            "",
            {"output": {"a": 1.5}, "metadata": {"model": "b"}, "model": "c", "id": 7, "expected": "x"},
        )[0]
        == 0
    )

    (asked,) = contract.asked(BATCH)
    assert asked.body["outputs"] == [
        {"id": "line-1", "input": first["input"], "output": GOOD, "metadata": {"model": "small-2"}},
        {"id": "7", "output": {"a": 1.5}, "expected": "x", "metadata": {"model": "b"}},
    ]


BAD = [
    ('{"id": "a", "output": "x"', "2: is not JSON: Expecting ',' delimiter at column 26"),
    ("[1]", '2: must be an object such as {"id": "1", "input": "…", "output": "…"}'),
    ({"id": "a"}, "2: output: is missing; it is what the product answered"),
    ({"id": "a", "output": None}, "2: output: is null; leave out calls that answered nothing"),
    ({"id": ["a"], "output": "x"}, "2: id: must be text or a whole number"),
    ({"id": "x" * 257, "output": "x"}, "2: id: must be of 1 to 256 characters"),
    ({"id": "a", "output": "x", "metadata": [1]}, "2: metadata: must be an object"),
    ({"id": "a", "output": "x", "expected": 1}, "2: expected: must be text, what should have been said"),
    ('{"id": "a", "output": NaN}', "2: is not JSON: NaN is no number"),
    ("[" * 100_000, "2: is nested too deeply"),
    ({"id": "q-1", "output": "x"}, "id: “q-1” stands at"),
]


@pytest.mark.parametrize(("line", "fault"), BAD, ids=range(len(BAD)))
def test_a_bad_line_is_named_and_ends_the_run(check, contract, tmp_path, line, fault):
    report = tmp_path / "out.json"
    status, out, err = check(output("q-1", GOOD), line, output("q-3", GOOD), options=["--json", str(report)])

    assert (status, out, contract.asked(BATCH)) == (2, "", [])
    assert f"outputs.jsonl:{fault}" in err or fault in err
    assert "1 line is bad, so nothing was decided. Mend the file, or give --skip-bad." in err
    assert not report.exists()

    status, out, err = check(output("q-1", GOOD), line, output("q-3", GOOD), options=["--skip-bad"])
    assert status == 0
    assert "2 outputs" in out
    assert "1 line is bad and left out." in err


def test_a_line_that_is_not_utf8_and_a_byte_order_mark(contract, tmp_path, capsys):
    path = tmp_path / "o.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + lines(output("q-1", GOOD)).encode() + b'{"output": "\xff"}\n')
    assert main(["check", str(path), "--suite", "refunds", "--skip-bad"]) == 0
    assert f"{path}:2: is not UTF-8" in capsys.readouterr().err


def test_standard_input(contract, capsys, monkeypatch):
    text = lines(output("q-1", GOOD), "{").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["check", "-", "--suite", "refunds"]) == 2
    assert "stdin:2: is not JSON" in capsys.readouterr().err


def test_many_outputs_go_in_batches_and_smaller_ones_where_genba_wants_them(check, contract):
    contract.most = 60
    status, out, _err = check(*(output(f"q-{n}", GOOD) for n in range(250)))

    assert (status, "250 outputs" in out) == (0, True)
    sizes = [len(request.body["outputs"]) for request in contract.asked(BATCH)]
    assert sizes == [100, 50, 50, 100, 50, 50, 50]
    large = [output(f"q-{n}", "x" * 400_000) for n in range(3)]
    check(*large)
    assert [len(request.body["outputs"]) for request in contract.asked(BATCH)[7:]] == [2, 1]


def test_an_output_that_is_too_large_alone_is_named(check, contract):
    contract.most = 0
    status, out, err = check(output("q-1", GOOD), output("q-2", GOOD))
    assert (status, out) == (2, "")
    assert "outputs.jsonl:1: is too large for Genba." in err


def test_a_run_that_is_too_large_to_be_kept_is_said(check, contract):
    contract.always[RUNS] = Reply(413, {"code": "too_large", "message": "The body is larger than 1 bytes."})
    status, out, err = check(output("q-1", GOOD), options=["--accept"])
    assert (status, out, "genba: The body is larger than 1 bytes." in err) == (2, "", True)


def test_with_the_judge_fewer_at_once(check, contract):
    check(*(output(f"q-{n}", GOOD) for n in range(12)), options=["--judge"])
    asked = contract.asked(BATCH)
    assert [len(one.body["outputs"]) for one in asked] == [5, 5, 2]
    assert all(one.body["judge"] for one in asked)


# --- a server that is busy, away, or wants something else --------------------------------------------


def test_a_busy_server_is_asked_again(check, contract):
    contract.next[SUITE] = [Reply(503, {"code": "busy", "message": "Busy."})]
    contract.next[BATCH] = [Reply(429, {}, {"Retry-After": "0"}), Reply(500), Reply(502, b"<html>")]
    assert check(output("q-1", GOOD))[0] == 0
    assert len(contract.asked(BATCH)) == 4


def test_an_accepted_run_sent_twice_is_the_same(check, contract):
    contract.next[RUNS] = [Reply(503)]
    assert check(output("q-1", GOOD), options=["--accept"])[0] == 0
    first, second = contract.asked(RUNS)
    assert first.body == second.body


def test_a_server_that_stays_busy_or_is_no_genba_is_status_3(check, contract):
    contract.always[BATCH] = Reply(503, {"code": "busy", "message": "The database is away."})
    status, out, err = check(output("q-1", GOOD))
    assert (status, out, len(contract.asked(BATCH))) == (3, "", 8)
    assert "answers 503. The database is away. (8 tries)" in err

    contract.always[BATCH] = Reply(200, b"<html>A sign-in page</html>")
    status, _out, err = check(output("q-1", GOOD))
    assert (status, "is not Genba (status 200)" in err) == (3, True)
    contract.always[BATCH] = Reply(200, {"results": [{"id": "q-1"}]})
    status, _out, err = check(output("q-1", GOOD))
    assert (status, "in a shape that this client" in err) == (3, True)


def test_nobody_there_is_status_3(contract, tmp_path, capsys):
    (tmp_path / "o.jsonl").write_text(lines(output("q-1", GOOD)))
    call = ["check", str(tmp_path / "o.jsonl"), "--suite", "refunds", "--url", "http://127.0.0.1:1"]
    assert main(call) == 3
    assert "Genba at http://127.0.0.1:1 cannot be reached: ConnectError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "message", "also"),
    [
        (401, "Give a valid API key: Authorization: Bearer gnb_…", "Is GENBA_API_KEY a key of this project"),
        (403, "This key lacks the scope “check”.", "Give the key the scope “check”"),
        (404, "There is no suite “refunds”. There are: orders.", ""),
        (422, "assertions: there is no “no-refusal”.", ""),
    ],
)
def test_what_only_people_can_mend_is_status_2(check, contract, status, message, also):
    contract.always[SUITE] = Reply(status, {"code": "x", "message": message})
    found, out, err = check(output("q-1", GOOD))
    assert (found, out) == (2, "")
    assert message in err
    assert also in err
    assert len(contract.asked(SUITE)) == 1


def test_how_it_is_called(contract, tmp_path, capsys, monkeypatch):
    file = tmp_path / "o.jsonl"
    file.write_text("\n")
    assert main(["check", str(file), "--suite", "refunds"]) == 2
    assert "holds no output to check" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "none.jsonl"), "--suite", "refunds"]) == 2
    assert "none.jsonl: cannot be read: No such file" in capsys.readouterr().err
    monkeypatch.delenv("GENBA_API_KEY")
    assert main(["check", str(file), "--suite", "refunds"]) == 2
    assert "give --key or set GENBA_API_KEY" in capsys.readouterr().err
    monkeypatch.delenv("GENBA_URL")
    assert main(["check", str(file), "--suite", "refunds"]) == 2
    assert "Give --url or set GENBA_URL" in capsys.readouterr().err
    for wrong in (["--fail-under", "95"], ["--max-new-failures", "-1"], ["--timeout", "soon"], []):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(file), *(["--suite", "refunds", *wrong] if wrong else [])])
        assert ended.value.code == 2
        assert "usage: genba check" in capsys.readouterr().err
    contract.always[SUITE] = Reply(200, {"key": "refunds", "name": "Refunds", "assertions": []})
    call = ["check", str(file), "--suite", "refunds", "--url", contract.url, "--key", KEY]
    assert main(call) == 2
    assert "has no assertion" in capsys.readouterr().err


# --- what it writes ----------------------------------------------------------------------------------

NASTY = '\x00\x1b[31m ]]> <b> & "cannot" \ufffe \n::error::gotcha\n##[add-mask]x'


def test_junit_holds_every_outcome_with_its_reason(check, tmp_path):
    path = tmp_path / "reports" / "junit.xml"
    status, _out, _err = check(
        output("q-1", GOOD), output('q-<2>&"', NASTY), output("q-3", "?"), options=["--junit", str(path)]
    )

    assert status == 1
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - our own
    assert root.tag == "testsuites"
    assert (root.get("name"), root.get("tests"), root.get("failures"), root.get("skipped")) == (
        "Refunds", "6", "2", "2",
    )  # fmt: skip
    assert [suite.get("name") for suite in root] == ["refunds.no-refusal", "refunds.short"]
    for suite in root:
        assert suite.tag == "testsuite"
        counted = Counter(part.tag for case in suite for part in case)
        assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": str(len(suite)), "failures": str(counted["failure"]), "errors": "0",
            "skipped": str(counted["skipped"]),
        }  # fmt: skip
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        assert [case.get("name") for case in suite] == ["q-1", 'q-<2>&"', "q-3"]
        assert {case.get("classname") for case in suite} == {suite.get("name")}
        assert [[part.tag for part in case] for case in suite] == [[], ["failure"], ["skipped"]]
    failure = root[0][1][0]
    said = f"It says: {NASTY}".replace("\x00", "\ufffd").replace("\x1b", "\ufffd").replace("\ufffe", "\ufffd")
    assert (failure.get("type"), failure.text, failure.get("message")) == ("assertion", said, said)


def test_json_holds_everything(check, tmp_path):
    path = tmp_path / "out.json"
    accept(check, output("q-1", GOOD), output("q-2", REFUSAL))
    assert check(output("q-1", REFUSAL), output("q-2", GOOD), options=["--json", str(path)])[0] == 1

    told = json.loads(path.read_text())
    assert (told["suite"], told["outputs"], told["green"]) == ("refunds", 2, False)
    assert told["faults"] == ["1 new failure, where none may be"]
    assert told["accepted_run"]["git_ref"] == "1a2b3c4d5e6f7a8b"
    assert told["assertions"][0] == {
        "assertion": "no-refusal", "name": "No refusal", "kind": "refusal", "version": 3, "passed": 1,
        "failed": 1, "uncertain": 0, "rate": 0.5, "accepted_rate": 0.5, "newly_failing": ["q-1"],
        "newly_passing": ["q-2"],
    }  # fmt: skip
    assert told["failed"] == [{"assertion": "no-refusal", "id": "q-1", "reason": f"It says: {REFUSAL}"}]
    status, _out, err = check(output("q-1", GOOD), options=["--json", "/dev/null/out.json"])
    assert (status, "cannot be written" in err) == (2, True)


def test_the_table_names_the_first_of_many(check):
    out = check(*(output(f"q-{n}", REFUSAL) for n in range(14)))[1]
    assert out.count("- no-refusal · q-") == 10
    assert "- no-refusal · and 4 more (--json FILE writes all)" in out


def test_for_github_there_are_annotations_and_a_summary(check, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    status, out, _err = check(
        output("q|1", NASTY), output("q,2:", "100% I cannot"), options=["--format", "github"]
    )

    assert status == 1
    commands = [line for line in out.splitlines() if line.lstrip().startswith("::")]
    assert commands[1] == "::error title=no-refusal · q%2C2%3A::It says: 100%25 I cannot"
    assert [line.partition(" ")[0] for line in commands] == ["::error"] * 3
    assert "##[" not in out
    assert "\x1b" not in out
    written = summary.read_text()
    assert "| no-refusal v3 | 0 of 2 | 0.0 % | – | 2 | 0 |" in written
    assert "RED: 3 new failures" in written


def test_on_a_terminal_it_says_how_far_it_is(check, monkeypatch):
    monkeypatch.setattr("genba._check.command._is_watched", lambda: True)
    err = check(*(output(f"q-{n}", GOOD) for n in range(150)))[2]
    assert "100 outputs checked" in err
    assert "150 outputs checked" in err
