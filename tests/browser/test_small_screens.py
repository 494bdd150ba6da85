"""On a phone: what is judged is in reach, what is cut says so, tables are cards."""

import pytest
from playwright.sync_api import Page, expect

from annotator.models import Queue
from annotator.services import queues
from tests import make
from tests.annotator import asking
from tests.browser.axe import problems
from tests.browser.labeling import open_screen, path, press, wait_for_item
from tests.browser.test_label_adjudicate import disputed, see_others
from tests.browser.test_vibecheck import yesterdays_check

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LONG = "A long line of text. " * 500


def queue_of(project, *items: dict) -> Queue:
    queue = make.queue(project, items=0)
    queues.add_items(queue, (queues.NewItem(external_id=f"i{n}", **item) for n, item in enumerate(items)))
    return queue


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"]


def test_beside_a_long_input_the_output_is_in_reach(project, annotator, page_of):
    queue = queue_of(project, {"input": LONG, "output": "Short."}, {"input": "Short.", "output": LONG})
    page = page_of(annotator, path(queue), **PHONE)
    given = page.get_by_role("region", name="Input")
    expect(given).to_be_visible()
    expect(given).to_have_attribute("tabindex", "0")
    assert given.bounding_box()["height"] <= 740 * 0.4 + 1
    expect(page.locator("#stage [data-part=output]")).to_be_in_viewport(ratio=1)
    assert problems(page) == []

    given.evaluate("box => { box.scrollTop = 400; }")
    press(page, "r")
    page.wait_for_timeout(100)
    assert 300 < page.locator("#stage [data-part=input]").evaluate("box => box.scrollTop") < 500
    press(page, "y")
    expect(page.locator("#stage [data-part=input]")).to_have_text("Short.")
    expect(page.get_by_role("region", name="Input")).to_have_count(0)
    assert page.locator("#stage [data-part=input]").get_attribute("tabindex") is None


def test_a_desk_scrolls_the_input_with_the_page(project, annotator, page_of):
    page = page_of(annotator, path(queue_of(project, {"input": LONG, "output": "Short."})))
    expect(page.locator("#stage [data-part=output]")).to_have_text("Short.")
    page.wait_for_timeout(100)
    assert page.locator("#stage [data-part=input]").bounding_box()["height"] > 1000
    assert page.locator("#stage [data-part=input]").get_attribute("tabindex") is None


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
def test_without_an_input_there_is_only_the_output(project, annotator, page_of, device):
    queue = queue_of(project, {"input": None, "output": "First."}, {"input": "", "output": None})
    page = page_of(annotator, path(queue), **device)
    expect(page.locator("#stage [data-part=output]")).to_have_text("First.")
    expect(page.locator("#stage .label-input")).to_have_count(0)
    expect(page.locator("#stage")).not_to_contain_text("No output")
    press(page, "y")
    expect(page.locator("#stage [data-part=output]")).to_have_text("No output")
    expect(page.locator("#stage .label-input")).to_have_count(0)


def test_documents_come_before_the_output(project, annotator, page_of):
    item = {"input": "In", "output": "Out", "context": ["Document"]}
    page = page_of(annotator, path(queue_of(project, item)), **PHONE)
    expect(page.locator("#stage [data-part=output]")).to_have_text("Out")
    order = [top(page, f"#stage [data-part={part}]") for part in ("input", "context", "output")]
    assert order == sorted(order)


def test_what_others_said_takes_little_room_and_can_be_opened(project, owner, page_of):
    ada, ben = make.member(project, "ada"), make.member(project, "ben")
    queue = asking.chain_queue(project, {"key": "good"}, items=2, overlap=2)
    deciding = disputed(project, queue, people=(ada, ben), answers=("yes", "no"))
    Queue.objects.filter(pk=deciding.pk).update(marks=True)
    page = page_of(owner, path(deciding), **PHONE)
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 0")
    page.get_by_role("button", name="Mark").tap()
    expect(page.locator("#told")).to_be_visible()
    page.wait_for_timeout(200)
    page.locator("[data-action=yes]").tap()
    see_others(page, 2)
    expect(page.locator("#told")).to_be_hidden()
    band = page.locator(".label-over").bounding_box()["height"]
    assert band < 740 / 8
    assert problems(page) == []

    page.get_by_role("button", name="More").tap()
    expect(page.locator("#others-how")).to_be_visible()
    assert page.locator(".label-over").bounding_box()["height"] > band
    page.get_by_role("button", name="Keep mine").tap()
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 1")


def test_the_current_tab_is_in_sight_and_a_cut_one_is_shaded(project, owner, page_of):
    page = page_of(owner, "/p/shop/settings/", **PHONE)
    current = page.locator(".tabs [aria-current]")
    expect(current).to_be_in_viewport(ratio=1)
    assert page.locator(".tabs").evaluate("tabs => tabs.scrollWidth > tabs.clientWidth")
    layers = page.locator(".tabs").evaluate("tabs => getComputedStyle(tabs).backgroundAttachment")
    assert "local" in layers
    assert problems(page) == []


def test_tables_of_progress_and_agreement_are_cards(project, owner, annotator, page_of):
    queue = make.queue(project, items=2, overlap=2)
    for person in (owner, annotator):
        page = open_screen(page_of(person), queue)
        press(page, "y", then=1)
        press(page, "y")
        expect(page.locator("#end")).to_be_visible()
        expect(page.locator("#saved")).to_have_text("All saved")
    page = page_of(owner, f"/p/shop/queues/{queue.pk}/", **PHONE)
    for more, name in (("", "Answers"), ("quality/", "Shared items")):
        page.goto(f"/p/shop/queues/{queue.pk}/{more}")
        cell = page.locator(f".stacked td[data-label='{name}']").first
        expect(cell).to_be_visible()
        assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == f'"{name}"'
        assert page.locator(".table-wrap").first.evaluate("box => box.scrollWidth <= box.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert problems(page) == []


def test_the_state_of_saving_stays_readable_for_those_who_listen(project, annotator, page_of):
    page = open_screen(page_of(annotator, **PHONE), make.queue(project, items=2))
    wait_for_item(page, 0)
    expect(page.locator("#saved")).to_have_text("All saved")
    expect(page.locator("#saved")).to_be_visible()
    expect(page.get_by_role("button", name="Raw")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_field_that_was_refused_is_in_sight(project, owner, page_of, guard):
    guard.allow("422")
    yesterdays_check(project)
    page = page_of(owner, "/p/shop/checks/calendar/", **PHONE)
    page.get_by_label("First day away").fill("2036-03-05")
    page.get_by_label("Last day away").fill("2036-03-03")
    page.locator("#away").get_by_role("button", name="Save").click()

    expect(page.get_by_text("The last day is before the first.")).to_be_in_viewport()
    expect(page.get_by_label("Last day away")).to_be_focused()
