"""The end of the day's check: the estimate when all is stored, and the hand-over note."""

from playwright.sync_api import expect

from feedback.models import VibeCheck
from tests.browser.labeling import back_online, path, press, wait_saved
from tests.feedback import logged


def test_the_days_estimate_and_the_note_come_at_the_end(project, owner, page_of, guard):
    guard.allow(r"Failed to load resource")
    logged.interactions(project, 30)
    logged.plan(project, owner, sample_size=5)
    queue = logged.check(project).queue
    page = page_of(owner, path(queue))
    for n in range(5):
        expect(page.locator("#progress")).to_have_text(f"{n + 1} of 5")
        if n == 4:
            page.route("**/api/v1/labels", lambda route: route.abort())
        press(page, "n" if n == 0 else "y")
        if n == 0:
            press(page, "Enter")  # nothing to say of how it fails
    expect(page.locator("#end-text")).to_have_text("Your last answers are on their way.")
    panel = page.locator("#end-panel")
    expect(panel).to_be_empty()  # an estimate without the last answer would be wrong

    page.unroute("**/api/v1/labels")
    back_online(page)
    wait_saved(page)
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    expect(panel).to_contain_text("%")
    panel.get_by_role("textbox").fill("Refunds are answered wrongly again.")
    panel.get_by_role("button", name="Hand over").click()
    page.wait_for_url("**/checks/**")
    assert VibeCheck.objects.get().note == "Refunds are answered wrongly again."
