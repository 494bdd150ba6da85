"""The last ten answers in a list, and the way back to each of them."""

from playwright.sync_api import Locator, Page, expect

from annotator.services import queues
from tests import make
from tests.annotator import asking
from tests.browser.labeling import answers, open_screen, press, standing, wait_for_item, wait_saved
from tests.browser.pairs import open_pairs, swapped, wait_for_pair


def opened(page: Page) -> Locator:
    press(page, "h")
    dialog = page.get_by_role("dialog", name="Your last answers")
    expect(dialog).to_be_visible()
    return dialog


def test_an_answer_of_a_while_ago_is_changed(project, annotator, page_of):
    queue = make.queue(project, items=14)
    page = open_screen(page_of(annotator), queue)
    for n in range(12):
        wait_for_item(page, n)
        press(page, "y")
    wait_for_item(page, 12)
    dialog = opened(page)
    rows = dialog.get_by_role("listitem")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text("Question 11")
    expect(rows.last).to_contain_text("Question 2")

    rows.nth(4).get_by_role("button", name="Change the answer “Yes” to: Question 7").click()
    expect(dialog).to_be_hidden()
    wait_for_item(page, 7)
    press(page, "n", then=12)
    press(page, "y", then=13)
    wait_saved(page)
    assert standing(queue)["item-7"] == "no"
    assert sorted(standing(queue).values()) == ["no"] + ["yes"] * 12


def test_with_the_keyboard_alone(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    dialog = opened(page)
    expect(dialog).to_contain_text("Nothing is answered in this tab yet.")
    press(page, "h")
    expect(dialog).to_be_hidden()
    press(page, "y", then=1)
    press(page, "n", then=2)
    opened(page)
    press(page, "y")  # a letter answers nothing while it is open
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_item(page, 0)
    press(page, "n", then=2)
    wait_saved(page)
    assert standing(queue) == {"item-0": "no", "item-1": "no"}


def test_names_are_told_of_pairs_once_the_answer_is_stored(project, annotator, page_of, guard):
    guard.allow(r"Failed to load resource")
    queue = asking.pair_queue(project, items=2)
    page = open_pairs(page_of(annotator), queue)
    turned = swapped(page)
    page.context.set_offline(True)
    press(page, "a")
    wait_for_pair(page, 1)
    expect(opened(page).get_by_role("listitem").first).not_to_contain_text("kestrel")
    press(page, "h")

    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_saved(page)
    names = "A was heron, B was kestrel" if turned else "A was kestrel, B was heron"
    row = opened(page).get_by_role("listitem").first
    expect(row).to_contain_text(names)
    expect(row.locator("[data-past=answer]")).to_have_text("A")
    assert "kestrel" not in page.locator("#stage").inner_html()

    page.reload()
    wait_for_pair(page, 1)
    expect(opened(page).get_by_role("listitem").first).to_contain_text(names)


def test_changing_an_earlier_answer_takes_back_what_rests_on_it(project, annotator, page_of):
    steps = ({"key": "safe"}, {"key": "true", "after": ("safe", "yes")})
    queue = asking.chain_queue(project, *steps, items=2)
    page = page_of(annotator, f"/p/{project.slug}/queues/{queue.pk}/label/")
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 0")  # the question is there before it
    for question in ("safe", "true"):
        expect(page.locator("#question")).to_have_text(f"Is it {question}?")
        press(page, "y")
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 1")
    wait_saved(page)
    opened(page).get_by_role("listitem").last.get_by_role("button").click()
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 0")
    expect(page.locator("#question")).to_have_text("Is it safe?")
    press(page, "n")
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 1")
    wait_saved(page)
    assert [answer for _, answer in answers(queue)] == ["yes", "yes", "undo", "undo", "no"]
    expect(page.locator("#trouble")).to_be_hidden()


def test_names_of_items_are_shown_as_they_are(project, annotator, page_of):
    queue = make.queue(project, items=0)
    text = "<img src=x onerror=alert(1)> " + "long" * 100
    queues.add_items(queue, [queues.NewItem(external_id=f"i{n}", input=text, output="x") for n in range(2)])
    page = page_of(
        annotator, f"/p/{project.slug}/queues/{queue.pk}/label/", viewport={"width": 360, "height": 740}
    )
    expect(page.locator("#progress")).to_have_text("1 of 2")
    page.wait_for_timeout(100)
    press(page, "y")
    expect(page.locator("#progress")).to_have_text("2 of 2")
    page.locator(".label-history-open").click()
    dialog = page.get_by_role("dialog", name="Your last answers")
    expect(dialog.locator("[data-past=begin]")).to_contain_text("<img src=x onerror=alert(1)>")
    assert dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0
