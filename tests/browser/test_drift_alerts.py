"""An alert in the morning: looked at, its rows put in a queue, called expected, by keys too."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from annotator.models import Queue
from drift.models import DriftPlan
from drift.queries import taught
from drift.services import alerts
from tests.browser.axe import problems_in_both
from tests.browser.pages import settled, too_wide
from tests.drift import alerted
from tests.drift.alerted import DAY


def morning(project):
    """A new topic that all came with one prompt, and longer outputs; seen again on the day after."""
    DriftPlan.objects.create(project=project, starts_on=DAY)
    before = alerted.rows(project, DAY - timedelta(days=1), 40, name="old", prompt_version="11")
    kept = alerted.vectors(project, DAY - timedelta(days=1), before, axis=5)
    found = alerted.rows(
        project,
        DAY,
        12,
        name="topic",
        prompt_version="12",
        input_preview="what is my routing number for the savings account",
        output_preview="Your routing number is on the bottom left of each cheque.",
    )
    mine = alerted.vectors(project, DAY, found, axis=1)
    check = alerted.alarm(
        project,
        DAY,
        day_vectors=[one.pk for one in mine] * 8,
        baseline_vectors=[one.pk for one in kept] * 5,
    )
    alerted.group(check, found, axis=1)
    alerted.change(project, DAY)
    made = alerts.tell(check)
    alerts.tell(alerted.day_of_one_topic(project, DAY + timedelta(days=1)))
    return made


def test_from_an_alert_to_a_queue_to_expected(project, owner, page_of):
    made = morning(project)
    page = page_of(owner, "/p/shop/")
    page.get_by_role("link", name="1 open alert").click()
    expect(page.get_by_role("heading", name="Alert of Monday 23 November 2026")).to_be_visible()
    expect(page.get_by_text("before 0\u202f%")).to_be_visible()  # what they have in common came by itself
    assert problems_in_both(page) == []

    page.get_by_role("button", name=re.compile("Label these rows.*routing number")).click()
    expect(page.get_by_role("heading", name="Drift, Mon 23 Nov: routing, routing number")).to_be_visible()
    assert Queue.objects.get(origin="drift-alert").items.count() == 12

    settled(page, f"/p/shop/drift/alerts/{made.pk}/")
    expect(page.get_by_role("link", name=re.compile("Its queue.*routing number"))).to_be_visible()
    page.get_by_label("Note").fill("The bank’s letters went out.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    expect(page.get_by_text("The bank’s letters went out.")).to_be_visible()
    assert taught.days_left_out(project) == set()


def test_on_a_phone_nothing_sticks_out(project, owner, page_of):
    made = morning(project)
    page = page_of(owner, viewport={"width": 360, "height": 780})
    for path in ("/p/shop/drift/alerts/", f"/p/shop/drift/alerts/{made.pk}/"):
        settled(page, path)
        assert too_wide(page, 360) is None
        assert problems_in_both(page) == []
