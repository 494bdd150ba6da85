"""What is being read stays in sight: beside a note, a guideline, on a phone, and at the end."""

import pytest
from playwright.sync_api import Page, expect

from annotator.models import Project, Queue
from annotator.services import queues
from tests import make
from tests.browser.labeling import open_screen, path, press, wait_for_item

DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
GUIDELINE = "\n\n".join(f"Yes if rule {n} is kept." for n in range(6))


TEXT = "A long line of text. " * 1500


def long_of(project: Project, output: str) -> Queue:
    question = queues.set_question(
        project=project, key="good", text="Is it good?", guideline=GUIDELINE
    ).question
    queue = queues.make_queue(project=project, name="Long", questions=[question])
    queues.add_items(
        queue, (queues.NewItem(external_id=f"i{n}", input=TEXT, output=output) for n in range(2))
    )
    return queue


@pytest.fixture
def long_queue(project):
    """Two items of many screens, with a short output to compare them with."""
    return long_of(project, "Short.")


def open_long(page: Page) -> None:
    expect(page.locator("#progress")).to_have_text("1 of 2")
    page.wait_for_timeout(200)


def scrolled(page: Page) -> int:
    """Where the page is, once it rests there."""
    page.wait_for_timeout(250)
    return round(page.evaluate("window.scrollY"))


def scroll(page: Page, to: int) -> None:
    page.evaluate("(top) => window.scrollTo({ top, behavior: 'instant' })", to)
    assert scrolled(page) == to


@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("at", [0, 200, 900])
def test_a_note_moves_nothing(project, annotator, page_of, device, at):
    queue = long_of(project, "Short." if device is DESK else TEXT)  # on a phone the input scrolls by itself
    page = page_of(annotator, path(queue), **device)
    open_long(page)
    scroll(page, at)
    press(page, "e")
    assert scrolled(page) == at
    page.keyboard.type("the third sentence is wrong, and the fifth says the opposite of it ")
    assert scrolled(page) == at
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("more")
    assert scrolled(page) == at
    expect(page.get_by_label("Note on this item")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    assert scrolled(page) == at


def test_walking_through_the_buttons_moves_nothing(long_queue, annotator, page_of):
    page = page_of(annotator, path(long_queue))
    open_long(page)
    scroll(page, 500)
    page.locator("[data-action=no]").evaluate("button => button.focus({ preventScroll: true })")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert scrolled(page) == 500


def top_and_bottom(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


def test_an_open_guideline_covers_nothing_and_escape_closes_it(long_queue, annotator, page_of):
    page = page_of(annotator, path(long_queue))
    open_long(page)
    press(page, "g")
    expect(page.locator("#guideline")).to_be_visible()
    scroll(page, 900)
    assert top_and_bottom(page, ".label-output")[0] >= top_and_bottom(page, "#head")[1]
    expect(page.locator(".label-output .card")).to_be_in_viewport(ratio=1)

    press(page, "Escape")
    expect(page.locator("#guideline")).to_be_hidden()
    expect(page.locator("#guideline-open")).to_have_attribute("aria-expanded", "false")
    page.wait_for_timeout(100)
    assert 0 <= top_and_bottom(page, ".label-output")[0] - top_and_bottom(page, "#head")[1] < 20
    press(page, "Escape")  # nothing to close: nothing happens
    expect(page.locator("#guideline")).to_be_hidden()


def test_escape_leaves_the_note_first_and_then_the_guideline(long_queue, annotator, page_of):
    page = page_of(annotator, path(long_queue))
    open_long(page)
    press(page, "g")
    press(page, "e")
    press(page, "Escape")
    expect(page.locator("#note")).not_to_be_focused()
    expect(page.locator("#guideline")).to_be_visible()
    page.locator("#guideline").focus()
    press(page, "Escape")
    expect(page.locator("#guideline")).to_be_hidden()
    expect(page.locator("#guideline-open")).to_be_focused()


def test_an_output_that_fits_no_more_beside_the_guideline_scrolls_with_the_page(project, annotator, page_of):
    question = queues.set_question(
        project=project, key="good", text="Is it good?", guideline=GUIDELINE
    ).question
    queue = queues.make_queue(project=project, name="Tall", questions=[question])
    item = queues.NewItem(external_id="i", input="A long line. " * 2000, output="word " * 400)
    queues.add_items(queue, [item])
    page = page_of(annotator, path(queue))
    expect(page.locator("#progress")).to_have_text("1 of 1")
    output = page.locator(".label-output")
    taken = page.evaluate(
        "['head', 'foot'].reduce((sum, id) => sum + document.getElementById(id).offsetHeight, 0)"
    )
    height = output.bounding_box()["height"] + taken + 30
    page.set_viewport_size({"width": 1280, "height": round(height)})
    page.reload()  # whether it fits is asked when it is painted
    expect(output).to_have_class("label-output label-sticks")
    press(page, "g")
    expect(output).to_have_class("label-output")
    press(page, "g")
    expect(output).to_have_class("label-output label-sticks")


def test_a_tapped_answer_does_not_look_given_on_the_next_item(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator, **PHONE), queue)
    yes = page.locator("[data-action=yes]")
    before = yes.evaluate("button => getComputedStyle(button).backgroundColor")
    page.wait_for_timeout(200)
    yes.tap()
    wait_for_item(page, 1)
    page.wait_for_timeout(300)
    assert yes.evaluate("button => getComputedStyle(button).backgroundColor") == before


def test_a_mouse_still_shows_what_it_points_at(project, annotator, page_of):
    page = open_screen(page_of(annotator), make.queue(project, items=1))
    yes = page.locator("[data-action=yes]")
    before = yes.evaluate("button => getComputedStyle(button).backgroundColor")
    yes.hover()
    page.wait_for_timeout(300)
    assert yes.evaluate("button => getComputedStyle(button).backgroundColor") != before


def test_the_guideline_button_on_a_phone_is_drawn(long_queue, annotator, page_of):
    """No system's font is asked for a rare character."""
    page = page_of(annotator, path(long_queue), **PHONE)
    open_long(page)
    button = page.get_by_role("button", name="Guideline")
    expect(button.locator("svg")).to_be_visible()
    assert button.evaluate("button => getComputedStyle(button, '::before').content") == "none"
    button.tap()
    expect(page.locator("#guideline")).to_be_visible()


@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_the_end_shows_only_what_can_be_used(project, annotator, page_of, device):
    page = open_screen(page_of(annotator, **device), make.queue(project, items=1))
    press(page, "y")
    expect(page.locator("#end")).to_be_visible()
    for action in ("no", "yes", "skip", "flag", "note"):
        expect(page.locator(f"[data-action={action}]")).to_be_hidden()
    expect(page.locator("#note")).to_be_hidden()
    expect(page.get_by_role("button", name="Yes · undo")).to_be_in_viewport(ratio=1)
    assert page.locator("#foot").bounding_box()["height"] < 70

    press(page, "u", then=0)
    expect(page.get_by_role("button", name="Yes", exact=False).first).to_be_enabled()
    expect(page.locator("[data-action=skip]")).to_be_visible()


def test_an_empty_queue_has_no_bar_at_all(project, annotator, page_of):
    page = page_of(annotator, path(make.queue(project, items=0)), **PHONE)
    expect(page.locator("#end")).to_be_visible()
    expect(page.locator("[data-action=undo]")).to_be_hidden()
    assert page.locator("#foot").bounding_box()["height"] < 5
