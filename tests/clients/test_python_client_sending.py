"""The Python client before a server that misbehaves: what it sends again, what it gives up, what it keeps."""

import shutil
from datetime import UTC, datetime

import genba
import pytest
from genba import _answers, _json
from genba._spool import Segment

from tests.clients.conftest import run_host, wait_until
from tests.clients.contract import INTERACTIONS, SIGNALS, Reply

BUSY = Reply(503, {"code": "error", "message": "Not now."})


def names_of(contract) -> set[str]:
    return set(contract.seen)


def test_a_signal_travels_with_an_id_of_its_own(contract, connect):
    client = connect(contract.url)
    with client.interaction("Hello") as call:
        call.output = "Hi"
    rated = client.signal(call, "rating", score=4, of=5)
    shown = client.signal(
        "other-system-7", "shown", event_id="e-1", occurred_at=datetime(2026, 11, 20, tzinfo=UTC)
    )
    assert client.flush(60)

    (sent,) = contract.asked(SIGNALS)
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.headers["Authorization"].startswith("Bearer gnb_")
    assert [one.pop("occurred_at")[:10] for one in sent.body][1] == "2026-11-20"
    assert sent.body == [
        {"event_id": rated, "kind": "rating", "interaction": call.id, "value": {"score": 4, "of": 5}},
        {"event_id": "e-1", "kind": "shown", "interaction": "other-system-7"},
    ]
    assert shown == "e-1"


def test_a_full_batch_goes_at_once_and_the_rest_when_it_is_old(contract, connect):
    client = connect(contract.url, batch_records=10, flush_interval=300)
    for n in range(25):
        client.log(f"Question {n}")
    wait_until(lambda: client.counts == (5, 20, 0, 0))
    assert [len(request.body) for request in contract.requests] == [10, 10]

    quick = connect(contract.url, batch_records=10, flush_interval=0.05)
    quick.log("Hello")
    wait_until(lambda: quick.counts == (0, 1, 0, 0))


def test_a_busy_server_is_asked_again_after_as_long_as_it_says(contract, connect):
    contract.next[INTERACTIONS] = [Reply(429, {}, {"Retry-After": "1"})]
    client = connect(contract.url)
    name = client.log("Hello")
    wait_until(lambda: contract.requests)
    assert client.flush(60)  # however much one would like to hurry

    first, second = contract.asked(INTERACTIONS)
    assert second.at - first.at >= 1.0
    assert first.body == second.body
    assert contract.seen == {name: 1}


def test_a_refusal_is_final_and_said_once_in_words(contract, connect, caplog):
    contract.always[INTERACTIONS] = Reply(
        401, {"code": "unauthenticated", "message": "Give a valid API key."}
    )
    client = connect(contract.url)
    for _ in range(3):
        client.log("canary-payload")
        assert client.flush(60)

    assert len(contract.requests) == 3
    assert client.counts == (0, 0, 3, 0)
    assert caplog.text.count("The key is unknown, revoked or expired") == 1

    client.signal("x", "kept")  # the other address is none the worse
    assert client.flush(60)
    assert client.counts.taken == 1


def test_what_the_key_may_not_send_is_kept_on_disk_for_the_next_start(contract, connect, tmp_path):
    contract.next[INTERACTIONS] = [Reply(403, {"code": "forbidden", "message": "It lacks the scope."})]
    client = connect(contract.url, spool=tmp_path)
    name = client.log("Hello")
    assert client.flush(60)
    client.close()
    assert names_of(contract) == set()

    assert connect(contract.url, spool=tmp_path).flush(60)
    assert names_of(contract) == {name}


def test_a_page_that_says_200_is_not_genba(contract, connect, caplog):
    contract.always[INTERACTIONS] = Reply(200, b"<html>Welcome to the hotel's network</html>")
    client = connect(contract.url)
    client.log("Hello")
    assert client.flush(60)
    assert client.counts.rejected == 1
    assert "the address of Genba" in caplog.text


def test_one_record_that_is_too_large_leaves_the_others_alone(contract, connect, caplog):
    client = connect(contract.url, flush_interval=60)
    real = contract.answer
    contract.answer = lambda request: (
        Reply(413, {}) if any(one["id"] == "big" for one in request.body) else real(request)
    )
    for name in ("a", "b", "big", "c", "d"):
        client.log("Hello", id=name)
    assert client.flush(60)
    assert names_of(contract) == {"a", "b", "c", "d"}
    assert client.counts == (0, 4, 1, 0)
    assert "too large for Genba and was not stored: big" in caplog.text


