"""Every page: axe finds nothing serious, in light and dark; nothing scrolls sideways on a phone;
nothing jumps when late parts arrive; the keyboard reaches everything."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import world as worlds
from tests.routes import path_of, rows

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
PAGES = [
    row
    for row in rows()
    if row.method == "GET" and row.expected["owner"] in {"200", "302"} and not row.route.endswith(NO_PAGES)
    if "api/" not in row.route
]
SERIOUS = {"serious", "critical"}
WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-wrap, .tabs, pre, dialog"))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""
CONTRAST_ONLY = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


@pytest.fixture
def world(transactional_db):
    return worlds.build()


@pytest.fixture
def owner(world):
    from annotator.models import User

    return User.objects.get(username="owner")


def settled(page, path: str) -> None:
    """Open a page and wait for the parts that come by themselves."""
    page.goto(path)
    expect(page.locator(".htmx-request")).to_have_count(0)


def problems(page, options=None) -> list[str]:
    found = Axe().run(page, options=options or {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url} {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def test_axe_finds_nothing_serious_in_light_or_dark(page_of, guard, world, owner):
    page, wrong = page_of(owner, reduced_motion="reduce"), []
    for row in PAGES:
        settled(page, path_of(row.route, world.ids))
        wrong += problems(page)
        page.emulate_media(color_scheme="dark")
        wrong += problems(page, CONTRAST_ONLY)
        page.emulate_media(color_scheme="light")
    assert wrong == []


def test_what_nobody_sees_without_signing_in(page_of, guard, world):
    guard.allow("404", "410")
    page, wrong = page_of(None, reduced_motion="reduce"), []
    for path in ("/signin/", f"/signin/{world.ids['token']}/", "/signin/used/", "/nosuch/"):
        page.goto(path)
        wrong += problems(page)
        page.emulate_media(color_scheme="dark")
        wrong += problems(page, CONTRAST_ONLY)
        page.emulate_media(color_scheme="light")
    page.goto("/signin/")
    page.get_by_text("Language and colours").locator("..").click()
    wrong += problems(page)
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_scrolls_sideways_on_a_phone(page_of, guard, world, owner, language):
    owner.language = language
    owner.save()
    page, wrong = page_of(owner, viewport={"width": 360, "height": 740}), {}
    for row in PAGES:
        settled(page, path_of(row.route, world.ids))
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wrong[page.url] = page.evaluate(WIDE)
    assert wrong == {}


def test_nothing_jumps_when_late_parts_arrive(page_of, world, owner):
    page, jumps = page_of(owner), {}
    for path in ("/", "/p/shop/", "/p/shop/checks/", "/p/shop/log/"):
        settled(page, path)
        moved = page.evaluate(SHIFT)
        if moved > 0.05:
            jumps[path] = moved
    assert jumps == {}


def test_thumbs_hit_what_they_aim_at(page_of, world, owner):
    """Buttons and fields are at least 44 px high where the pointer is a finger."""
    page, small = page_of(owner, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True), []
    for path in ("/", "/p/shop/", "/p/shop/members/", "/p/shop/keys/", "/account/", "/p/shop/log/"):
        settled(page, path)
        small += page.evaluate(
            """() => [...document.querySelectorAll("button, .button, input:not([type=checkbox], [type=radio],"
              + "[type=hidden]), select, textarea, .tabs a, summary")]
              .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
              .map(e => location.pathname + " " + e.outerHTML.slice(0, 100))"""
        )
    assert small == []
