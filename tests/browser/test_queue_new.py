"""An owner makes queues: by mouse and by keyboard alone, and in under a minute."""

import re
import time

from playwright.sync_api import expect

from annotator.models import DefectKind, Queue
from annotator.services import queues
from tests import make
from tests.browser.axe import problems
from tests.pace import allowed

NEW = "/p/shop/queues/new/"


def fits(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_chain_is_made_with_mouse_and_keyboard(page_of, owner, annotator):
    page = page_of(owner, "/p/shop/queues/")
    began = time.monotonic()
    page.get_by_role("link", name="New queue").click()
    page.get_by_label("Name", exact=True).fill("Refund answers")
    page.get_by_label("Text").fill("Is the refund right?")
    guideline = page.get_by_label("Guideline")
    guideline.fill("**Yes** when the amount is right.")
    preview = page.locator("#q0-preview")
    expect(preview.get_by_text("Yes")).to_have_css("font-weight", "700")

    page.get_by_role("button", name="Add a question").click()
    expect(page.locator("#q1 [name=q1-text]")).to_be_focused()
    page.keyboard.type("Is it polite?")
    page.locator("#q1").get_by_label("Ask only if").select_option("q0:yes")
    page.locator("#q0").get_by_label("Stop on").select_option("no")
    page.get_by_label("Raters per item").fill("2")
    page.get_by_role("button", name="Make the queue").click()
    page.get_by_role("heading", name="Fill the queue").wait_for()
    took = time.monotonic() - began
    print(f"a chain of two questions took {took:.1f} s")

    assert took < allowed(60)
    queue = Queue.objects.get()
    chain = [(step.question.key, step.after_answer, step.stops_on) for step in queue.chain.all()]
    assert chain == [("is-the-refund-right", "", "no"), ("is-it-polite", "yes", "")]
    assert queue.overlap == 2


def test_the_keyboard_alone_makes_one(page_of, owner):
    page = page_of(owner, NEW)
    began = time.monotonic()
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("By keys")
    page.keyboard.press("Tab")
    page.keyboard.type("Is it good?")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Fill the queue").wait_for()
    print(f"one question by keyboard took {time.monotonic() - began:.1f} s")

    assert Queue.objects.get().name == "By keys"


def test_questions_are_moved_and_removed_and_nothing_typed_is_lost(page_of, owner):
    page = page_of(owner, NEW)
    page.get_by_label("Text").fill("First?")
    page.get_by_role("button", name="Add a question").click()
    page.locator("[name=q1-text]").fill("Second?")
    page.locator("[name=q1-guideline]").fill("Mine.")

    up = page.get_by_role("button", name="Move question 2 up")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".step [name$=-text]").first).to_have_value("Second?")
    expect(page.locator("#up-q1")).to_be_focused()
    expect(page.locator("[name=q1-guideline]")).to_have_value("Mine.")

    page.get_by_role("button", name="Remove question 1").click()
    expect(page.locator("[name=steps]")).to_have_count(1)
    expect(page.locator("[name=q0-text]")).to_have_value("First?")


def test_pairs_have_their_own_answers_and_a_known_question_is_chosen(page_of, owner, project, annotator):
    queues.set_question(
        project=project, key="better", text="Which is better?", guideline="**Left** …", kind="pairwise"
    )
    page = page_of(owner, NEW)
    page.get_by_label("Name", exact=True).fill("Prompts 7 and 8")
    page.get_by_label("A or B").check()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Prompts 7 and 8")
    expect(page.get_by_label("A or B")).to_be_focused()
    page.locator("[name=q0-key]").select_option("better")
    page.locator(".step-known").get_by_text("Which is better?").wait_for()
    page.get_by_text("More settings").click()
    page.get_by_label("Mirrored pairs, %").fill("25")
    page.get_by_label("Only these people").check()
    page.get_by_label("amir").check()
    assert problems(page) == []
    page.get_by_role("button", name="Make the queue").click()
    page.get_by_role("heading", name="Fill the queue").wait_for()

    queue = Queue.objects.get()
    assert (queue.kind, queue.mirror_share, queue.restricted) == ("pairwise", 0.25, True)
    assert '"left"' in page.locator("#fill-call").inner_text()
    assert problems(page) == []
    fits(page)


