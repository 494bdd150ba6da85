"""Several tabs, several people, leases that lapse: one answer each, none lost, and the reason said."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from annotator.models import Label, Place
from annotator.queries.chains import chain_of
from annotator.services import labeling
from tests import make
from tests.browser.labeling import answers, open_screen, path, press, standing, wait_for_item, wait_saved


def shown(page) -> str:
    """The input on the screen, once there is one."""
    place = page.locator("#stage [data-part=input]")
    expect(place).to_contain_text("Question")
    page.wait_for_timeout(50)
    return place.inner_text()


def page_has_item(page) -> bool:
    expect(page.locator(".label-item, #end:not([hidden])")).to_be_visible()
    return page.locator(".label-item").is_visible()


def test_two_tabs_have_different_items(project, annotator, window):
    queue = make.queue(project, items=24)
    browser = window(annotator)
    one = open_screen(browser.new_page(), queue)
    two = browser.new_page()
    two.goto(path(queue))
    assert shown(two) == "Question 10"  # the first tab holds ten
    while page_has_item(one) or page_has_item(two):
        for page, key in ((one, "y"), (two, "n")):
            if page_has_item(page):
                press(page, key)
                page.wait_for_timeout(50)
    for page in (one, two):
        wait_saved(page)
    given = answers(queue)
    assert len(given) == len({item for item, _ in given}) == 24
    assert Place.objects.filter(queue=queue, done_at=None).count() == 0


def test_a_duplicated_tab_is_a_tab_of_its_own(project, annotator, window):
    """Duplicating copies the session storage, and with it the tab's name."""
    queue = make.queue(project, items=24)
    browser = window(annotator)
    one = open_screen(browser.new_page(), queue)
    with browser.expect_page() as opened:
        one.evaluate("window.open(location.href)")
    assert shown(opened.value) == "Question 10"


def test_items_in_another_tab_can_be_fetched_over(project, annotator, window):
    queue = make.queue(project, items=3)
    browser = window(annotator)
    one = open_screen(browser.new_page(), queue)
    two = browser.new_page()
    two.goto(path(queue))
    expect(two.locator("#end-text")).to_have_text("3 items are open in another tab or program of yours.")
    two.get_by_role("button", name="Open them here").click()
    wait_for_item(two, 0)
    expect(one.locator("#end-text")).to_contain_text("in another tab")
    one.close()
    for n in range(3):
        wait_for_item(two, n)
        press(two, "y")
    expect(two.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(two)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "yes"), ("item-2", "yes")]


def test_all_that_another_tab_held_comes_over_however_much(project, annotator, page_of):
    """A tab that crashed held twenty: ten of its own, and ten that another took from it."""
    queue = make.queue(project, items=20)
    rater = labeling.rater_of(project, annotator)
    labeling.claim(queue=queue, rater=rater, chain=chain_of(queue), size=20, holder="a tab that crashed")
    page = page_of(annotator, path(queue))
    expect(page.get_by_role("heading", name="Open elsewhere")).to_be_visible()
    page.get_by_role("button", name="Open them here").click()
    for n in range(20):
        wait_for_item(page, n)
        press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert len(answers(queue)) == 20


def test_two_people_share_a_queue(project, annotator, owner, page_of):
    queue = make.queue(project, items=12)
    one, two = page_of(annotator), page_of(owner)
    open_screen(one, queue)
    two.goto(path(queue))
    assert shown(two) == "Question 10"
    press(two, "n", then=11)
    press(two, "n")
    expect(two.locator("#end-text")).to_contain_text("10 items are with others until")
    for n in range(10):
        wait_for_item(one, n)
        press(one, "y")
    for page in (one, two):
        wait_saved(page)
    assert standing(queue) == {f"item-{n}": "yes" if n < 10 else "no" for n in range(12)}


def test_a_closed_tab_gives_its_items_back_at_once(project, annotator, owner, page_of):
    queue = make.queue(project, items=4)
    one = open_screen(page_of(annotator), queue)
    press(one, "y", then=1)
    wait_saved(one)
    one.goto("/account/")
    two = page_of(owner)
    two.goto(path(queue))
    wait_for_item(two, 1)


def test_an_answer_after_the_lease_lapsed_still_counts(project, annotator, page_of):
    queue = make.queue(project, items=2)
    page = open_screen(page_of(annotator), queue)
    Place.objects.filter(queue=queue).update(lease_until=timezone.now() - timedelta(hours=1))
    press(page, "y", then=1)
    wait_saved(page)
    label = Label.objects.get(queue=queue)
    assert (label.answer, label.surplus) == ("yes", False)


def test_an_answer_to_an_item_that_somebody_else_took_meanwhile_is_kept(project, annotator, owner, page_of):
    queue = make.queue(project, items=1)
    page = open_screen(page_of(annotator), queue)
    Place.objects.filter(queue=queue).update(lease_until=timezone.now() - timedelta(hours=1))
    rater = labeling.rater_of(project, owner)
    (taken,) = labeling.claim(queue=queue, rater=rater, chain=chain_of(queue)).items
    sent = labeling.Sent(lease=taken.lease, question="good", answer="no", idempotency_key="theirs")
    labeling.submit(answers=[sent], by=rater)
    press(page, "y")
    expect(page.get_by_text("Your answer is kept beside theirs")).to_be_visible()
    wait_saved(page)
    mine = Label.objects.get(queue=queue, rater__user=annotator)
    assert (mine.answer, mine.surplus) == ("yes", True)


def test_an_empty_and_a_closed_queue_say_so(project, annotator, page_of):
    empty = make.queue(project, items=0, name="Empty")
    page = page_of(annotator, path(empty))
    expect(page.get_by_role("heading", name="Nothing to label just now")).to_be_visible()
    expect(page.locator("#end-text")).to_have_text("There are no items in this queue yet.")
    closed = make.queue(project, items=2, name="Closed")
    closed.closed_at = timezone.now()
    closed.save()
    page.goto(path(closed))
    expect(page.locator("#end-text")).to_contain_text("This queue is closed")


def test_a_giving_back_that_comes_after_the_next_claim_shows_nothing_twice(project, annotator, page_of, as_):
    """A reload gives its items back and claims them again; the network may swap the two."""
    queue = make.queue(project, items=3)
    page = open_screen(page_of(annotator), queue)
    leases = list(Place.objects.filter(queue=queue).values_list("lease_id", flat=True))
    labeling.give_back(queue=queue, rater=labeling.rater_of(project, annotator), leases=leases)
    for n in range(3):
        wait_for_item(page, n)
        press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "yes"), ("item-2", "yes")]
