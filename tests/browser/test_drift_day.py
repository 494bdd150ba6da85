"""A day under alarm in the morning: from Drift to its group, its rows, a queue of them, and back; by keys, on a phone."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from annotator.models import Queue
from drift.models import BaselineKind, DriftPlan
from drift.services import alerts
from tests.browser.axe import problems_in_both
from tests.browser.pages import settled, too_wide
from tests.drift import alerted, drifted
from tests.drift import references as made
from tests.drift.alerted import DAY

DRIFT = "/p/shop/drift/"
ASKED = "what is my routing number for the savings account"
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsbetrieb" * 3


def morning(project, *, baseline=None, **more):
    """Eight inputs of a topic that is new."""
    DriftPlan.objects.get_or_create(project=project, defaults={"starts_on": DAY})
    before = alerted.rows(project, DAY - timedelta(days=1), 40, name="old")
    kept = alerted.vectors(project, DAY - timedelta(days=1), before, axis=5)
    found = alerted.rows(project, DAY, 8, name="topic", input=ASKED, input_preview=ASKED)
    mine = alerted.vectors(project, DAY, found, axis=1)
    check = alerted.alarm(
        project,
        DAY,
        rho=0.0025,
        baseline=baseline or {"days": {str(DAY - timedelta(days=1)): 200}},
        day_vectors=[one.pk for one in mine] * 10,
        baseline_vectors=[one.pk for one in kept] * 5,
        **more,
    )
    alerted.group(check, found, axis=1)
    return check


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """By keys alone: tabbed to and entered."""
    link = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first
    expect(link).to_be_visible()
    page.locator("#main").focus()
    for _tab in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_from_drift_to_the_rows_of_a_group_to_a_queue_and_back_by_keys(project, annotator, page_of):
    alerts.tell(morning(project))
    page = page_of(annotator, DRIFT)
    follow(page, "Monday 23 November 2026")
    expect(page.get_by_role("heading", name="Monday 23 November 2026")).to_be_visible()
    expect(page.get_by_text("80 inputs of the day were compared with 200 of 1 days before.")).to_be_visible()
    expect(page.get_by_role("link", name=ASKED)).to_have_count(5)

    follow(page, re.compile("3 more inputs"))
    expect(page.get_by_role("heading", name="routing, routing number")).to_be_visible()
    expect(page.get_by_role("link", name=ASKED)).to_have_count(8)
    follow(page, "Of the days before")
    expect(page.get_by_text("The days before have none like these.")).to_be_visible()
    follow(page, "Monday 23 November 2026")

    follow(page, "The alert of this day")
    follow(page, re.compile("Label these rows"))
    expect(page.get_by_role("heading", name="Drift, Mon 23 Nov: routing, routing number")).to_be_visible()
    assert Queue.objects.get(origin="drift-alert").items.count() == 8
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="What is behind it")).to_be_visible()


def test_on_a_phone_a_day_beside_an_eval_set_fits(project, owner, page_of):
    """With the longest word of a user, and an eval set that lacks the topic."""
    space = drifted.space(project)
    plan = made.plan(project, space)
    plan.baseline_kind = BaselineKind.REFERENCE
    plan.reference = made.of_version(project, ["refund please"], name=f"Eval set {LONG[:60]}")
    plan.save()
    told = {"id": str(plan.reference.pk), "name": plan.reference.name, "version": 1, "inputs": 240}
    check = morning(
        project,
        reference_vectors=list(range(240)),
        baseline={"kind": "reference", "days": {str(DAY - timedelta(days=1)): 200}, "reference": told},
    )
    check.groups.update(reference_rows=[], keywords=[LONG[:100], "routing"])
    alert = alerts.tell(check)
    page = page_of(owner, viewport={"width": 360, "height": 780})
    for path in (
        DRIFT,
        f"{DRIFT}{DAY}/",
        f"{DRIFT}{DAY}/1/",
        f"{DRIFT}baseline/",
        f"{DRIFT}alerts/{alert.pk}/",
    ):
        settled(page, path)
        assert too_wide(page, 360) is None, path
        assert problems_in_both(page) == [], path
    settled(page, f"{DRIFT}{DAY}/")
    expect(page.get_by_text("were compared with 240 of the reference “Eval set")).to_be_visible()
    expect(page.get_by_text("0 of 240")).to_be_visible()
