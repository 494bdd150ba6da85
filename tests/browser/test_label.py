"""Labeling by keyboard and mouse: each answer is in the database exactly once."""

from playwright.sync_api import expect

from annotator.models import Label, Place
from annotator.services import queue_settings
from tests import make
from tests.browser.labeling import (
    again_at_once,
    answers,
    open_screen,
    path,
    press,
    standing,
    wait_for_item,
    wait_saved,
)


def test_twenty_items_by_keyboard_alone(project, annotator, page_of):
    queue = make.queue(project, items=20)
    page = open_screen(page_of(annotator), queue)
    for n in range(20):
        wait_for_item(page, n)
        expect(page.locator("#progress")).to_have_text(f"{n + 1} of 20")
        press(page, ["y", "n", "ArrowRight", "ArrowLeft"][n % 4])
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)

    given = answers(queue)
    assert given == [(f"item-{n}", "yes" if n % 2 == 0 else "no") for n in range(20)]
    assert Place.objects.filter(queue=queue, done_at=None).count() == 0
    assert Label.objects.filter(queue=queue, rater__user=annotator, ms__gt=0).count() == 20


def test_undo_goes_back_through_answers_that_are_saved(project, annotator, page_of):
    queue = make.queue(project, items=4)
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    press(page, "y", then=2)
    press(page, "n", then=3)
    wait_saved(page)
    expect(page.get_by_role("button", name="No · undo")).to_be_enabled()

    press(page, "u", then=2)
    press(page, "Backspace", then=1)
    expect(page.get_by_role("button", name="Yes · undo")).to_be_enabled()
    press(page, "n", then=2)
    press(page, "y", then=3)
    wait_saved(page)

    assert standing(queue) == {"item-0": "yes", "item-1": "no", "item-2": "yes"}
    assert [answer for _, answer in answers(queue)] == ["yes", "yes", "no", "undo", "undo", "no", "yes"]


def test_undo_after_a_reload_fetches_the_item_again(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    press(page, "n", then=2)
    wait_saved(page)
    page.reload()
    wait_for_item(page, 2)
    expect(page.locator("#progress")).to_have_text("3 of 3")

    press(page, "u", then=1)
    expect(page.locator("#progress")).to_have_text("2 of 3")
    press(page, "y", then=2)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)

    assert standing(queue) == {"item-0": "yes", "item-1": "yes", "item-2": "yes"}


# The page asks for more as soon as it shows its first item; that answer is long on its way.
SECOND_CLAIM_IS_SLOW = """
const quick = window.fetch;
let claims = 0;
window.fetch = async (url, ...more) => {
  const answer = await quick(url, ...more);
  if (String(url).includes("/claim") && ++claims === 2) await new Promise((go) => setTimeout(go, 700));
  return answer;
};
"""


def test_undo_after_a_reload_while_more_is_being_fetched(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = page_of(annotator)
    page.add_init_script(SECOND_CLAIM_IS_SLOW)
    open_screen(page, queue)
    press(page, "y", then=1)
    press(page, "n", then=2)
    wait_saved(page)
    page.reload()
    wait_for_item(page, 2)

    press(page, "u", then=1)
    press(page, "u", then=0)
    press(page, "n", then=1)
    press(page, "y", then=2)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)

    assert standing(queue) == {"item-0": "no", "item-1": "yes", "item-2": "yes"}


def test_undo_after_the_queue_was_closed_is_refused_in_words(project, annotator, page_of, guard):
    guard.allow(r"409")
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    wait_saved(page)
    queue_settings.close(queue)

    press(page, "u")

    expect(page.get_by_role("alert")).to_contain_text("This queue is closed: your answer stays.")
    assert standing(queue) == {"item-0": "yes"}
    page.get_by_role("button", name="Discard this answer").click()
    wait_saved(page)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_undo_at_the_end_of_the_queue(project, annotator, page_of):
    queue = make.queue(project, items=1)
    page = open_screen(page_of(annotator), queue)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    press(page, "u", then=0)
    press(page, "n")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert standing(queue) == {"item-0": "no"}


def test_what_was_skipped_in_a_tab_that_is_gone_can_be_looked_at_again(project, annotator, window):
    queue = make.queue(project, items=4)
    browser = window(annotator)
    page = open_screen(browser.new_page(), queue)
    for key, n in (("y", 1), ("s", 2), ("s", 3)):
        press(page, key, then=n)
    press(page, "y")
    wait_saved(page)
    page.close()

    page = browser.new_page()
    page.goto(path(queue))
    page.get_by_role("button", name="2 skipped: look at them again").click()
    wait_for_item(page, 1)
    press(page, "n", then=2)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)

    assert standing(queue) == {"item-0": "yes", "item-1": "no", "item-2": "yes", "item-3": "yes"}
    page.reload()
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    expect(page.get_by_role("button", name="look at them again")).to_be_hidden()


def test_what_was_skipped_can_be_looked_at_again(project, annotator, page_of):
    queue = make.queue(project, items=4)
    page = open_screen(page_of(annotator), queue)
    for n, key in enumerate(["s", "y", "s", "n"]):
        wait_for_item(page, n)
        press(page, key)
    wait_saved(page)
    page.get_by_role("button", name="2 skipped: look at them again").click()
    wait_for_item(page, 0)
    press(page, "y", then=2)
    press(page, "n")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    expect(page.get_by_role("button", name="skipped: look")).to_be_hidden()
    wait_saved(page)
    assert standing(queue) == {"item-0": "yes", "item-1": "yes", "item-2": "no", "item-3": "no"}


