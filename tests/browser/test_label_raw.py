"""Texts as they were written, sign by sign, and as Markdown: one key between them."""

from playwright.sync_api import Page, expect

from annotator.models import DefectKind, Project, Queue
from annotator.services import queues
from tests import make
from tests.browser.labeling import path, press, wait_saved
from tests.browser.pairs import open_pairs, pair_queue, pane, wait_for_pair

LIST = "So:\n1. one\n2. **two**\n1. three\n2. four"
DOCUMENTS = [{"title": "Law", "text": "§ 1 **is** this.", "score": 3}, "A *plain* one."]


def single(project: Project, *items: dict, **more) -> Queue:
    queue = make.queue(project, items=0, **more)
    queues.add_items(
        queue,
        (queues.NewItem(external_id=f"item-{n}", input=f"In {n}", **item) for n, item in enumerate(items)),
    )
    return queue


def opened(page: Page, queue: Queue) -> Page:
    page.goto(path(queue))
    wait_for_pair(page, 0)
    return page


def shown(page: Page, part: str = "output") -> str:
    return page.locator(f"#stage [data-part={part}]").inner_text()


def test_a_key_shows_what_was_written_and_this_browser_remembers(project, annotator, page_of):
    queue = single(project, {"output": LIST}, {"output": LIST}, {"output": {"a": "**b**"}})
    page = opened(page_of(annotator), queue)
    button = page.get_by_role("button", name="Raw")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#stage ol > li")).to_have_count(4)
    before = page.locator("[data-action=yes]").bounding_box()

    press(page, "r")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert shown(page) == LIST
    expect(page.locator("#live")).to_have_text("Texts are shown as they were written.")
    assert page.locator("[data-action=yes]").bounding_box() == before

    press(page, "y")
    wait_for_pair(page, 1)
    assert shown(page) == LIST
    wait_saved(page)
    page.reload()
    wait_for_pair(page, 1)
    assert shown(page) == LIST
    press(page, "y")
    wait_for_pair(page, 2)
    assert shown(page) == '{\n  "a": "**b**"\n}'
    press(page, "u")
    wait_for_pair(page, 1)

    button.click()
    expect(page.locator("#stage ol > li")).to_have_count(4)
    expect(page.locator("#stage ol > li:nth-child(3)")).to_have_attribute("value", "1")
    expect(page.locator("#stage strong")).to_have_text("two")


def test_an_error_and_the_documents_names_stay(project, annotator, page_of):
    queue = single(project, {"output": "half **done**", "error": "out of time", "context": DOCUMENTS})
    page = opened(page_of(annotator), queue)
    press(page, "r")
    expect(page.locator("#stage .payload-error")).to_contain_text("out of time")
    expect(page.locator("#stage [data-part=output] .label-raw")).to_have_text("half **done**")
    first, second = page.locator("#stage .payload-doc").all()
    expect(first.locator("summary")).to_contain_text("Law")
    expect(first.locator(".label-raw").first).to_have_text("§ 1 **is** this.")
    expect(first.locator(".label-raw").last).to_contain_text('"score": 3')
    expect(second.locator(".label-raw")).to_have_text("A *plain* one.")


def test_marks_stay_where_they_are(project, annotator, page_of):
    DefectKind.objects.create(project=project, key="wrong", name="Wrong", position=0)
    queue = single(project, {"output": "One. Two. Three."}, marks=True)
    page = opened(page_of(annotator), queue)
    press(page, "m")
    press(page, "1")
    press(page, "Escape")
    expect(page.locator("#stage mark")).to_have_text("One.")
    press(page, "r")
    expect(page.locator("#stage mark")).to_have_text("One.")
    press(page, "y")
    wait_saved(page)
    assert queue.labels.get().marks == [{"part": "output", "start": 0, "end": 4, "kind": "wrong"}]


def test_of_a_pair_both_sides_and_their_places(project, annotator, page_of):
    long = LIST + "\n\nMore. " * 300
    page = open_pairs(page_of(annotator), pair_queue(project, [("In 0", long, long + " End.")]))
    pane(page, "A").evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    page.wait_for_timeout(100)
    press(page, "r")
    for side in "AB":
        expect(pane(page, side).locator(".label-raw")).to_contain_text("2. **two** 1. three")
        assert pane(page, side).evaluate("pane => pane.scrollTop > 1000")
    press(page, "d")
    expect(pane(page, "A").locator(".label-raw")).to_be_hidden()
    press(page, "r")
    expect(pane(page, "A").locator(".label-compared")).to_be_visible()
    press(page, "d")
    expect(pane(page, "A").locator("strong").first).to_be_visible()


def test_at_the_end_of_a_queue_the_key_only_remembers(project, annotator, page_of):
    page = page_of(annotator, path(make.queue(project, items=0)))
    expect(page.locator("#end")).to_be_visible()
    press(page, "r")
    expect(page.get_by_role("button", name="Raw")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#end")).to_be_visible()
