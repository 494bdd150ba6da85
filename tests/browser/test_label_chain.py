"""Chains of questions: conditions, ends, passes; what a model suggests, and why an item comes now."""

from playwright.sync_api import Page, expect

from annotator.models import Label, Queue
from annotator.services import queues
from tests.annotator import asking
from tests.browser.labeling import path, press, wait_saved

STEPS = (
    {"key": "safe", "stops_on": "no"},
    {"key": "true"},
    {"key": "minor", "after": ("true", "no")},
)


def asked(page: Page, n: int, question: str, step: str = "") -> None:
    """Until this question is asked about item n."""
    expect(page.locator("#stage [data-part=input]")).to_have_text(f"In {n}")
    expect(page.locator("#question")).to_have_text(f"Is it {question}?")
    expect(page.locator("#step")).to_have_text(step)
    page.wait_for_timeout(50)


def given(queue: Queue) -> list[tuple[str, str, str]]:
    rows = Label.objects.filter(queue=queue, superseded_by=None).exclude(answer="undo").order_by("pk")
    return list(rows.values_list("item__external_id", "question__key", "answer"))


def open_chain(page: Page, queue: Queue) -> Page:
    page.goto(path(queue))
    return page


def test_conditions_and_ends_decide_what_is_asked(project, annotator, page_of):
    queue = asking.chain_queue(project, *STEPS, items=3)
    page = open_chain(page_of(annotator), queue)
    asked(page, 0, "safe", "Question 1 of 3")
    press(page, "y")
    asked(page, 0, "true", "Question 2 of 3")
    press(page, "y")  # so that nobody asks whether it is minor
    asked(page, 1, "safe", "Question 1 of 3")
    press(page, "n")  # and that ends it
    asked(page, 2, "safe", "Question 1 of 3")
    for key, question, step in (("y", "true", "2"), ("n", "minor", "3")):
        press(page, key)
        asked(page, 2, question, f"Question {step} of 3")
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert given(queue) == [
        ("item-0", "safe", "yes"),
        ("item-0", "true", "yes"),
        ("item-1", "safe", "no"),
        ("item-2", "safe", "yes"),
        ("item-2", "true", "no"),
        ("item-2", "minor", "yes"),
    ]
    assert queue.places.filter(done_at=None).count() == 0


def test_undo_steps_back_through_the_chain(project, annotator, page_of):
    queue = asking.chain_queue(project, *STEPS, items=2)
    page = open_chain(page_of(annotator), queue)
    asked(page, 0, "safe", "Question 1 of 3")
    for key, question in (("y", "true"), ("n", "minor")):
        press(page, key)
        asked(page, 0, question, f"Question {2 if question == 'true' else 3} of 3")
    press(page, "y")
    asked(page, 1, "safe", "Question 1 of 3")
    expect(page.locator("#progress")).to_have_text("2 of 2")
    for question, step in (("minor", 3), ("true", 2), ("safe", 1)):
        press(page, "u")
        asked(page, 0, question, f"Question {step} of 3")
        expect(page.locator("#progress")).to_have_text("1 of 2")
    press(page, "n")
    asked(page, 1, "safe", "Question 1 of 3")
    wait_saved(page)
    assert given(queue) == [("item-0", "safe", "no")]


def test_a_reload_goes_on_where_the_chain_was(project, annotator, page_of):
    queue = asking.chain_queue(project, *STEPS, items=1)
    page = open_chain(page_of(annotator), queue)
    asked(page, 0, "safe", "Question 1 of 3")
    press(page, "y")
    asked(page, 0, "true", "Question 2 of 3")
    press(page, "n")
    wait_saved(page)
    page.reload()
    asked(page, 0, "minor", "Question 3 of 3")
    press(page, "u")  # the text comes from the server again
    asked(page, 0, "true", "Question 2 of 3")
    press(page, "y")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    assert given(queue) == [("item-0", "safe", "yes"), ("item-0", "true", "yes")]


