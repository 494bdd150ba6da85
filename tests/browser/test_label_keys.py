"""Other keys for the same work: chosen per person, refused where they would clash."""

from playwright.sync_api import Locator, Page, expect

from tests import make
from tests.annotator import asking
from tests.browser.labeling import answers, open_screen, press, wait_for_item, wait_saved
from tests.browser.pairs import open_pairs, wait_for_pair


def opened(page: Page) -> Locator:
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    return dialog


def choose(page: Page, what: str, key: str) -> None:
    page.get_by_role("button", name=f"Change the key: {what}").click()
    page.keyboard.press(key)


def test_a_chosen_key_answers_and_is_what_the_button_shows(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    dialog = opened(page)
    choose(page, "Yes, and on to the next", "j")
    expect(page.locator("#keys-said")).to_have_text("J now does: Yes, and on to the next")
    dialog.get_by_role("button", name="Back to work").click()
    yes = page.locator("[data-action=yes]")
    expect(yes.locator("kbd")).to_have_text("J")
    expect(yes).to_have_attribute("aria-keyshortcuts", "j ArrowRight")
    press(page, "y")
    wait_for_item(page, 0)  # the old key is free
    press(page, "j", then=1)
    press(page, "ArrowRight", then=2)

    page.reload()
    wait_for_item(page, 2)
    expect(yes.locator("kbd")).to_have_text("J")
    wait_saved(page)
    opened(page).get_by_role("button", name="The usual keys again").click()
    expect(page.locator("#keys-said")).to_have_text("All keys are as they were.")
    expect(page.get_by_role("button", name="The usual keys again")).to_be_hidden()
    press(page, "?")
    press(page, "y")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    assert [answer for _, answer in answers(queue)] == ["yes"] * 3


def test_a_key_that_is_taken_or_reserved_is_refused_with_the_reason(project, annotator, page_of):
    page = open_screen(page_of(annotator), make.queue(project, items=2))
    opened(page)
    said = page.locator("#keys-said")
    choose(page, "Yes, and on to the next", "n")
    expect(said).to_have_text("N is taken: No, and on to the next. Press another one.")
    for key, shown in (
        ("ArrowLeft", "←"),
        ("Space", "Space"),
        ("Tab", "TAB"),
        ("Enter", "ENTER"),
        ("3", "3"),
    ):
        page.keyboard.press(key)
        expect(said).to_contain_text(shown)
        expect(said).not_to_contain_text("now does")
    page.keyboard.press("Control+j")
    expect(said).to_contain_text("cannot be chosen")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()  # it left the choice only
    expect(said).to_have_text("")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    press(page, "y", then=1)


def test_keys_are_one_persons_and_hold_in_queues_of_both_kinds(project, annotator, owner, window):
    binary, pairs = make.queue(project, items=2), asking.pair_queue(project, items=2)
    browser = window(annotator)
    page = open_screen(browser.new_page(), binary)
    opened(page)
    choose(page, "Skip: leave it to somebody else", "d")
    expect(page.locator("#keys-said")).to_contain_text("D is taken: Show or hide where the two texts differ")
    page.keyboard.press("o")
    expect(page.locator("#keys-said")).to_have_text("O now does: Skip: leave it to somebody else")
    page.close()

    page = open_pairs(browser.new_page(), pairs)
    expect(page.locator("[data-action=skip] kbd")).to_have_text("O")
    press(page, "o")
    wait_for_pair(page, 1)

    other = open_screen(window(owner).new_page(), make.queue(project, items=1, name="Other"))
    expect(other.locator("[data-action=skip] kbd")).to_have_text("S")


def test_what_is_kept_in_the_browser_may_be_broken(project, annotator, page_of):
    page = page_of(annotator, "/account/")
    page.evaluate("id => localStorage.setItem(`genba-keys:${id}`, '{broken')", str(annotator.pk))
    open_screen(page, make.queue(project, items=1))
    expect(page.locator("[data-action=yes] kbd")).to_have_text("Y")
    page.evaluate(
        """id => localStorage.setItem(`genba-keys:${id}`, '{"yes": "Tab", "no": 7}')""", str(annotator.pk)
    )
    page.reload()
    wait_for_item(page, 0)
    expect(page.locator("[data-action=yes] kbd")).to_have_text("Y")
