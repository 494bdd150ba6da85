"""For everybody: a phone in one hand, a screen reader, dark rooms, no motion."""

import pytest
from playwright.sync_api import expect

from annotator.services import queues
from tests import make
from tests.browser.axe import problems_in_both
from tests.browser.labeling import again_at_once, answers, open_screen, path, press, wait_for_item, wait_saved

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


def mixed_queue(project):
    question = queues.set_question(
        project=project, key="good", text="Is it good?", guideline="Look at the **facts**.\n\n- all of them"
    ).question
    queue = queues.make_queue(project=project, name="Mixed", questions=[question])
    outputs = [
        "plain",
        None,
        {"json": [1, 2, 3]},
        "```python\nx = 1\n```\n\n|a|b|\n|-|-|\n|1|2|",
        "مرحبا بالعالم",
    ]
    queues.add_items(
        queue,
        (
            queues.NewItem(
                external_id=f"item-{n}",
                input=[{"role": "user", "content": f"Question {n}"}],
                output=output,
                context=["one document " * 60, "another"],
                error="" if output else "Timeout",
            )
            for n, output in enumerate(outputs)
        ),
    )
    return queue


def test_axe_finds_nothing_serious(project, annotator, page_of):
    queue = mixed_queue(project)
    page = page_of(annotator, path(queue), reduced_motion="reduce")
    for n in range(5):
        expect(page.locator("#progress")).to_have_text(f"{n + 1} of 5")
        page.wait_for_timeout(50)
        assert problems_in_both(page) == []
        if n == 0:
            press(page, "g")
            press(page, "f")
            assert problems_in_both(page) == []
            press(page, "?")
            assert problems_in_both(page) == []
            press(page, "Escape")
        press(page, "y")
    expect(page.locator("#end")).to_be_visible()
    assert problems_in_both(page) == []


def test_a_thumb_is_enough(project, annotator, page_of):
    queue = make.queue(project, items=4)
    page = open_screen(page_of(annotator, **PHONE), queue)
    size = page.viewport_size
    for name, side in (("No", "left"), ("Yes", "right")):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] > size["height"] - 90  # under the thumb
        assert (box["x"] < size["width"] / 2) == (side == "left")
    for n, name in enumerate(["Yes", "No", "Skip", "Yes"]):
        wait_for_item(page, n)
        page.wait_for_timeout(200)
        page.get_by_role("button", name=name, exact=True).tap()
    expect(page.locator("#end")).to_be_visible()
    page.get_by_role("button", name="Yes · undo").tap()
    wait_for_item(page, 3)
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Note", exact=True).tap()
    page.keyboard.type("by thumb")
    page.get_by_role("button", name="No", exact=True).tap()
    wait_saved(page)
    assert answers(queue)[-1] == ("item-3", "no")


def test_a_double_tap_answers_once(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator, **PHONE), queue)
    page.wait_for_timeout(200)
    yes = page.get_by_role("button", name="Yes", exact=True)
    again_at_once(yes)
    yes.tap()
    wait_for_item(page, 1)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes")]


@pytest.mark.parametrize("device", [PHONE, SMALL], ids=["390", "360"])
def test_nothing_scrolls_sideways_on_a_phone(project, annotator, page_of, device):
    queue = mixed_queue(project)
    page = page_of(annotator, path(queue), **device)
    for n in range(5):
        expect(page.locator("#progress")).to_have_text(f"{n + 1} of 5")
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= seen
        press(page, "y")


def test_the_question_stays_in_sight_and_each_item_begins_at_its_top(project, annotator, page_of):
    question = queues.set_question(project=project, key="good", text="Is it good?").question
    queue = queues.make_queue(project=project, name="Long", questions=[question])
    text = "A long line of text. " * 3000
    queues.add_items(
        queue, (queues.NewItem(external_id=f"i{n}", input=text, output="short") for n in range(2))
    )
    page = page_of(annotator, path(queue))
    expect(page.locator("#progress")).to_have_text("1 of 2")
    page.keyboard.press("End")
    page.wait_for_timeout(700)  # the browser's own scrolling comes to rest
    assert page.evaluate("window.scrollY") > 1000
    expect(page.locator("#question")).to_be_in_viewport()
    expect(page.locator(".label-output .card")).to_be_in_viewport()
    expect(page.locator("[data-action=yes]")).to_be_in_viewport()
    press(page, "y")
    expect(page.locator("#progress")).to_have_text("2 of 2")
    assert page.evaluate("window.scrollY") == 0


def test_a_screen_reader_hears_the_next_item_and_keeps_its_place(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    live = page.locator("#live")
    expect(live).to_contain_text("1 of 3. Is it good?.")
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Yes Y").focus()
    page.keyboard.press("Enter")
    expect(live).to_contain_text("2 of 3")
    assert page.evaluate("document.activeElement.dataset.action") == "yes"
    page.wait_for_timeout(50)
    page.locator(".label-item").focus()
    press(page, "n", then=2)
    assert page.evaluate("document.activeElement.matches('.label-item')")


def test_nothing_moves_between_items(project, annotator, page_of):
    queue = make.queue(project, items=4)
    page = open_screen(page_of(annotator), queue)
    parts = ["#question", "#saved", ".label-input", ".label-output", "[data-action=no]", "[data-action=yes]"]
    parts += ["[data-action=undo]", "[data-action=skip]", "#note"]

    def places() -> list[tuple]:
        boxes = [page.locator(part).bounding_box() for part in parts]
        return [(round(box["x"]), round(box["y"])) for box in boxes]

    first = places()
    for n, key in enumerate("yns", 1):
        press(page, key, then=n)
        assert places() == first
