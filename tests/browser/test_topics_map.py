"""The map of topics: by pointer and by keys, texts as texts, and no page but ours."""

from playwright.sync_api import expect

from drift.models import MapDot, Topic
from feedback.models import Interaction
from tests.browser import axe
from tests.drift import drifted, mapped

# Where a pointer is over a dot.
SOMEWHERE = """() => {
  const canvas = document.querySelector("canvas"), box = canvas.getBoundingClientRect();
  for (let clientY = box.y + 5; clientY < box.bottom; clientY += 8) {
    for (let clientX = box.x + 5; clientX < box.right; clientX += 8) {
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, pointerType: "mouse" }));
      if (canvas.style.cursor === "pointer") return [clientX, clientY];
    }
  }
}"""


def test_a_dot_is_found_by_keys_and_by_pointer_read_and_opened(project, viewer, page_of):
    space = drifted.space(project)
    mapped.plan(project, space)
    mapped.days(space, 3, (34, 24, 14), noise=4)
    mapped.fit(project)
    Topic.objects.filter(number=1).update(name="<b>Money</b>")
    Interaction.objects.update(input_preview="<img src=x onerror=alert(1)> my refund")
    page = page_of(viewer, "/p/shop/drift/topics/")
    expect(page.locator("[data-ready]")).to_have_attribute("data-ready", "228")
    told, canvas, tip = page.locator("#map-told"), page.locator("canvas"), page.locator(".map-tip")

    canvas.focus()
    page.keyboard.press("PageDown")  # the largest topic
    expect(told).to_contain_text("<b>Money</b>: <img src=x onerror=alert(1)> my refund")
    expect(tip).to_contain_text("<b>Money</b>")
    first = told.get_by_role("link", name="Open").get_attribute("href")
    page.keyboard.press("ArrowRight")
    expect(told.get_by_role("link", name="Open")).not_to_have_attribute("href", first)
    page.keyboard.press("PageDown")
    expect(told).not_to_contain_text("Money")
    expect(told.get_by_role("link", name="Its topic")).to_have_attribute(
        "href", f"/p/shop/drift/topics/{Topic.objects.get(number=2).pk}/"
    )
    page.keyboard.press("+")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.get_by_role("button", name="All", exact=True).click()

    Interaction.objects.all().delete()  # rotated away meanwhile
    page.reload()
    expect(page.locator("[data-ready]")).to_be_attached()
    page.mouse.move(*page.evaluate(SOMEWHERE))
    expect(told).to_contain_text("Its text is gone from the log.")
    assert axe.problems_in_both(page) == []


def test_enter_opens_the_interaction(project, viewer, page_of):
    space = drifted.space(project)
    mapped.plan(project, space)
    mapped.days(space, 3, (34, 24, 14))
    mapped.fit(project)
    page = page_of(viewer, "/p/shop/drift/topics/")
    expect(page.locator("[data-ready]")).to_be_attached()
    page.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#map-told").get_by_role("link", name="Open")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Input")).to_be_visible()
    assert MapDot.objects.filter(interaction=page.url.rstrip("/").rsplit("/", 1)[1]).exists()
