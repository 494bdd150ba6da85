"""The Python client waits for suggestions and tokens as long as it says, and never raises."""

import asyncio
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import genba

from tests import pace
from tests.clients.conftest import KEY, wait_until
from tests.clients.contract import INTERACTIONS, SIGNALS, SUGGESTIONS, TOKENS, Reply

NOWHERE = "http://127.0.0.1:9"
AGES = 60.0  # seconds that only a test which fails waits
SOON = 5.0  # seconds for what may take a fraction of one, on a machine that is busy


def test_a_suggestion_is_read_whole(contract, connect):
    client = connect(contract.url)
    got = client.suggest(
        "category", {"title": "Chef's knife"}, candidates=["a", "b"], user="u-1", timeout=AGES
    )

    assert got
    assert (got.value, got.confidence) == ("Home > Kitchen > Knives", 0.83)
    assert got.alternatives == (genba.Alternative("Home > Kitchen > Boards", 0.07),)
    assert (got.suggester, got.version, got.reason) == ("similar", "3.1", None)
    assert contract.requests[0].body == {
        "task": "category",
        "id": got.id,
        "input": {"title": "Chef's knife"},
        "user": "u-1",
        "candidates": ["a", "b"],
    }
    assert got.to_dict()["alternatives"] == [{"value": "Home > Kitchen > Boards", "confidence": 0.07}]
    assert client.feedback_token(got) == got.token == f"token-of-{got.id}"
    assert contract.asked(TOKENS) == []


def test_genba_may_say_that_there_is_none(contract, connect):
    contract.suggestion = {"value": None, "confidence": None, "alternatives": [], "reason": "hidden"}
    got = connect(contract.url).suggest("category", "A knife", timeout=AGES)
    assert not got
    assert (got.reason, got.token) == ("hidden", f"token-of-{got.id}")


def test_a_late_one_is_not_waited_for(contract, connect, caplog):
    contract.hold(SUGGESTIONS)  # until the test is over
    client = connect(contract.url)
    with pace.at_most(SOON, time.perf_counter):
        got = client.suggest("category", "A knife", timeout=0.2)
    assert (got.value, got.reason) == (None, "late")
    wait_until(lambda: contract.requests)
    assert got.id == contract.requests[0].body["id"]  # Genba logs it by this id all the same
    assert "did not answer within 0.2 s" in caplog.text


def test_an_answer_that_drips_is_late_as_well(contract, connect):
    """Each byte comes within the timeout; all of them never do."""
    over = contract.hold("drip")

    def drip(wire):
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999:
            wire.write(bytes([byte]))
            wire.flush()
            if over.wait(0.05):
                return

    contract.raw = drip
    with pace.at_most(SOON, time.perf_counter):
        assert connect(contract.url).suggest("category", "A knife", timeout=0.2).reason == "late"


def test_nobody_there_an_error_or_nonsense(contract, connect, caplog):
    assert connect(NOWHERE).suggest("category", "A knife", timeout=AGES).reason == "unreachable"
    client = connect(contract.url)
    for reply in (
        Reply(500, {"message": "Oh."}),
        Reply(200, b"no JSON"),
        Reply(200, [1]),
        Reply(200, {"value": "x", "alternatives": 7}),
        Reply(200, {"value": "x", "expires_at": "soon"}),
    ):
        contract.next[SUGGESTIONS] = [reply]
        assert client.suggest("category", "A knife", timeout=AGES).reason == "failed"
    contract.always[TOKENS] = Reply(404, {"message": "There is no such thing here."})
    assert client.feedback_token("call-1", timeout=AGES) is None
    assert "Genba answered 500" in caplog.text


def test_connections_are_used_again(contract, connect):
    client = connect(contract.url)
    for _ in range(5):
        assert client.suggest("category", "A knife", timeout=AGES)
    assert len({request.connection for request in contract.requests}) == 1


def test_a_kept_connection_that_ends_just_then_is_replaced(contract, connect):
    client = connect(contract.url)
    assert client.suggest("category", "A knife", timeout=AGES)

    def hang_up(_):
        contract.raw = None

    contract.raw = hang_up
    assert client.suggest("category", "A knife", timeout=AGES)
    assert len({request.body["id"] for request in contract.requests}) == 2 < len(contract.requests)


