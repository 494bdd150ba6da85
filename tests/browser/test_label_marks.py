"""Marking what is wrong in a text: with the mouse, with the keyboard, kept and sent with the answer."""

import pytest
from playwright.sync_api import Page, expect

from annotator.models import DefectKind, Label, Project, Queue
from tests.annotator import asking
from tests.browser.labeling import path, press, wait_saved
from tests.browser.pairs import pair_queue, pane, wait_for_pair

# Two units in UTF-16 for one code point, a combined letter, and lines ended as Windows does.
TEXT = "Straße 😀 is right. The year 1995 is wrong!\r\nThe cafe\u0301 closed. Nobody knows why."

SELECT = """(raw, words) => {
  const texts = document.createTreeWalker(raw, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    getSelection().setBaseAndExtent(node, at, node, at + words.length);
    return;
  }
}"""


@pytest.fixture
def kinds(project: Project) -> list[DefectKind]:
    names = ("Wrong fact", "Left out", "Tone")
    return [
        DefectKind.objects.create(project=project, key=name.lower().replace(" ", "-"), name=name, position=n)
        for n, name in enumerate(names)
    ]


def mark_queue(project: Project, *outputs, **more) -> Queue:
    queue = asking.chain_queue(project, {"key": "good"}, items=0, marks=True, **more)
    asking.fill(
        queue,
        [{"external_id": f"item-{n}", "input": f"In {n}", "output": text} for n, text in enumerate(outputs)],
    )
    return queue


def opened(page: Page, queue: Queue) -> Page:
    page.goto(path(queue))
    wait_for_pair(page, 0)
    return page


def select(page: Page, words: str, where: str = "#stage .label-raw") -> None:
    page.locator(where).evaluate(SELECT, words)
    expect(page.get_by_role("toolbar", name="What is wrong here")).to_be_visible()


def words_of(label: Label, text: str) -> list[tuple[str, str]]:
    return [(text[mark["start"] : mark["end"]], mark["kind"]) for mark in label.marks or []]


def test_what_is_selected_gets_its_kind_by_digit_or_click(project, annotator, page_of, kinds):
    queue = mark_queue(project, TEXT, TEXT)
    page = opened(page_of(annotator), queue)
    select(page, "1995 ")
    press(page, "1")
    expect(page.locator(".label-mark")).to_have_text("1995")
    expect(page.get_by_role("button", name="Remove the mark: Wrong fact")).to_have_text("Wrong fact ×")
    select(page, "😀")
    page.get_by_role("toolbar").get_by_role("button", name="Tone").click()
    expect(page.locator(".label-mark")).to_have_count(2)
    expect(page.get_by_role("toolbar")).to_be_hidden()
    press(page, "n")
    wait_for_pair(page, 1)
    expect(page.locator(".label-mark")).to_have_count(0)
    wait_saved(page)
    label = Label.objects.get(queue=queue)
    assert words_of(label, TEXT) == [("😀", "tone"), ("1995", "wrong-fact")]


def test_sentences_are_walked_through_with_the_keyboard(project, annotator, page_of, kinds):
    queue = mark_queue(project, TEXT)
    page = opened(page_of(annotator), queue)
    selected = "getSelection().toString()"
    press(page, "m")
    assert page.evaluate(selected).startswith("Straße")
    expect(page.locator("#live")).to_contain_text("Sentence 1 of 4: Straße")
    press(page, "ArrowDown")
    assert page.evaluate(selected) == "The year 1995 is wrong!"
    press(page, "Shift+ArrowRight")
    press(page, "2")
    press(page, "ArrowRight")
    press(page, "ArrowRight")
    assert page.evaluate(selected) == "Nobody knows why."
    press(page, "1")
    press(page, "Backspace")
    press(page, "3")
    press(page, "Escape")
    assert page.evaluate(selected) == ""
    expect(page.locator("#question")).to_have_text("Is it good?")
    press(page, "ArrowLeft")  # means no again
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    assert words_of(Label.objects.get(queue=queue), TEXT) == [
        ("The year 1995 is wrong!\r\nThe cafe\u0301 closed.", "left-out"),
        ("Nobody knows why.", "tone"),
    ]


