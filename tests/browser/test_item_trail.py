"""From an answer to its item, its trail, gold, and a question that is worded anew and asked again."""

import pytest
from playwright.sync_api import expect

from annotator.jobs import runner
from annotator.models import Item, Job, QuestionVersion
from annotator.services import queues
from tests import make
from tests.annotator.labeling import person
from tests.browser.axe import problems_in_both


@pytest.fixture
def queue(project, annotator, as_):
    made = make.queue(project, items=3, name="Tuesday")
    tab = person(made, as_(annotator))
    one, two = tab.items(2)
    tab.answer(one, "yes", note="It says so.", ms=2100)
    tab.answer(two, "no", flagged=True)
    return made


def test_an_owner_follows_an_answer_and_makes_its_item_gold(queue, owner, page_of):
    page = page_of(owner, f"/p/shop/queues/{queue.pk}/")

    page.locator(".latest-text a").last.click()
    expect(page.locator(".item-title")).to_have_text("item-0")
    expect(page.locator(".trail")).to_contain_text("amir answered Yes")
    expect(page.locator(".trail")).to_contain_text("It says so.")
    page.get_by_role("link", name="Next item").click()
    expect(page.locator(".item-title")).to_have_text("item-1")
    page.get_by_text("Make it gold", exact=True).first.click()
    page.get_by_label("Is it good?").select_option("no")
    page.get_by_role("button", name="Make it gold").click()
    expect(page.locator("main")).to_contain_text("It is gold now")
    assert Item.objects.get(external_id="item-1").gold == {"good": "no"}
    page.get_by_role("button", name="No longer gold").click()
    page.locator("#confirm").get_by_role("button", name="No longer gold").click()
    expect(page.locator("main")).to_contain_text("no longer gold")
    page.get_by_role("link", name="Items", exact=True).click()
    page.get_by_role("link", name="Flagged").click()
    expect(page.locator(".item-row")).to_have_count(1)


def test_a_question_is_worded_anew_and_asked_again(queue, owner, page_of):
    page = page_of(owner, "/p/shop/questions/good/")

    page.get_by_label("Question").fill("Is every claim supported?")
    page.get_by_label("Guideline").fill("Every claim has **its source**.")
    page.get_by_role("button", name="Preview the guideline").click()
    expect(page.locator("#preview strong")).to_have_text("its source")
    assert QuestionVersion.objects.count() == 1
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("h1")).to_have_text("Is every claim supported?")
    expect(page.locator(".stale")).to_contain_text("2 answers were given to version 1.")
    page.get_by_role("button", name="Ask again").click()
    page.locator("#confirm").get_by_role("button", name="Ask again").click()
    expect(page.locator("h1")).to_contain_text("Asking again")
    runner.run(Job.objects.get().pk, queue="default")
    page.get_by_role("link", name="See the result").click()
    expect(page.locator("main")).to_contain_text("0 of 3 items answered")
    page.locator(".latest-text a").first.click()
    expect(page.locator(".trail-again")).to_contain_text(
        "olivia asked amir again, because the wording changed"
    )


def test_the_pages_fit_a_phone_and_a_screen_reader(queue, project, owner, page_of):
    long = "w" * 250
    queues.set_question(project=project, key="good", text=f"Is it {long}?"[:300], guideline=long)
    queues.add_items(queue, [queues.NewItem(external_id=long, input=long, output=long, reason=long[:200])])
    Item.objects.filter(external_id=long).update(
        held=True, findings=[{"side": "output", "kind": "error", "text": long}], gold={"good": "yes"}
    )
    base = f"/p/shop/queues/{queue.pk}/"
    item, last = queue.items.get(external_id="item-0").pk, queue.items.get(external_id=long).pk
    paths = ("items/", "items/?which=held", f"items/{item}/", f"items/{last}/")
    page = page_of(owner, viewport={"width": 360, "height": 700})
    for path in (*(base + path for path in paths), "/p/shop/questions/", "/p/shop/questions/good/", base):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert problems_in_both(page) == []
