"""Every page: axe finds nothing serious, in light and dark; nothing jumps when late parts arrive."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES, settled
from tests.routes import path_of

SERIOUS = {"serious", "critical"}
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""
CONTRAST_ONLY = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


def problems(page, options=None) -> list[str]:
    found = Axe().run(page, options=options or {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url} {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def test_axe_finds_nothing_serious_in_light_or_dark(page_of, guard, world, world_owner):
    page, wrong = page_of(world_owner, reduced_motion="reduce"), []
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


def test_nothing_jumps_when_late_parts_arrive(page_of, world, world_owner):
    page, jumps = page_of(world_owner), {}
    for path in ("/", "/p/shop/", "/p/shop/checks/", "/p/shop/log/"):
        settled(page, path)
        moved = page.evaluate(SHIFT)
        if moved > 0.05:
            jumps[path] = moved
    assert jumps == {}
