"""A rule for the text that is embedded is seen at work while it is typed."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from drift.models import DriftPlan
from tests.feedback import logged


def test_the_newest_inputs_follow_the_rule_as_it_is_typed(page_of, project, owner):
    form = {"question": {"text": "Where is my order?"}, "lang": "en"}
    logged.interactions(project, 2, at=timezone.now() - timedelta(hours=1), input=form)
    page = page_of(owner, "/p/shop/drift/settings/")
    preview = page.locator("#rule-preview")
    expect(preview).to_contain_text("Where is my order? en")
    page.get_by_label("A field of the object").check()
    page.get_by_label("Path of the field").press_sequentially("question.text")
    expect(preview.get_by_role("link", name="Where is my order?", exact=True)).to_have_count(2)
    expect(preview).not_to_contain_text("all texts stand in")
    assert DriftPlan.objects.get().rule == {}
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The days before are being embedded anew.")).to_be_visible()
    assert DriftPlan.objects.get().rule == {"kind": "field", "path": "question.text"}