def test_memory_is_bounded_and_the_oldest_go_counted(contract, connect, caplog):
    contract.always[INTERACTIONS] = BUSY
    client = connect(contract.url, max_bytes=40_000, batch_records=10)
    for n in range(500):
        client.log("x" * 200, id=f"call-{n:03}")
        assert client._outbox._memory <= 40_000
    lost = client.counts.lost
    assert 0 < lost < 500
    assert "the oldest" in caplog.text

    del contract.always[INTERACTIONS]
    assert client.flush(60)
    assert len(contract.seen) == 500 - lost
    assert "call-499" in contract.seen


def test_with_a_spool_a_long_outage_loses_nothing_and_takes_no_memory(contract, connect, tmp_path):
    contract.always[INTERACTIONS] = BUSY
    client = connect(contract.url, max_bytes=40_000, batch_records=10, spool=tmp_path)
    for n in range(500):
        client.log("x" * 200, id=f"call-{n:03}")
        assert client._outbox._memory <= 40_000
    del contract.always[INTERACTIONS]
    assert client.flush(60)
    assert len(contract.seen) == 500
    assert client.counts == (0, 500, 0, 0)
    assert not list(tmp_path.rglob("*.ndjson"))


def test_a_spool_is_bounded_too(contract, connect, tmp_path):
    contract.always[INTERACTIONS] = BUSY
    client = connect(contract.url, batch_records=10, spool=tmp_path, spool_bytes=30_000)
    for n in range(500):
        client.log("x" * 200, id=f"call-{n:03}")
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.ndjson")) <= 30_000
    lost = client.counts.lost
    assert lost > 0
    del contract.always[INTERACTIONS]
    assert client.flush(60)
    assert len(contract.seen) == 500 - lost


