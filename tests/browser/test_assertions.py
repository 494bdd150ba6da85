"""From a failed item to an assertion, in a real browser, on a phone and by keyboard."""

from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import too_wide
from tests.feedback.asserted import labelled

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def test_from_a_failed_item_to_an_assertion(project, owner, page_of, transactional_db):
    queue = labelled(
        project,
        owner,
        bad=["I'm sorry, but I can't help with that."] * 3 + ["It is blue."],
        good=["It comes on Monday.", "Yes, until Friday."],
        feature="orders",
    )
    item = queue.items.order_by("position").first()
    page = page_of(owner, reverse("queue-item", args=["shop", queue.pk, item.pk]), **PHONE)
    page.get_by_role("link", name="Make an assertion").click()
    page.get_by_role("link", name="No refusal").click()
    expect(page.get_by_label("orders")).to_be_checked()
    page.get_by_label("Name", exact=True).fill("Answers")
    assert problems(page) == []
    page.get_by_role("button", name="Try it on what is labelled").focus()
    page.keyboard.press("Enter")

    tried = page.locator("#dry-run")
    expect(tried).to_contain_text("3 of 4 bad items")
    expect(tried).to_contain_text("0 of 2 good items")
    expect(tried).to_be_in_viewport()
    assert problems(page) == []
    assert too_wide(page, 360) is None
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name="Answers")).to_be_visible()
    expect(page.get_by_text("Version 1 runs on what arrives from now on.")).to_be_visible()
    assert problems(page) == []
    assert too_wide(page, 360) is None
