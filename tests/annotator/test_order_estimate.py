"""The estimate of a queue's rate: from its random share alone, and shown with its interval and n."""

import random

import pytest

from annotator.chance import in_random_share
from annotator.models import Item, Queue
from annotator.queries.random_share import estimate_of
from annotator.stats.intervals import Undefined, wilson
from annotator.stats.random_share import random_share_rate
from tests.annotator import ordering
from tests.annotator.labeling import person


def truth(item: dict) -> str:
    return "yes" if float(item["output"].rsplit(" ", 1)[-1]) > 0 else "no"


def answer(tab, n: int) -> list[str]:
    items = tab.items(n)
    tab.submit(*({"lease": item["lease"], "answer": truth(item)} for item in items))
    return [item["external_id"] for item in items]


def panel(queue) -> str:
    return f"/p/shop/queues/{queue.pk}/order/"


def text(answered) -> str:
    assert answered.status_code == 200
    return " ".join(answered.content.decode().replace("\u202f", " ").split())


@pytest.fixture(autouse=True)
def tiny_model(monkeypatch):
    ordering.use(monkeypatch)


@pytest.fixture
def queue(project):
    return ordering.queue(project)


# The numbers.


def test_a_small_part_of_a_large_queue_is_wilsons():
    ours = random_share_rate([1.0] * 12 + [0.0] * 38, 10**9)
    plain = wilson(12, 50)
    assert (ours.value, ours.n) == (plain.value, plain.n)
    assert ours.low == pytest.approx(plain.low)
    assert ours.high == pytest.approx(plain.high)


def test_half_of_the_queue_says_more_and_all_of_it_everything():
    few, half = random_share_rate([1.0, 0.0] * 25, 10**6), random_share_rate([1.0, 0.0] * 25, 100)
    whole = random_share_rate([1.0, 0.0] * 25, 50)
    assert half.high - half.low < 0.75 * (few.high - few.low)
    assert whole.low == whole.high == 0.5


def test_nothing_answered_is_no_rate():
    assert random_share_rate([], 100).reason == Undefined.NO_ANSWERS


def test_items_on_which_people_differ_count_by_their_share():
    assert random_share_rate([1.0, 0.5, 0.0, 0.5], 100).value == 0.5


def test_the_interval_holds_what_it_says():
    """19 of 20 samples of 60 out of 300; an exact count would be off by a little at most."""
    chance = random.Random(3)
    held = 0
    for _ in range(1000):
        everyone = [1.0] * 75 + [0.0] * 225
        found = random_share_rate(chance.sample(everyone, 60), 300)
        held += found.low <= 0.25 <= found.high
    assert 0.93 < held / 1000 < 0.98


# From answers.


def test_only_the_random_share_counts(queue, tab):
    answer(tab, 40)
    ordering.run(queue)
    seen = answer(tab, 20)
    answered = set(queue.labels.values_list("item__external_id", flat=True))
    drawn = [name for name in answered if in_random_share(5, name, 0.2)]

    found = estimate_of(queue)

    assert len(seen) == 20
    assert found.estimate.n == len(drawn)
    assert found.left_out == 60 - len(drawn)
    assert found.estimate.value == pytest.approx(sum(int(n[1:]) > 49 for n in drawn) / len(drawn))
    assert found.estimate.low < found.estimate.value < found.estimate.high


def test_the_answered_ones_are_a_prefix_of_the_shares_random_order(queue, tab):
    """So whoever is answered by now was chosen by lot, whatever the model thought."""
    for _ in range(3):
        answer(tab, 20)
        ordering.run(queue)
    share = [
        name
        for name in Item.objects.filter(queue=queue)
        .order_by("position")
        .values_list("external_id", flat=True)
        if in_random_share(5, name, 0.2)
    ]
    answered = set(queue.labels.values_list("item__external_id", flat=True))
    drawn = [name for name in share if name in answered]
    assert drawn == share[: len(drawn)]
    assert 0 < len(drawn) < len(share)


def test_what_was_taken_back_brought_in_or_said_by_programs_does_not_count(queue, tab):
    answer(tab, 30)
    before = estimate_of(queue).estimate.n
    share = [
        label
        for label in queue.labels.select_related("item")
        if in_random_share(5, label.item.external_id, 0.2)
    ]
    queue.labels.filter(pk=share[0].pk).update(imported=True)
    assert estimate_of(queue).estimate.n == before - 1

    queue.labels.update(answer="undo")
    assert estimate_of(queue).estimate.reason == Undefined.NO_ANSWERS


