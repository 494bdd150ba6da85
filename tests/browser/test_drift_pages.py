"""What of drift's pages needs a browser: the dots of the days, and a form that shows one kind without any script."""

from datetime import timedelta

from playwright.sync_api import expect

from tests.drift import drifted
from tests.drift.alerted import DAY

LIST = "/p/shop/drift/"


def test_a_dot_of_the_days_opens_its_day_by_pointer_and_by_key(page_of, project, owner):
    loud = DAY - timedelta(days=3)
    for back in range(6):
        day = DAY - timedelta(days=back)
        drifted.judged(project, day, p=0.001 if day == loud else 0.5, alarm=day == loud)
    page = page_of(owner, LIST)

    box = page.locator(".drift-dot .drift-hit").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**{LIST}{DAY - timedelta(days=5)}/")

    page.goto(LIST)
    page.get_by_role("link", name=f"{DAY:%A} {DAY.day} {DAY:%B %Y}", exact=True).focus()
    page.keyboard.press("Tab")  # the one day that stands out
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{loud}/")


def test_a_new_reference_asks_for_one_kind_without_any_script(page_of, project, owner):
    page = page_of(owner, f"{LIST}references/new/", java_script_enabled=False)
    expect(page.get_by_label("Column with the input")).to_be_visible()
    expect(page.get_by_label("Which part of it")).to_be_hidden()
    page.get_by_label("A version of a dataset").check()
    expect(page.get_by_label("Which part of it")).to_be_visible()
    expect(page.get_by_label("Column with the input")).to_be_hidden()