def test_marks_outlive_a_reload_and_an_undo_and_can_be_removed(project, annotator, page_of, kinds):
    queue = mark_queue(project, TEXT, TEXT)
    page = opened(page_of(annotator), queue)
    select(page, "right")
    press(page, "1")
    select(page, "wrong")
    press(page, "2")
    page.reload()
    wait_for_pair(page, 0)
    expect(page.locator(".label-mark")).to_have_text(["right", "wrong"])
    page.get_by_role("button", name="Remove the mark: Wrong fact").click()
    expect(page.locator(".label-mark")).to_have_text(["wrong"])
    press(page, "y")
    wait_for_pair(page, 1)
    press(page, "u")
    wait_for_pair(page, 0)
    expect(page.locator(".label-mark")).to_have_text(["wrong"])
    press(page, "s")  # marks belong to an answer: a skip has none
    wait_for_pair(page, 1)
    wait_saved(page)
    rows = Label.objects.filter(queue=queue).order_by("pk")
    assert [(row.answer, words_of(row, TEXT)) for row in rows] == [
        ("yes", [("wrong", "left-out")]),
        ("undo", []),
        ("skip", []),
    ]


def test_marks_may_overlap(project, annotator, page_of, kinds):
    queue = mark_queue(project, TEXT)
    page = opened(page_of(annotator), queue)
    select(page, "The year 1995")
    press(page, "1")
    page.locator("#stage .label-raw").evaluate(
        """raw => {
          const [mark] = raw.querySelectorAll("mark");
          const after = mark.nextElementSibling.nextSibling;
          getSelection().setBaseAndExtent(mark.firstChild, 9, after, 3);
        }"""
    )
    expect(page.get_by_role("toolbar")).to_be_visible()
    press(page, "2")
    press(page, "n")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    assert words_of(Label.objects.get(queue=queue), TEXT) == [
        ("The year 1995", "wrong-fact"),
        ("1995 is", "left-out"),
    ]


def test_what_is_no_plain_text_cannot_be_marked_and_says_so(project, annotator, page_of, kinds):
    queue = mark_queue(project, {"answer": 1}, "", None)
    page = opened(page_of(annotator), queue)
    for n in range(3):
        wait_for_pair(page, n)
        press(page, "m")
        expect(page.locator("#told")).to_have_text("There is no plain text here that could be marked.")
        press(page, "y")
    expect(page.locator("#end")).to_be_visible()


def test_the_sides_of_a_pair_are_marked_by_their_own_names(project, annotator, page_of, kinds):
    queue = pair_queue(project, [("In 0", "Left is **bold**.", "Right is plain.")], marks=True)
    page = opened(page_of(annotator), queue)
    press(page, "d")
    press(page, "m")  # the texts themselves come back
    expect(page.locator(".label-only")).to_have_count(0)
    press(page, "1")
    press(page, "ArrowDown")
    press(page, "2")
    assert "**bold**" in pane(page, "A").inner_text() + pane(page, "B").inner_text()
    press(page, "Escape")
    press(page, "x")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    marks = Label.objects.get(queue=queue).marks
    assert {mark["part"] for mark in marks} == {"left", "right"}
    ends = {mark["part"]: mark["end"] for mark in marks}
    assert ends == {"left": len("Left is **bold**."), "right": len("Right is plain.")}


def test_marking_with_a_finger(project, annotator, page_of, kinds):
    queue = mark_queue(project, TEXT)
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = opened(page_of(annotator, **phone), queue)
    select(page, "1995")
    bar = page.get_by_role("toolbar")
    expect(bar).to_be_in_viewport(ratio=1)
    bar.get_by_role("button", name="Left out").tap()
    expect(page.locator(".label-mark")).to_have_text("1995")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_queue_without_marks_has_none_of_it(project, annotator, page_of, kinds):
    queue = asking.chain_queue(project, {"key": "good"}, items=1)
    page = opened(page_of(annotator), queue)
    press(page, "m")
    expect(page.locator("#told")).to_be_hidden()
    expect(page.locator("#marking")).to_have_count(0)
    expect(page.locator("[data-keys=mark]")).to_have_count(0)
