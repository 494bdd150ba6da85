"""What was said beside an answer stands with the item: on its own page, and on its check's."""

import pytest
from django.urls import reverse

from annotator.models import Item, Queue
from annotator.services.raters import rater_of
from feedback.models import FailureMode
from feedback.services import modes, sightings
from tests.feedback import asserted, logged, looking


@pytest.fixture
def check(project, owner, next_morning):
    logged.interactions(project, 3)
    logged.plan(project, owner)
    made = logged.check(project)
    logged.answer(made.queue, owner, "nyy")
    return made


@pytest.fixture
def bad(check, project, owner) -> Item:
    item = check.queue.items.order_by("position")[0]
    looking.see(item, owner, "Invents a policy")
    sightings.expect(item, rater_of(project, owner), "30 days, <b>no</b> more.")
    asserted.assertion(project, item=item)
    return item


def said(browser, item: Item):
    return browser.get(reverse("item-said", args=["shop", item.pk]))


def test_the_items_page_leads_to_how_it_fails_and_what_watches_for_it(bad, owner, viewer, stranger, as_):
    page = as_(viewer).get(reverse("queue-item", args=["shop", bad.queue_id, bad.pk])).content.decode()
    assert reverse("item-said", args=["shop", bad.pk]) in page

    text = said(as_(viewer), bad).content.decode()

    mode = FailureMode.objects.get()
    for words in ("Invents a policy", "30 days, &lt;b&gt;no&lt;/b&gt; more.", "olivia", "No rose"):
        assert words in text
    assert reverse("failure-mode", args=["shop", mode.pk]) in text
    assert reverse("assertion", args=["shop", "no-rose"]) in text
    assert said(as_(stranger), bad).status_code == 404
    assert as_(viewer).post(reverse("item-said", args=["shop", bad.pk])).status_code == 405


def test_of_a_good_one_nothing_is_said(bad, check, owner, as_):
    good = check.queue.items.order_by("position")[1]
    assert said(as_(owner), good).content.decode().strip() == ""


def test_whoever_may_still_be_asked_learns_nothing(bad, owner, annotator, as_):
    Queue.objects.filter(pk=bad.queue_id).update(overlap=2)
    bad.queue.places.filter(item=bad).update(done_at=None)

    assert said(as_(annotator), bad).content.decode().strip() == ""
    assert "Invents a policy" in said(as_(owner), bad).content.decode()


def test_the_check_shows_it_with_each_item_and_a_merged_mode_under_its_new_name(
    bad, check, project, owner, as_
):
    rude = modes.named(project, "Makes up rules", owner)
    modes.merge(FailureMode.objects.get(name="Invents a policy"), rude)

    page = as_(owner).get(f"/p/shop/checks/{check.day}/").content.decode()

    items = page[page.index('id="items"') :]
    for words in ("Makes up rules", "Should have been", "30 days, &lt;b&gt;no&lt;/b&gt; more."):
        assert words in items
    assert "Invents a policy" not in items
    assert reverse("failure-mode", args=["shop", rude.pk]) in items