def test_pairs_are_made_without_a_look_at_more_settings(page_of, owner):
    page = page_of(owner, NEW)
    page.get_by_label("A or B").check()
    expect(page.locator("[name=q0-guideline]")).to_have_value(re.compile("The better one"))
    page.get_by_label("Name", exact=True).fill("Which one")
    page.locator("[name=q0-text]").fill("Which is better?")
    page.get_by_role("button", name="Make the queue").click()
    page.get_by_role("heading", name="Fill the queue").wait_for()

    assert Queue.objects.get().mirror_share == 0


def test_what_is_wrong_is_said_at_the_field(page_of, owner, guard):
    guard.allow("422")
    page = page_of(owner, NEW)
    page.get_by_label("Text").fill("Typed.")
    page.get_by_role("button", name="Make the queue").click()

    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Text")).to_have_value("Typed.")
    assert problems(page) == []
    fits(page)


def test_a_queue_is_set_up_and_its_defects_named(page_of, owner, project):
    queue = make.queue(project, questions=("good", "polite"))
    page = page_of(owner, f"/p/shop/queues/{queue.pk}/setup/")
    page.get_by_role("button", name="Begin with these three").click()
    page.get_by_role("button", name="Retire Style").wait_for()
    page.get_by_placeholder("A new kind").fill("Made up")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Name of “Made up”").wait_for()
    page.get_by_role("button", name="Retire Style").click()
    page.get_by_role("button", name="Offer again Style").wait_for()
    assert problems(page) == []
    fits(page)
    page.get_by_label("Name", exact=True).fill("Renamed")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The settings are saved.").wait_for()

    queue.refresh_from_db()
    assert queue.name == "Renamed"
    assert DefectKind.objects.filter(retired_at=None).count() == 3


def test_a_guideline_made_taller_breaks_no_rule_when_questions_are_added(page_of, owner, guard):
    """Its height is a style of its own, which a page may not copy: the console stays clean."""
    page = page_of(owner, NEW)
    page.get_by_label("Guideline").fill("**Yes** when\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    expect(page.locator("#q0-preview table")).to_be_visible()
    page.get_by_label("Guideline").evaluate(
        "box => { box.style.height = '300px' }"
    )  # as dragging its corner does
    assert page.get_by_label("Guideline").get_attribute("style")
    page.get_by_role("button", name="Add a question").click()
    expect(page.locator("#q1 [name=q1-text]")).to_be_focused()
    page.get_by_label("A or B").check()
    expect(page.get_by_label("A or B")).to_be_focused()
    guard.check()


def test_no_word_of_what_was_wrong_stays_over_a_form_with_nothing_wrong(page_of, owner, guard):
    guard.allow("422")
    page = page_of(owner, NEW)
    page.get_by_label("Name", exact=True).fill("Refunds")
    page.keyboard.press("Enter")  # makes the queue, and adds no question
    wrong = page.get_by_text("The queue is not made yet")
    expect(wrong).to_be_visible()
    expect(page.locator("[name=steps]")).to_have_count(1)
    page.get_by_label("Text").fill("Is it right?")
    page.get_by_role("button", name="Add a question").click()
    expect(page.locator("[name=steps]")).to_have_count(2)
    expect(wrong).to_have_count(0)


def test_a_long_name_is_pasted_whole_and_its_limit_is_said(page_of, owner, guard):
    guard.allow("422")
    page = page_of(owner, NEW)
    name = page.get_by_label("Name", exact=True)
    name.fill("n" * 130)
    page.get_by_label("Text").fill("Is it right?")
    page.get_by_role("button", name="Make the queue").click()
    expect(page.get_by_text("at most 120 characters (it has 130)")).to_be_visible()
    expect(name).to_have_value("n" * 130)


def test_the_guideline_stays_at_its_label_beside_a_tall_preview(page_of, owner):
    page = page_of(owner, NEW)
    guideline = page.get_by_label("Guideline")
    guideline.fill("\n\n".join(f"# Rule {n}" for n in range(20)))
    expect(page.locator("#q0-preview")).to_contain_text("Rule 19")
    label = page.locator("label[for=id_q0-guideline]").bounding_box()
    assert guideline.bounding_box()["y"] - (label["y"] + label["height"]) < 12