def test_gold_is_not_of_the_queue(queue, tab):
    answer(tab, 30)
    n = estimate_of(queue).estimate.n
    label = next(
        label
        for label in queue.labels.select_related("item")
        if in_random_share(5, label.item.external_id, 0.2)
    )
    Item.objects.filter(pk=label.item_id).update(gold={"good": "yes"})
    assert estimate_of(queue).estimate.n == n - 1


def test_a_queue_that_is_all_answered_needs_no_estimate(project, annotator, as_):
    queue = ordering.queue(project, items=30)
    answer(person(queue, as_(annotator)), 30)

    found = estimate_of(queue)

    assert found.whole
    assert (found.estimate.n, found.left_out) == (30, 0)
    assert found.estimate.low == found.estimate.high == found.estimate.value == 0.5


def test_two_queries_for_any_number_of_answers(queue, tab, django_assert_num_queries):
    with django_assert_num_queries(3):
        estimate_of(queue)
    answer(tab, 40)
    with django_assert_num_queries(3):
        estimate_of(queue)


# On the page.


def test_the_queue_page_loads_the_panel_for_this_order_only(queue, project, owner, as_):
    given = ordering.queue(project, items=2, order="given")
    assert panel(queue) in text(as_(owner).get(f"/p/shop/queues/{queue.pk}/"))
    assert panel(given) not in text(as_(owner).get(f"/p/shop/queues/{given.pk}/"))


def test_before_anything_it_says_what_will_come(queue, owner, as_):
    shown = text(as_(owner).get(panel(queue)))
    assert "Estimate of yes: none yet" in shown
    assert "Nothing is learned yet" in shown
    assert "20 % of the items keep their random turn" in shown


def test_it_shows_the_estimate_what_is_left_out_and_what_was_learned(queue, tab, viewer, as_):
    answer(tab, 40)
    ordering.run(queue)
    answer(tab, 20)

    shown = text(as_(viewer).get(panel(queue)))

    found = estimate_of(queue)
    assert f"Estimate of yes: {100 * found.estimate.value:.0f} % (" in shown
    assert f"from {found.estimate.n} answered items of the random share" in shown
    assert f"{found.left_out} other answered items did not come by chance and are left out" in shown
    assert "Learned from 40 answers" in shown
    assert "of 40 items right that it has not seen" in shown
    assert "uncertain items were put in front" in shown


def test_with_few_answers_it_says_what_is_missing(queue, tab, owner, as_):
    answer(tab, 4)
    ordering.run(queue)
    assert "Learning begins with 10 items answered yes and as many answered no" in text(
        as_(owner).get(panel(queue))
    )


def test_who_may_still_be_asked_sees_no_rate(project, annotator, owner, as_):
    queue = ordering.queue(project, overlap=2)
    answer(person(queue, as_(annotator)), 40)
    ordering.run(queue)

    blind, open_ = text(as_(annotator).get(panel(queue))), text(as_(owner).get(panel(queue)))

    assert "Estimate of yes" in open_
    assert "Estimate of yes" not in blind
    assert "shown when everything is answered" in blind
    assert "always the same answer" not in blind


def test_a_run_that_failed_is_shown_with_what_to_do(queue, owner, as_, monkeypatch):
    from annotator import weights

    monkeypatch.setattr(weights, "missing_packages", lambda: ["torch"])
    job = ordering.run(queue)

    shown = text(as_(owner).get(panel(queue)))

    assert f"/p/shop/jobs/{job.pk}/" in shown
    assert "make install-ml" in shown
    assert queue.name in text(as_(owner).get("/p/shop/jobs/"))


def test_in_another_order_it_says_so(queue, owner, as_):
    Queue.objects.update(order="random")
    assert "in another order now" in text(as_(owner).get(panel(queue)))


def test_who_may_look(queue, stranger, viewer, as_, client):
    assert as_(stranger).get(panel(queue)).status_code == 404
    assert as_(viewer).get(panel(queue)).status_code == 200
    assert as_(viewer).post(panel(queue)).status_code == 405
    assert client.get(panel(queue)).status_code == 302


def test_the_panel_costs_the_same_for_any_number_of_answers(
    queue, tab, owner, as_, django_assert_num_queries
):
    browser = as_(owner)
    with django_assert_num_queries(9):
        browser.get(panel(queue))
    answer(tab, 40)
    ordering.run(queue)
    with django_assert_num_queries(9):
        browser.get(panel(queue))
