"""Every page: axe finds nothing serious, in light and dark, and on a phone nothing scrolls sideways; nothing jumps
when late parts arrive."""

from tests.browser.axe import problems, problems_in_both
from tests.browser.pages import DESK, PAGES, PHONE, settled, too_wide
from tests.routes import path_of

SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""


def test_axe_finds_nothing_serious_in_light_or_dark_and_a_phone_shows_all(page_of, world, world_owner):
    """One walk for both: what takes long is to open each page."""
    page, wrong = page_of(world_owner, reduced_motion="reduce"), []
    for row in PAGES:
        settled(page, path_of(row.route, world.ids))
        wrong += problems_in_both(page)
        page.set_viewport_size(PHONE)
        if (found := too_wide(page, PHONE["width"])) is not None:
            wrong.append(f"{page.url} scrolls sideways: {found}")
        page.set_viewport_size(DESK)
    assert wrong == []


def test_what_nobody_sees_without_signing_in(page_of, guard, world):
    guard.allow("404", "410")
    page, wrong = page_of(None, reduced_motion="reduce"), []
    for path in ("/signin/", f"/signin/{world.ids['token']}/", "/signin/used/", "/nosuch/"):
        page.goto(path)
        wrong += problems_in_both(page)
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
