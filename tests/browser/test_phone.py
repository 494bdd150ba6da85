"""Every page on a phone: nothing scrolls sideways, and thumbs hit what they aim at."""

from tests.browser.pages import PAGES, PHONE, settled, too_wide
from tests.routes import path_of


def test_nothing_scrolls_sideways_on_a_phone_in_korean(page_of, world, world_owner):
    """In English the walk with axe looks at it, in `test_accessibility`."""
    world_owner.language = "ko"
    world_owner.save()
    page, wrong = page_of(world_owner, viewport=PHONE), {}
    for row in PAGES:
        settled(page, path_of(row.route, world.ids))
        if (found := too_wide(page, PHONE["width"])) is not None:
            wrong[page.url] = found
    assert wrong == {}


def test_thumbs_hit_what_they_aim_at(page_of, world, world_owner):
    """Buttons and fields are at least 44 px high where the pointer is a finger."""
    page, small = page_of(world_owner, viewport=PHONE, has_touch=True, is_mobile=True), []
    for path in ("/", "/p/shop/", "/p/shop/members/", "/p/shop/keys/", "/account/", "/p/shop/log/"):
        settled(page, path)
        small += page.evaluate(
            """() => [...document.querySelectorAll("button, .button, input:not([type=checkbox], [type=radio],"
              + "[type=hidden]), select, textarea, .tabs a, summary")]
              .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
              .map(e => location.pathname + " " + e.outerHTML.slice(0, 100))"""
        )
    assert small == []