def test_questions_of_many_threads(contract, connect):
    client = connect(contract.url)
    with ThreadPoolExecutor(16) as pool:
        got = list(
            pool.map(lambda n: client.suggest("category", str(n), id=f"s-{n}", timeout=AGES), range(64))
        )
    assert [one.id for one in got] == [f"s-{n}" for n in range(64)]
    assert all(got)


def test_names_that_resolve_slowly_hold_up_nobody_and_do_not_pile_up(connect, caplog, monkeypatch):
    over = threading.Event()

    def slow(*_, **__):
        over.wait(AGES)
        raise OSError("no such name")

    monkeypatch.setattr("genba._asking.MOST_AT_ONCE", 3)
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    client = connect("http://genba.invalid")
    with pace.at_most(SOON, time.perf_counter):
        for _ in range(3):
            assert client.suggest("category", "A knife", timeout=0.05).reason == "late"
        assert "No further question" not in caplog.text
        assert client.suggest("category", "A knife", timeout=AGES).reason == "late"
    assert "No further question" in caplog.text
    over.set()
    wait_until(lambda: not client._asker._running)


def test_a_token_is_asked_for_once_until_shortly_before_it_ends(contract, connect):
    client = connect(contract.url)
    first = client.feedback_token("call-1", timeout=AGES)
    assert client.feedback_token("call-1", timeout=AGES) == first
    assert client.feedback_token("call-2", timeout=AGES) != first
    assert len(contract.asked(TOKENS)) == 2

    contract.token_life = 200  # less than a page is open
    short = client.feedback_token("call-3", timeout=AGES)
    assert client.feedback_token("call-3", timeout=AGES) != short


def test_the_same_in_coroutines(contract):
    contract.suggestion = {"version": 4}

    async def host() -> None:
        async with genba.AsyncClient(contract.url, KEY, flush_interval=60) as client:
            several = [client.suggest("category", str(n), timeout=AGES) for n in range(8)]
            assert {one.version for one in await asyncio.gather(*several)} == {"4"}
            assert await client.feedback_token("call-1", timeout=AGES)
            misused = await client.suggest()  # type: ignore[call-arg]
            assert misused == genba.Suggestion(task="", id="", reason="failed")
            with client.interaction("Hello") as call:
                call.output = "Hi"
            client.signal(call, "copied")
            assert await client.flush(AGES)
            contract.hold(SUGGESTIONS)
            with pace.at_most(SOON, time.perf_counter):
                assert (await client.suggest("category", "A knife", timeout=0.2)).reason == "late"

    with ThreadPoolExecutor(1) as apart:  # a browser's loop may run in this thread
        apart.submit(asyncio.run, host()).result()
    assert len(contract.asked(INTERACTIONS)) == len(contract.asked(SIGNALS)) == 1


def test_neither_key_nor_payload_nor_token_is_in_a_log_or_repr(contract, connect, caplog):
    caplog.set_level(logging.DEBUG)
    key = "gnb_canary0_key"
    text = "canary-payload"
    contract.suggestion = {
        "value": "canary-value",
        "token": "canary-token",
        "alternatives": [{"value": "canary-value", "confidence": 0.1}],
    }
    client = connect(contract.url, key)
    got = client.suggest("category", text, candidates=[text], metadata={"x": text}, timeout=AGES)
    shown = [client, got, *got.alternatives]
    with client.interaction(text, user=text, metadata={text: text}) as call:
        call.output = text
    shown.append(call)
    client.signal(call, "comment", text=text)
    client.flush(AGES)
    for status in (400, 401, 403, 413, 503):
        contract.next = {
            path: [Reply(status, {"message": "No."})] for path in (INTERACTIONS, SUGGESTIONS, TOKENS)
        }
        client.log(text, error=ValueError(text))
        client.flush(AGES)
        client.suggest("category", text, timeout=AGES)
        client.feedback_token("call-1", timeout=AGES)
    client.log(text, occurred_at=_Bad())
    unreachable = connect(NOWHERE, key)
    unreachable.log(text)
    unreachable.suggest("category", text, timeout=AGES)
    unreachable.close(0)
    shown += [unreachable, client._settings]

    assert [one for one in map(repr, shown) if "canary" in one] == []
    assert "Genba refused" in caplog.text
    assert "canary" not in caplog.text


class _Bad:
    def __str__(self) -> str:
        raise TypeError("canary-payload")
