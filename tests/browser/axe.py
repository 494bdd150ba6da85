"""What axe finds wrong with a page, as far as it is serious."""

import functools
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
ALL: dict[str, Any] = {"resultTypes": ["violations"]}  # what is right is not written out
CONTRAST: dict[str, Any] = {**ALL, "runOnly": ["color-contrast"]}


def problems(page: Page, options: dict[str, Any] = ALL) -> list[str]:
    if not page.evaluate("'axe' in window"):  # half a megabyte, read once for each page that is opened
        page.evaluate(_script())
    violations = page.evaluate("how => axe.run(document, how).then(found => found.violations)", options)
    return [
        f"{page.url} {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in violations
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@functools.cache
def _script() -> str:
    script: str = Axe().axe_script
    return script


def problems_in_both(page: Page) -> list[str]:
    """In light, and what the dark colours change. Leaves the page in light, its motion reduced."""
    # A colour half way between light and dark is nobody's, and waiting for it may never end: what
    # changes inside a closed <details> goes on only while somebody asks after it.
    page.emulate_media(reduced_motion="reduce")
    found = problems(page)
    page.emulate_media(color_scheme="dark")
    found += problems(page, CONTRAST)
    page.emulate_media(color_scheme="light")
    return found
