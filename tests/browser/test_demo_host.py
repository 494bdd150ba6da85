"""The demo's other product: both pages work with Genba and without, and look right to everybody."""

import threading
from wsgiref.simple_server import make_server

import pytest
from playwright.sync_api import expect

from feedback.demo.host.__main__ import Quiet, Server
from feedback.demo.host.app import Shop
from feedback.demo.host.genba import Genba
from tests.browser.axe import problems_in_both
from tests.browser.pages import too_wide
from tests.browser.recorder import KEY
from tests.browser.widgets import LOST, until

PAN = "Kitchen > Pots and pans > Cast-iron pans"
ANSWER = {
    "value": PAN,
    "confidence": 0.83,
    "alternatives": [{"value": "Kitchen > Pots and pans > Woks", "confidence": 0.07}],
    "reason": None,
}


@pytest.fixture
def shop(genba, guard):
    """Its address."""
    with make_server("127.0.0.1", 0, Shop(Genba(genba.url, KEY)), Server, Quiet) as server:
        address = f"http://localhost:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        genba.origins.add(address)
        guard.also(address)
        yield address
        server.shutdown()


def test_a_product_and_an_answer(page_of, shop, genba, guard):
    guard.allow(LOST)
    genba.suggesting = ANSWER
    page = page_of(None, shop)
    page.get_by_label("Name").fill("Skillet")
    page.locator("[part=accept]").click()
    until(page, lambda: genba.said("suggestion"), ["shown", "accepted"])
    page.locator("summary").click()
    expect(page.locator("#sent li").first).to_contain_text("arrived")
    wrong = problems_in_both(page)
    page.get_by_role("button", name="Put it on the shelf").click()
    expect(page.locator(".products")).to_contain_text(PAN)

    page.get_by_role("link", name="Ask Oak").click()
    page.wait_for_function("() => document.querySelector('genba-feedback').getAttribute('token')")
    first = page.locator("#answer").inner_text()
    page.get_by_role("button", name="New answer").click()
    expect(page.locator("#answer")).not_to_have_text(first)
    page.get_by_role("button", name="Good answer").click()
    page.locator("summary").click()
    expect(page.locator("#sent")).to_contain_text("regenerated")
    expect(page.locator("#sent li").first).to_contain_text("thumbs_up")
    wrong += problems_in_both(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert [too_wide(page, 360), page.goto(shop) and too_wide(page, 360)] == [None, None]
    assert wrong == []

    genba.stop()
    page.get_by_label("Name").fill("Wok")
    page.get_by_label("Category").select_option("Kitchen > Pots and pans > Woks")
    page.get_by_role("button", name="Put it on the shelf").click()
    expect(page.locator(".products")).to_contain_text("Wok")
    genba.start()
