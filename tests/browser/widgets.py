"""Looking at what the widgets have sent, and waiting for it."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

LOST = r"Failed to load resource: net::ERR_"  # what the browser itself writes while a server is away
SECONDS = 40.0  # that only a failing test waits


def until(page: Page, now: Callable[[], Any], wanted: Any) -> None:
    """Wait until `now()` is what is wanted; the page lives on meanwhile."""
    end = time.monotonic() + SECONDS
    while now() != wanted and time.monotonic() < end:
        page.wait_for_timeout(20)
    found = now()
    assert found == wanted, f"{found} is not {wanted}"


def listen(page: Page, name: str) -> Callable[[], list[Any]]:
    """The details of the DOM events of that name, from now on."""
    page.evaluate(
        """name => { window[name] = []; document.addEventListener(name, e => window[name].push(e.detail)) }""",
        name,
    )
    return lambda: page.evaluate("name => window[name]", name)


def press(page: Page, name: str, within: str = "answer") -> None:
    page.locator(f"#{within}").get_by_role("button", name=name).click()
