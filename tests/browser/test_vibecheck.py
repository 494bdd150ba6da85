"""The daily look, from the home page to the hand-over, and the rotation by keyboard."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from annotator.models import Label
from feedback import days
from feedback.models import VibeCheck
from feedback.queries.shifts import zone_of
from feedback.services import plans, vibecheck
from tests import make
from tests.browser.labeling import press, wait_saved
from tests.feedback import logged


def yesterdays_check(project, **given) -> VibeCheck:
    """30 interactions of yesterday, 6 drawn; the owner of the project is on shift."""
    now = datetime.now(UTC)
    day = days.day_of(now, zone_of(project)) - timedelta(days=1)
    logged.interactions(project, 30, at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), **given)
    plan = plans.ensure_plan(project, now=now)
    plan.sample_size = 6
    plan.save()
    return vibecheck.draw(project=project, day=day, now=now)


def test_ten_minutes_from_home_to_hand_over(project, owner, page_of):
    check = yesterdays_check(project)
    page = page_of(owner, "/")
    expect(page.get_by_text("0 of 6 answered")).to_be_visible()

    page.get_by_role("link", name="Start").click()
    for n, key in enumerate("ynyyys"):
        expect(page.locator("#progress")).to_have_text(f"{n + 1} of 6")
        press(page, key)
        if key == "n":
            press(page, "Enter")  # nothing to say of how it fails
    expect(page.get_by_text("1 of 5 not good; the day’s failure rate is about 20")).to_be_visible()
    note = page.get_by_label("Hand-over note")
    note.press_sequentially("yn? usually fine, you see")  # keys of the screen are letters here
    wait_saved(page)
    page.get_by_role("button", name="Hand over").click()

    expect(page.get_by_text("Handed over. Thank you for looking.")).to_be_visible()
    expect(page.locator(".check-words").get_by_text("yn? usually fine, you see")).to_be_visible()
    expect(page.get_by_text("5 of 6").first).to_be_visible()
    check.refresh_from_db()
    assert (check.note, check.finished_by) == ("yn? usually fine, you see", owner)
    assert Label.objects.filter(queue=check.queue).count() == 6
    page.goto("/")
    expect(page.get_by_text("No check is waiting for you.")).to_be_visible()


def test_a_note_that_is_typed_and_not_sent_is_there_again(project, owner, page_of):
    check = yesterdays_check(project)
    logged.answer(check.queue, owner, "y" * 6)
    page = page_of(owner, f"/p/shop/queues/{check.queue_id}/label/")
    note = page.get_by_label("Hand-over note")
    note.fill("Refunds were odd")
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    page.goto(f"/p/shop/checks/{check.day}/")
    expect(note).to_have_value("Refunds were odd")
    note.press_sequentially(", look again")
    page.goto(f"/p/shop/queues/{check.queue_id}/label/")
    expect(note).to_have_value("Refunds were odd, look again")
    page.get_by_role("button", name="Hand over").click()

    expect(page.get_by_text("Handed over. Thank you for looking.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('genba-note:'))") == []
    check.refresh_from_db()
    assert check.note == "Refunds were odd, look again"


def test_a_draft_never_overwrites_what_somebody_else_wrote_meanwhile(project, owner, page_of, guard):
    guard.allow("409")
    check = yesterdays_check(project)
    logged.answer(check.queue, owner, "y" * 6)
    page = page_of(owner, f"/p/shop/checks/{check.day}/")
    page.get_by_label("Hand-over note").fill("Mine")
    VibeCheck.objects.update(note="Theirs")
    page.reload()
    expect(page.get_by_label("Hand-over note")).to_have_value("Mine")

    page.get_by_role("button", name="Hand over").click()

    expect(page.get_by_text("Somebody else wrote a note meanwhile")).to_be_visible()
    expect(page.locator(".check-words").get_by_text("Theirs")).to_be_visible()
    expect(page.get_by_label("Hand-over note")).to_have_value("Mine")


def test_a_day_is_drawn_by_a_button_and_shows_itself(project, owner, page_of):
    day = datetime.now(UTC).date() - timedelta(days=3)
    logged.interactions(project, 4, at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    page = page_of(owner, f"/p/shop/checks/{day}/")

    page.get_by_role("button", name="Draw it now").click()
    expect(page.get_by_text("The check is being drawn…")).to_be_visible()
    vibecheck.draw(project=project, day=day, now=datetime.now(UTC))  # what the worker does

    expect(page.get_by_text("0 of 4").first).to_be_visible()


def test_the_rotation_is_ordered_by_keyboard(project, owner, page_of):
    for name in ("amir", "bea"):
        make.member(project, name)
    page = page_of(owner, "/p/shop/checks/plan/")
    names = page.locator(".rotation-name")

    for name in ("amir", "bea"):
        page.get_by_label("Add", exact=True).select_option(label=name)
        page.get_by_role("button", name="Add to the rotation").press("Enter")
        expect(names.last).to_contain_text(name)
    up = page.get_by_role("button", name="Move bea up")
    up.focus()
    page.keyboard.press("Enter")
    expect(names.nth(1)).to_contain_text("bea")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(names.first).to_contain_text("bea")
    expect(up).to_be_focused()

    page.get_by_role("button", name="put amir on shift today").press("Enter")
    expect(page.locator(".shifts li").first).to_contain_text("amir")
