"""A log file through the page, and the API's description, in a real browser."""

from annotator.jobs import runner
from annotator.models import Job
from feedback.models import Interaction
from tests import make
from tests.browser.axe import problems

LINES = 'id,occurred_at,prompt,Response\n1,2026-11-20 09:30,"Where is <b>it</b>?",Soon\n2,never,Hm?,Oh\n'


def test_a_csv_is_uploaded_mapped_and_read(window, owner, tmp_path):
    page = window(owner).new_page()
    file = tmp_path / "calls.csv"
    file.write_text(LINES)

    page.goto("/p/shop/log/import/")
    assert problems(page) == []
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    assert page.get_by_label("prompt").input_value() == "input"
    assert page.get_by_label("Response").input_value() == "output"
    assert page.get_by_text("Where is <b>it</b>?").is_visible()
    assert problems(page) == []
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("You may close this page").wait_for()

    runner.run(Job.objects.get().pk, queue="default")

    page.get_by_text("Line 3").wait_for()
    assert problems(page) == []
    assert page.get_by_role("link", name="Download the refused lines").is_visible()
    assert Interaction.objects.count() == 1


def test_the_api_describes_itself_and_can_be_tried_with_a_key(window, project):
    page = window(None).new_page()
    page.goto("/api/v1/docs")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(make.api_key(project))
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").last.click()
    page.get_by_text("Log interactions").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table").get_by_text('"accepted"').first.wait_for()
    assert Interaction.objects.get().external_id == "call-8127"
