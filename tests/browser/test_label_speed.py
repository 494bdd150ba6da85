"""The screen never waits for the network, and the page is light: every byte and request counted."""

from statistics import quantiles

from playwright.sync_api import expect

from tests import make
from tests.browser.labeling import answers, path, wait_saved
from tests.browser.painting import LATENCY, label_all, long_queue

BYTES = 100 * 1024
REQUESTS = 10


def test_the_next_item_is_painted_long_before_the_network_answers(project, annotator, page_of):
    """How long it takes is `bench/bench_screen.py`'s to say, on a machine that does nothing else."""
    queue = long_queue(project, 40)
    page = page_of(annotator)
    times = label_all(page, path(queue), 40)
    wait_saved(page)
    p95 = quantiles(times, n=100)[94]
    print(f"next item painted: p95 {p95:.1f} ms, worst {max(times):.1f} ms")
    assert len(times) == 39
    assert p95 < LATENCY / 2
    assert len(answers(queue)) == 40


def test_the_page_is_light(project, annotator, page_of, record_property):
    queue = make.queue(project, items=20)
    page = page_of(annotator)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path(queue))
    expect(page.locator(".label-item")).to_be_visible()
    page.wait_for_load_state("networkidle")
    record_property("bytes on the wire", sum(sizes))
    record_property("requests", len(sizes))
    print(f"labeling page: {sum(sizes) / 1024:.1f} kB in {len(sizes)} requests")
    assert sum(sizes) < BYTES
    assert len(sizes) <= REQUESTS
