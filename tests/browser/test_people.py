"""The pages of people in a real browser: link, menu, copy, confirm."""

import re

from playwright.sync_api import expect

from annotator.services import people
from tests import make


def path(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def test_from_the_link_to_a_project_and_its_first_key(page_of, window, transactional_db):
    page = page_of(None, path(people.signin_link(people.make_owner())), permissions=["clipboard-write"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are in no project yet.")).to_be_visible()

    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name", exact=True).fill("Shop assistant")
    page.get_by_role("button", name="Make the project").click()
    expect(page.get_by_role("heading", level=1, name="Shop assistant")).to_be_visible()

    page.get_by_role("link", name="API keys").click()
    page.get_by_label("Name", exact=True).fill("server")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#key")).to_contain_text("gnb_")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()


def test_a_form_proposes_the_time_zone_of_the_browser(page_of, transactional_db):
    page = page_of(make.user("nadia"), "/projects/new/", timezone_id="Asia/Seoul")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Seoul")


def test_revoking_asks_first(page_of, transactional_db):
    project = make.project()
    owner = make.member(project, "olivia", role="owner")
    make.api_key(project, name="old server")
    page = page_of(owner, "/p/shop/keys/")

    page.get_by_role("button", name="Revoke old server").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Revoke the key “old server”?")
    page.keyboard.press("Escape")
    expect(page.get_by_text("revoked")).to_have_count(0)

    page.get_by_role("button", name="Revoke old server").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("revoked")).to_be_visible()


def test_language_and_colours_in_the_menu(page_of, transactional_db):
    make.member(make.project(), "olivia", role="owner")
    from annotator.models import User

    page = page_of(User.objects.get(), "/p/shop/")
    page.get_by_text("olivia").first.click()
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("link", name="개요")).to_be_visible()
    assert page.url.endswith("/p/shop/")

    page.get_by_text("olivia").first.click()
    page.get_by_role("button", name="어둡게").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_menu_closes_by_escape_and_gives_the_focus_back(page_of, transactional_db):
    page = page_of(make.user("nadia"), "/")
    summary = page.locator(".menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="My account")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_first_tab_key_offers_to_skip_to_the_content(page_of, transactional_db):
    page = page_of(make.user("nadia"), "/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_page_left_open_says_when_nobody_is_signed_in_any_more(page_of, guard, transactional_db):
    guard.allow("401")
    page = page_of(make.user("nadia"), "/account/")
    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', '/health/', '#messages')")
    expect(page.get_by_text("You are signed out, perhaps in another tab.")).to_be_visible()
    assert page.url.endswith("/account/")