def test_a_disk_that_takes_nothing_is_told_and_memory_goes_on(
    contract, connect, tmp_path, caplog, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    client = connect(contract.url, spool=tmp_path)
    monkeypatch.setattr("genba._spool.os.write", full)
    client.log("Hello", id="kept")
    assert client.flush(60)
    assert names_of(contract) == {"kept"}
    assert "No space left on device" in caplog.text


def test_a_folder_that_somebody_tidied_away_is_made_again(contract, connect, tmp_path):
    client = connect(contract.url, spool=tmp_path)
    client.log("Hello", id="before")
    assert client.flush(60)
    shutil.rmtree(next(tmp_path.iterdir()))
    contract.always[INTERACTIONS] = BUSY
    client.log("Hello", id="after")
    assert b"after" in next(tmp_path.rglob("*.ndjson")).read_bytes()


def test_a_child_takes_over_what_its_dead_sibling_left(contract, tmp_path):
    """As servers do that load the host once and fork: the client is made before, in the parent."""
    script = f"""if True:
        import os, signal, genba
        client = genba.Client(spool={str(tmp_path)!r}, exit_timeout=60, flush_interval=60)
        def child(work):
            pid = os.fork()
            if not pid:
                work()
                os._exit(0)
            os.waitpid(pid, 0)
        def dies():
            client.log("Unsent", id="unsent")
            os.kill(os.getpid(), signal.SIGKILL)
        def lives():
            client.log("Hello", id="alive")
            client.close()
        child(dies)
        child(lives)
    """
    run_host(script, contract.url)
    assert contract.seen == {"unsent": 1, "alive": 1}
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_genba_breaks_on_does_not_hold_up_the_rest(contract, connect):
    real = contract.answer
    contract.answer = lambda request: (
        Reply(500, {}) if any(one["id"] == "poison" for one in request.body) else real(request)
    )
    client = connect(contract.url, batch_records=1)
    client._outbox._lanes[INTERACTIONS]._backoff = _answers.Backoff(0.01, 0.02)
    client.log("Hello", id="poison")
    client.log("Hello", id="a")
    wait_until(lambda: client.counts == (1, 1, 0, 0))
    assert contract.seen == {"a": 1}


def test_a_line_that_a_crash_cut_is_left_out(tmp_path):
    (tmp_path / "interactions-1.ndjson").write_bytes(b'{"id":"a"}\n{"id":"b"}\n{"id":"c"')
    assert Segment(tmp_path / "interactions-1.ndjson").lines() == [b'{"id":"a"}', b'{"id":"b"}']


def test_the_end_of_a_program_waits_no_longer_than_it_says(contract):
    """The server never answers: that the program ends at all shows the bound."""
    contract.hold(INTERACTIONS)
    done = run_host("import genba; genba.Client(exit_timeout=0.3).log('Hello')", contract.url)
    assert "1 records could not be sent before the end" in done.stderr


def test_what_is_logged_as_the_interpreter_ends_is_sent(contract):
    """Newer Pythons start no threads then."""
    script = """if True:
        import atexit, threading, genba
        client = genba.Client(exit_timeout=60)
        def no_more(self): raise RuntimeError("can't create new thread at interpreter shutdown")
        threading.Thread.start = no_more
        atexit.register(client.log, "Last words", id="last")
    """
    run_host(script, contract.url)
    assert names_of(contract) == {"last"}


def test_children_of_multiprocessing_send_before_they_end(contract):
    """They end without `atexit`, whether the client was made before the fork or after."""
    script = """if True:
        import multiprocessing, genba
        client = genba.Client(exit_timeout=60, flush_interval=60)
        def inherited(): client.log("In a child", id="inherited")
        def own(): genba.Client(exit_timeout=60, flush_interval=60).log("In a child", id="own")
        for work in (inherited, own):
            child = multiprocessing.get_context("fork").Process(target=work)
            child.start()
            child.join()
    """
    run_host(script, contract.url)
    assert contract.seen == {"inherited": 1, "own": 1}


def test_a_client_that_is_gone_still_sends_what_it_was_given(contract):
    run_host("import genba; genba.Client(exit_timeout=60, flush_interval=60).log('a', id='a')", contract.url)
    assert names_of(contract) == {"a"}


def test_misuse_after_construction_is_told_and_never_raised(contract, connect, caplog):
    client = connect(contract.url)
    assert client.log() == ""
    assert client.signal() == ""
    assert client.signal(object(), "kept") == ""
    assert client.suggest() is not None
    assert client.flush("soon") is False
    assert "log() could not do what it was asked" in caplog.text
    assert "missing 1 required positional argument: 'input'" in caplog.text
    client.close()
    client.log("too late")
    assert "This Genba client is closed" in caplog.text


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"url": None}, ValueError, "GENBA_URL"),
        ({"url": "genba.example"}, ValueError, "https://genba.example"),
        ({"url": "https://me:canary-key@genba.example"}, ValueError, "plain address"),
        ({"key": None}, ValueError, "GENBA_API_KEY"),
        ({"key": "canary-key é"}, ValueError, "copied whole"),
        ({"key": 7}, TypeError, "key must be text, not int"),
        ({"timeout": "soon"}, TypeError, "timeout must be a number"),
        ({"batch_records": 0}, ValueError, "batch_records must be above 0"),
        ({"spool": "/dev/null/spool"}, ValueError, "spool cannot be made"),
    ],
)
def test_what_cannot_work_is_said_at_construction(monkeypatch, wrong, error, says):
    for name in ("GENBA_URL", "GENBA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(error, match=says) as told:
        genba.Client(**{"url": "https://genba.example", "key": "gnb_x", **wrong})
    assert "canary" not in str(told.value)


def test_address_and_key_come_from_the_environment(contract, monkeypatch):
    monkeypatch.setenv("GENBA_URL", contract.url + "/")
    monkeypatch.setenv("GENBA_API_KEY", "gnb_canary\n")
    with genba.Client() as client:
        client.log("Hello")
    assert contract.requests[0].headers["Authorization"] == "Bearer gnb_canary"
    assert repr(client) == f"<genba.Client {contract.url}>"


def test_waits_grow_to_a_bound_and_a_retry_after_is_read_in_both_spellings():
    backoff = _answers.Backoff(first=0.5, most=30.0)
    waits = [backoff.next() for _ in range(12)]
    assert all(0.5 * 2**n / 2 <= wait <= min(30, 0.5 * 2**n) for n, wait in enumerate(waits[:6]))
    assert all(15 <= wait <= 30 for wait in waits[6:])

    now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    read = {
        text: _answers.retry_after(text, now)
        for text in ("7", "Fri, 20 Nov 2026 09:30:20 GMT", "soon", "", "-3", "nan", "1e9")
    }
    assert list(read.values()) == [7, 20, 0, 0, 0, 0, 3600]


def test_any_value_becomes_a_line():
    class Stubborn:
        def __str__(self) -> str:
            raise RuntimeError("canary-payload")

    deep: list = []
    for _ in range(5000):
        deep = [deep]
    for value in (Stubborn(), deep, {1: 2, (3,): Stubborn()}, "\x00\n\ud800", {"a": float("inf")}):
        line = _json.line({"input": value})
        assert b"\n" not in line
        line.decode()


def test_two_processes_never_send_one_spool_twice_at_a_time(contract, connect, tmp_path):
    """The living one's batches are its own."""
    contract.always[INTERACTIONS] = BUSY
    first = connect(contract.url, spool=tmp_path)
    first.log("Hello", id="of the first")
    second = connect(contract.url, spool=tmp_path)
    assert second.counts.waiting == 0
    assert second._outbox.flush(0)
    del contract.always[INTERACTIONS]
    assert first.flush(60)
    assert contract.seen == {"of the first": 1}
