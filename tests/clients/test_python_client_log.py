"""The Python client logs to the real web server, whatever happens to either of them."""

import signal
import threading

import pytest

from feedback.models import Interaction
from tests import make
from tests.clients.conftest import MOST, run_host, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(project) -> str:
    return make.api_key(project, scopes=["ingest"])


@pytest.fixture
def client(web, key, connect):
    web.start()
    return connect(web.url, key, batch_records=MOST)


def stored() -> list[str]:
    return sorted(Interaction.objects.values_list("external_id", flat=True))


def test_an_interaction_arrives_as_it_was_logged(client):
    messages = [{"role": "user", "content": "Where is my order? 주문"}]
    name = client.log(
        messages,
        "It ships tomorrow.",
        feature="order-help",
        model="small-1",
        user="u-31",
        latency_ms=840.5,
        input_tokens=412,
        metadata={"region": "eu"},
        shelf="A7",
    )
    messages.append({"role": "assistant", "content": "said later"})
    assert client.flush(60)

    row = Interaction.objects.get()
    assert (row.external_id, row.feature, row.model, row.end_user) == (name, "order-help", "small-1", "u-31")
    assert row.input == [{"role": "user", "content": "Where is my order? 주문"}]
    assert (row.output, row.latency_ms, row.input_tokens) == ("It ships tomorrow.", 840.5, 412)
    assert row.metadata == {"region": "eu", "shelf": "A7"}
    assert abs((row.received_at - row.occurred_at).total_seconds()) < 60
    assert client.counts == (0, 1, 0, 0)


def test_a_call_is_timed_and_its_failure_logged(client):
    with client.interaction("2 + 2?", feature="sums") as call:
        call.output = {"answer": 4}
        call.set(output_tokens=1, feature="maths")
    with pytest.raises(ZeroDivisionError), client.interaction("1 / 0?", feature="sums") as failed:
        failed.output = 1 / 0
    assert client.flush(60)

    good, bad = (Interaction.objects.get(external_id=one.id) for one in (call, failed))
    assert (good.output, good.output_tokens, good.feature) == ({"answer": 4}, 1, "maths")
    assert good.error == ""
    assert (bad.output, bad.error) == (None, "ZeroDivisionError: division by zero")
    assert good.latency_ms >= 0


def test_odd_values_arrive_as_well_as_they_can(client):
    ring: list = [float("nan"), "half a pair: \ud83d", {("a", 1): {"x"}}]
    ring.append(ring)
    client.log({"ring": ring}, True, metadata={"bytes": b"\xff", "object": object})
    assert client.flush(60)

    row = Interaction.objects.get()
    assert row.input == {"ring": [None, "half a pair: \ufffd", {"('a', 1)": ["x"]}, "…"]}
    assert row.output == "true"


def test_ten_thousand_records_of_eight_threads_arrive_once(client):
    names: list[str] = []

    def logging(thread: int) -> None:
        names.extend(client.log(f"Question {n}", "x" * 300, session=thread) for n in range(1250))

    threads = [threading.Thread(target=logging, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.flush(120)
    assert stored() == sorted(names)
    assert client.counts == (0, 10_000, 0, 0)


def test_a_batch_that_is_too_large_is_split(web, key, connect):
    web.start()
    client = connect(web.url, key, batch_records=3 * MOST)
    names = [client.log(f"Question {n}") for n in range(3 * MOST)]
    assert client.flush(60)
    assert stored() == sorted(names)
    assert client.counts == (0, 3 * MOST, 0, 0)


def test_one_bad_record_is_told_and_the_others_are_stored(client, caplog):
    good = [client.log("fine"), client.log("fine, too")]
    bad = client.log("canary-payload", latency_ms=-1)
    good.append(client.log("as fine"))
    assert client.flush(60)

    assert stored() == sorted(good)
    assert client.counts == (0, 3, 1, 0)
    assert bad in caplog.text
    assert "latency_ms" in caplog.text
    assert "canary" not in caplog.text


def test_genba_is_killed_in_the_middle_of_the_batches_and_comes_back(web, key, connect, caplog):
    web.start()
    client = connect(web.url, key, batch_records=10)
    names = [client.log(f"Question {n}", "x" * 500) for n in range(1000)]
    wait_until(Interaction.objects.exists)
    web.stop(signal.SIGKILL)
    assert client.counts.waiting > 0
    names += [client.log("while it is away") for _ in range(25)]
    wait_until(lambda: "does not take records just now" in caplog.text)

    web.start()
    assert client.flush(120)
    assert stored() == sorted(names)
    assert client.counts[2:] == (0, 0)
    assert client.counts.waiting == 0


def test_a_program_that_ends_right_after_logging(web, key):
    web.start()
    done = run_host("import genba; print(genba.Client(exit_timeout=60).log('Last words'))", web.url, key)
    assert stored() == [done.stdout.strip()]


def test_parent_and_child_of_a_fork_each_send_their_own(web, key):
    web.start()
    script = """if True:
        import os, sys, genba
        client = genba.Client(exit_timeout=60, flush_interval=60)
        client.log("Before", id="before")
        child = os.fork()
        if not child:
            for n in range(20):
                client.log("In the child", id=f"child-{n}")
            os._exit(0 if client.flush(60) and client.counts.taken == 20 else 1)
        client.log("After", id="after")
        sys.exit(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
    """
    run_host(script, web.url, key)
    assert stored() == sorted(["before", "after", *(f"child-{n}" for n in range(20))])


def test_a_spool_outlives_a_process_that_is_killed(web, key, connect, tmp_path):
    script = f"""if True:
        import os, genba
        client = genba.Client("http://127.0.0.1:9", spool={str(tmp_path)!r}, batch_records=40)
        for n in range(100):
            client.log("Unsent", id=f"unsent-{{n}}")
        os.kill(os.getpid(), 9)
    """
    run_host(script, web.url, key, expect=-signal.SIGKILL)
    web.start()
    client = connect(web.url, key, spool=tmp_path)
    client.log("Of the next process", id="next")
    assert client.flush(60)
    assert stored() == sorted(["next", *(f"unsent-{n}" for n in range(100))])
    client.close()
    assert list(tmp_path.iterdir()) == []