def test_note_and_flag_go_with_the_answer_and_letters_in_the_note_answer_nothing(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    press(page, "f")
    expect(page.get_by_role("button", name="Flag")).to_have_attribute("aria-pressed", "true")
    press(page, "e")
    page.keyboard.type("yes, no? un/usual")
    wait_for_item(page, 0)
    page.reload()
    wait_for_item(page, 0)
    expect(page.get_by_label("Note on this item")).to_have_value("yes, no? un/usual")
    press(page, "/")
    page.keyboard.press("Enter")
    press(page, "y", then=1)
    expect(page.get_by_label("Note on this item")).to_have_value("")
    expect(page.get_by_role("button", name="Flag")).to_have_attribute("aria-pressed", "false")

    press(page, "u", then=0)
    expect(page.get_by_label("Note on this item")).to_have_value("yes, no? un/usual")
    press(page, "e")
    page.keyboard.press("Escape")
    press(page, "n", then=1)
    wait_saved(page)

    label = Label.objects.get(queue=queue, answer="no")
    assert (label.note, label.flagged) == ("yes, no? un/usual", True)
    assert label.supersedes.answer == "undo"


def test_impatience_answers_once(project, annotator, page_of):
    """Double click, a held key, a held Enter on a button, Enter and click together."""
    queue = make.queue(project, items=6)
    page = open_screen(page_of(annotator), queue)
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Yes", exact=False).first.dblclick()
    wait_for_item(page, 1)
    page.wait_for_timeout(450)

    page.keyboard.down("n")
    for _ in range(5):
        page.keyboard.down("n")  # repeats of a held key
    page.keyboard.up("n")
    wait_for_item(page, 2)
    page.wait_for_timeout(450)

    no = page.locator("[data-action=no]")
    no.focus()
    page.keyboard.down("Enter")
    page.wait_for_timeout(500)
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    wait_for_item(page, 3)
    page.wait_for_timeout(450)

    again_at_once(no)
    no.focus()
    page.keyboard.press("Enter")
    wait_for_item(page, 4)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "no"), ("item-2", "no"), ("item-3", "no")]


def test_chords_and_unknown_keys_do_nothing_and_other_layouts_work(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    for key in ("Control+y", "Alt+n", "Meta+u", "x", "1", "Tab"):
        press(page, key)
    wait_for_item(page, 0)
    page.keyboard.press("Escape")
    press(page, "Shift+Y", then=1)  # caps lock
    # A Korean keyboard: the key at the place of y gives ㅛ
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅛ', code: 'KeyY', bubbles: true}))"
    )
    wait_for_item(page, 2)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "yes")]


def test_help_and_guideline_are_a_key_away(project, annotator, page_of):
    queue = make.queue(project, items=2)
    page = open_screen(page_of(annotator), queue)
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    press(page, "y")
    expect(dialog).to_be_visible()
    press(page, "?")
    expect(dialog).to_be_hidden()
    wait_for_item(page, 0)
    press(page, "g")
    expect(page.locator("#guideline")).to_contain_text("Nobody has written a guideline")
    press(page, "y", then=1)
    expect(page.locator("#guideline")).to_be_visible()
    press(page, "g")
    expect(page.locator("#guideline")).to_be_hidden()


def test_a_chain_asks_its_questions_in_turn(project, annotator, page_of):
    queue = make.queue(project, items=2, questions=("fluent", "true"))
    page = open_screen(page_of(annotator), queue)
    question = page.locator("#question")
    expect(question).to_have_text("Is it fluent?")
    press(page, "y", then=0)
    expect(question).to_have_text("Is it true?")
    wait_saved(page)
    page.reload()
    wait_for_item(page, 0)
    expect(question).to_have_text("Is it true?")
    press(page, "n", then=1)
    press(page, "u", then=0)
    expect(question).to_have_text("Is it true?")
    press(page, "y", then=1)
    wait_saved(page)
    given = Label.objects.filter(queue=queue, superseded_by=None).order_by("pk")
    assert list(given.values_list("question__key", "answer")) == [("fluent", "yes"), ("true", "yes")]


def test_the_back_button_shows_the_next_item_and_not_an_old_one(project, annotator, page_of):
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    wait_saved(page)
    page.goto("/account/")
    page.go_back()
    wait_for_item(page, 1)
    press(page, "n", then=2)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "no")]


def test_a_note_on_one_item_outlives_the_way_back_to_another(project, annotator, page_of):
    """Half a note on item 1, back to item 0, answered again, and then the browser is gone."""
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    wait_saved(page)
    press(page, "e")
    page.keyboard.type("half a page of reasons")
    page.keyboard.press("Escape")
    press(page, "u", then=0)
    press(page, "n", then=1)
    wait_saved(page)
    page.reload()
    wait_for_item(page, 1)
    expect(page.get_by_label("Note on this item")).to_have_value("half a page of reasons")
    press(page, "y", then=2)
    wait_saved(page)
    page.reload()
    wait_for_item(page, 2)
    expect(page.get_by_label("Note on this item")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('genba-draft'))") == []


def test_the_note_of_an_answer_taken_back_outlives_a_reload(project, annotator, page_of):
    queue = make.queue(project, items=2)
    page = open_screen(page_of(annotator), queue)
    press(page, "e")
    page.keyboard.type("not sure")
    page.keyboard.press("Escape")
    press(page, "y", then=1)
    press(page, "u", then=0)
    wait_saved(page)
    page.reload()
    wait_for_item(page, 0)
    expect(page.get_by_label("Note on this item")).to_have_value("not sure")
