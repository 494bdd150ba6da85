"""A job watched in the browser, and what the page says when nobody works."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from annotator.jobs import heart
from annotator.models import Job, JobState
from tests import make
from tests.browser.axe import problems, problems_in_both


@pytest.fixture
def running(project, owner):
    later = timezone.now() + timedelta(minutes=5)
    return make.job(
        project,
        kind="annotator.tidy",
        asked_by=owner,
        state=JobState.LEASED,
        attempts=1,
        lease_until=later,
        done=10,
        total=40,
    )


def test_progress_moves_by_itself_and_ends_with_the_right_button(running, owner, page_of):
    page = page_of(owner, reverse("job", args=["shop", running.pk]))
    expect(page.locator("#live")).to_contain_text("10 of 40 (25 %)")
    page.get_by_role("button", name="Cancel").focus()

    Job.objects.update(done=30)
    expect(page.locator("#live")).to_contain_text("30 of 40 (75 %)")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()

    Job.objects.update(state=JobState.FAILED, error="The disk is full.", lease_until=None)
    expect(page.locator("#live")).to_contain_text("The disk is full.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.locator("#outcome")).to_contain_text("Failed")

    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_timeout(1500)
    assert requests == []


def test_the_pages_fit_a_phone_and_a_screen_reader(running, project, owner, page_of):
    make.job(project, state=JobState.FAILED, error="A" * 200)
    page = page_of(owner, viewport={"width": 360, "height": 700})
    for path in (reverse("jobs", args=["shop"]), reverse("job", args=["shop", running.pk])):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert problems_in_both(page) == []


def test_the_strip_is_not_there_until_there_is_something_to_say(owner, page_of):
    for sign in ("worker:default", "worker:suggest", "beat"):
        heart.note(sign)
    page = page_of(owner, reverse("jobs", args=["shop"]))
    strip = page.locator(".health")
    expect(strip).to_be_empty()
    expect(strip).to_be_hidden()

    heart.note("schedule:vibe checks")
    page.reload()
    expect(strip).to_contain_text("The schedule “vibe checks” fails")
    strip.locator("summary").click()
    expect(strip.get_by_text("The worker's log says why.")).to_be_visible()
    assert problems(page) == []
