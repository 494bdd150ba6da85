"""What axe finds wrong with a page, as far as it is serious."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
ALL: dict[str, Any] = {"resultTypes": ["violations"]}  # what is right is not written out
CONTRAST: dict[str, Any] = {**ALL, "runOnly": ["color-contrast"]}
# A colour half way between light and dark is nobody's. Two frames, for changes begin in the next.
SETTLED = """async () => {
  for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
  const changes = document.getAnimations().filter((one) => one instanceof CSSTransition); // these end
  await Promise.allSettled(changes.map((one) => one.finished));
}"""


def problems(page: Page, options: dict[str, Any] = ALL) -> list[str]:
    return [
        f"{page.url} {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in Axe().run(page, options=options).response["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def problems_in_both(page: Page) -> list[str]:
    """In light, and what the dark colours change. Leaves the page in light."""
    found = problems(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    found += problems(page, CONTRAST)
    page.emulate_media(color_scheme="light")
    page.evaluate(SETTLED)
    return found
