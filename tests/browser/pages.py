"""The walk over every page that a person sees, for the tests that look at all of them."""

from playwright.sync_api import Page, ViewportSize, expect

from tests.routes import rows

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
# Files, JSON and fragments are no pages.
NO_PAGES: tuple[str, ...] = (
    "export.jsonl",
    "results.csv",
    "results.json",
    "<str:name>",
    "session/",
    "healthz",
    "health/",
    "api/",
    "rejects.jsonl",
    "/end/",
)
NO_PAGES += ("panel/", "checks/mine/", "/order/", "agreement/", "/raters/", "adjudication/")
NO_PAGES += ("/alike/", "/said/")
NO_PAGES += ("alerts.csv", "alerts.jsonl", "/in-common/", "/strip/")
NO_PAGES += (".ics", "panel/", "checks/mine/", "/order/", "agreement/", "/raters/", "adjudication/")
NO_PAGES += ("drift/settings/preview/",)
NO_PAGES += ("/dots/", "dots/<uuid:interaction_id>/")
NO_PAGES += ("datasets/preview/", "/format/", "/download/", "/archive/")
NO_PAGES += ("/structure/",)
PAGES = [
    row
    for row in rows()
    if row.method == "GET" and row.expected["owner"] in {"200", "302"} and not row.route.endswith(NO_PAGES)
    if "api/" not in row.route
]
WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-wrap, .tabs, pre, dialog"))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""


def settled(page: Page, path: str) -> None:
    """Open a page and wait for the parts that come by themselves."""
    page.goto(path)
    expect(page.locator(".htmx-request")).to_have_count(0)


def too_wide(page: Page, width: int) -> list[str] | None:
    """What sticks out of a window of that width; None where nothing scrolls sideways."""
    if page.evaluate("document.documentElement.scrollWidth") <= width:
        return None
    found: list[str] = page.evaluate(WIDE)
    return found