def test_question_by_question_over_all_items(project, annotator, page_of):
    queue = asking.chain_queue(
        project, {"key": "safe", "stops_on": "no"}, {"key": "true"}, items=3, by_pass=True
    )
    page = open_chain(page_of(annotator), queue)
    for n, key in enumerate("yny"):
        asked(page, n, "safe", "Question 1 of 2")
        press(page, key)
        wait_saved(page)  # which comes first in the next pass rests on what the server knows
    asked(page, 0, "true", "Question 2 of 2")
    wait_saved(page)
    page.reload()
    asked(page, 0, "true", "Question 2 of 2")
    expect(page.locator("#progress")).to_have_text("Answer 4")
    press(page, "y")
    asked(page, 2, "true", "Question 2 of 2")
    press(page, "u")
    asked(page, 0, "true", "Question 2 of 2")
    press(page, "n")
    asked(page, 2, "true", "Question 2 of 2")
    press(page, "n")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert sorted(given(queue)) == [
        ("item-0", "safe", "yes"),
        ("item-0", "true", "no"),
        ("item-1", "safe", "no"),
        ("item-2", "safe", "yes"),
        ("item-2", "true", "no"),
    ]


def test_a_change_of_question_moves_nothing(project, annotator, page_of):
    queue = asking.chain_queue(project, {"key": "short"}, {"key": "long"}, items=1)
    words = "Is every claim of this answer supported by the documents, " * 4
    queues.set_question(project=project, key="long", text=words[:290])
    phone = {"viewport": {"width": 360, "height": 740}}
    for device in ({}, phone):
        page = open_chain(page_of(annotator, **device), queue)
        asked(page, 0, "short", "Question 1 of 2")
        before = [page.locator(one).bounding_box() for one in ("#head", "#stage .label-output", "#foot")]
        press(page, "y")
        expect(page.locator("#question")).to_contain_text("every claim")
        after = [page.locator(one).bounding_box() for one in ("#head", "#stage .label-output", "#foot")]
        assert before == after
        press(page, "u")
        wait_saved(page)
        page.close()


def test_a_suggestion_stands_quietly_beside_the_question_it_is_for(project, annotator, page_of):
    queue = asking.chain_queue(project, {"key": "safe"}, {"key": "true"}, items=2, hidden_share=0)
    asking.prelabel(queue.items.get(position=0), "safe", "yes", 0.83, name="tiny-2")
    page = open_chain(page_of(annotator), queue)
    asked(page, 0, "safe", "Question 1 of 2")
    suggestion = page.locator("#suggestion")
    expect(suggestion).to_have_text("Suggested by tiny-2: Yes, 83%")
    expect(page.locator("[data-action=yes]")).not_to_be_focused()
    press(page, "Enter")
    asked(page, 0, "safe", "Question 1 of 2")
    press(page, "n")
    asked(page, 0, "true", "Question 2 of 2")
    expect(suggestion).to_have_text("")
    wait_saved(page)
    label = Label.objects.get(queue=queue)
    assert (label.answer, label.prelabel_shown) == ("no", True)


def test_a_suggestion_that_chance_hides_is_not_on_the_page(project, annotator, page_of):
    queue = asking.chain_queue(project, {"key": "safe"}, items=1, hidden_share=1)
    asking.prelabel(queue.items.get(), "safe", "yes", 0.83, name="tiny-2")
    page = open_chain(page_of(annotator), queue)
    asked(page, 0, "safe")
    assert "tiny-2" not in page.content()


def test_why_an_item_comes_now_is_said(project, annotator, page_of):
    queue = asking.chain_queue(project, {"key": "safe"}, items=2)
    queue.places.filter(position=0).update(reason="most uncertain: 52 % yes")
    page = open_chain(page_of(annotator), queue)
    asked(page, 0, "safe")
    expect(page.locator("#reason")).to_have_text("Why now: most uncertain: 52 % yes")
    head = page.locator("#head").bounding_box()["height"]
    press(page, "y")
    asked(page, 1, "safe")
    expect(page.locator("#reason")).to_have_text("")
    assert page.locator("#head").bounding_box()["height"] == head
