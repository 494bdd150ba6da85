"""Beside "no": how it fails, by keys; what it should have been; and the way back."""

from playwright.sync_api import expect

from feedback.models import Expectation, FailureMode, FailureModeVersion, InternAnswer, Sighting
from feedback.services import modes
from tests.browser.labeling import press, wait_saved
from tests.browser.test_vibecheck import yesterdays_check


def standing(queue) -> dict[str, set[str]]:
    """By external id, the names of the modes that stand."""
    found: dict[str, set[str]] = {}
    for row in Sighting.objects.filter(item__queue=queue, current=True, present=True).select_related(
        "mode", "item"
    ):
        found.setdefault(row.item.external_id, set()).add(row.mode.name)
    return found


def test_a_failure_is_named_by_keys_and_taken_back(project, owner, page_of):
    check = yesterdays_check(project)
    known = modes.named(project, "Invents a policy", owner)
    first, second = check.queue.items.order_by("position")[:2]
    page = page_of(owner, f"/p/shop/queues/{check.queue_id}/label/")
    progress, panel = page.locator("#progress"), page.get_by_role("group", name="How does it fail?")
    expect(progress).to_have_text("1 of 6")

    press(page, "n")
    expect(panel.get_by_role("button", name="Invents a policy")).to_be_visible()
    press(page, "1")
    expect(panel.get_by_role("button", name="Invents a policy")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("too long")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="too long")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Should have been")).to_be_focused()
    page.get_by_label("Should have been").fill("30 days.\nNo more.")
    page.keyboard.press("Enter")
    expect(progress).to_have_text("2 of 6")
    expect(panel).to_be_hidden()
    wait_saved(page)

    assert standing(check.queue) == {first.external_id: {"Invents a policy", "too long"}}
    assert Expectation.objects.get(item=first, current=True).text == "30 days.\nNo more."

    press(page, "u")  # back: nothing is said of it any more, but it is there to be said again
    expect(progress).to_have_text("1 of 6")
    wait_saved(page)
    assert standing(check.queue) == {}
    press(page, "n")
    expect(panel.get_by_role("button", name="too long")).to_have_attribute("aria-pressed", "true")
    press(page, "1")
    page.keyboard.press("Enter")
    expect(progress).to_have_text("2 of 6")

    press(page, "n")
    press(page, "Escape")  # not so bad after all
    expect(panel).to_be_hidden()
    press(page, "y")
    expect(progress).to_have_text("3 of 6")
    wait_saved(page)
    assert standing(check.queue) == {first.external_id: {"too long"}}
    assert second.labels.get().answer == "yes"
    assert set(FailureMode.objects.values_list("name", flat=True)) == {known.name, "too long"}


def test_half_of_it_is_there_after_a_reload_and_the_intern_is_asked(project, owner, page_of):
    check = yesterdays_check(project)
    project.vibe_plan.intern_test = True
    project.vibe_plan.save()
    page = page_of(owner, f"/p/shop/queues/{check.queue_id}/label/")
    expect(page.locator("#progress")).to_have_text("1 of 6")
    press(page, "n")
    page.get_by_label("Not without knowledge").check()
    page.get_by_label("Should have been").fill("Ask first.")
    page.reload()
    expect(page.locator("#progress")).to_have_text("1 of 6")

    press(page, "n")
    expect(page.get_by_label("Should have been")).to_have_value("Ask first.")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#progress")).to_have_text("2 of 6")
    wait_saved(page)

    assert InternAnswer.objects.get(current=True).answer == "knowledge"
    assert Expectation.objects.get(current=True).text == "Ask first."


def test_where_no_more_can_be_named_the_panel_says_what_to_do(project, owner, page_of):
    check = yesterdays_check(project)
    known = [
        FailureMode(project=project, name=f"Kind {n:03}", created_by=owner) for n in range(modes.MOST - 1)
    ]
    FailureModeVersion.objects.bulk_create(
        FailureModeVersion(mode=mode, number=1, name=mode.name, created_by=owner)
        for mode in FailureMode.objects.bulk_create(known)
    )
    page = page_of(owner, f"/p/shop/queues/{check.queue_id}/label/")
    expect(page.locator("#progress")).to_have_text("1 of 6")
    press(page, "n")
    find, line = page.get_by_label("Find or name a failure mode"), page.locator("#beside-full")

    for name in ("Fits", "Kin"):  # the first is the last one that there is room for
        expect(line).to_be_hidden()
        find.fill(name)
        page.keyboard.press("Enter")
    expect(line).to_contain_text("“Kin” cannot be added: there are 500 failure modes")
    expect(line.get_by_role("link")).to_have_attribute("href", "/p/shop/modes/")
    expect(find).to_have_value("Kin")
    find.fill("Kind 007")
    expect(line).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(page.locator("#progress")).to_have_text("2 of 6")
    wait_saved(page)
    (standing_on_it,) = standing(check.queue).values()
    assert standing_on_it == {"Fits", "Kind 007"}


def test_on_a_phone_the_output_stays_in_sight_while_its_failure_is_named(project, owner, page_of):
    """Its beginning, then its end by scrolling; and back where one was."""
    given = {"input": "Where is my order? " * 15, "output": "It left us on Monday. " * 40}
    check = yesterdays_check(project, **given)
    for n in range(9):
        modes.named(project, f"Fails in way number {n}", owner)
    phone = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
    page = page_of(owner, f"/p/shop/queues/{check.queue_id}/label/", **phone)
    expect(page.locator("#progress")).to_have_text("1 of 6")

    def box(of: str) -> tuple[float, float]:
        found = page.locator(of).bounding_box()
        return found["y"], found["y"] + found["height"]

    before = page.evaluate("scrollY")
    page.wait_for_timeout(200)  # a tap before one can have seen the item is no answer
    page.locator("[data-action=no]").click()
    expect(page.locator("#beside")).to_be_visible()
    (_top, head), (panel, _bottom), (top, _end) = box("#head"), box("#beside"), box("[data-part=output]")
    assert head <= top <= head + 20
    assert panel - top > 120  # four lines and more
    assert box("#beside-done")[1] <= box("#foot")[0]  # and the way on

    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert head < box("[data-part=output]")[1] <= panel
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("button", name="Back to the output").click()
    expect(page.locator("#beside")).to_be_hidden()
    assert page.evaluate("scrollY") == before
