"""Gold items and mirrored pairs look like all others to whom they test: by counts, badges and answers."""

import re

import pytest
from django.urls import reverse

from annotator.chance import draws_gold
from annotator.models import Item, Place, Queue
from annotator.queries import mine
from annotator.queries.queues import progress_of, shares_of
from annotator.services.raters import rater_of
from tests.annotator.asking import chain_queue, fill, pair, pair_queue
from tests.annotator.labeling import lapse, person, program

pytestmark = pytest.mark.django_db

GOLD = {"input": "x", "output": "y", "gold": {"good": "yes"}}


def gold_queue(project, *, items=4, gold=1, **more) -> Queue:
    queue = chain_queue(project, {"key": "good"}, items=items, **{"gold_rate": 1, **more})
    fill(queue, [{**GOLD, "external_id": f"gold-{n}"} for n in range(gold)], places=False)
    return queue


def some_pairs(project, *, copies=(0, 2, 3), **more) -> Queue:
    """Eight pairs, some of which come again, and three more that are gold."""
    settings = {"gold_rate": 0.5, "mirror_share": 0.5, "seed": 5} | more
    queue = pair_queue(project, items=8, **settings)
    originals = {item.external_id: item for item in queue.items.all()}
    again = [
        {**pair(n), "external_id": f"pair-{n}~mirror", "copy_of": originals[f"pair-{n}"]} for n in copies
    ]
    gold = [{**pair(n), "gold": {"better": "left"}} for n in range(20, 23)]
    fill(queue, again + gold, places=False)
    return queue


def get(browser, queue, name, *more):
    answer = browser.get(reverse(name, args=[queue.project.slug, queue.pk, *more]))
    assert answer.status_code == 200
    return answer.content.decode()


def screen(browser, queue) -> tuple[int, int]:
    """What the labeling screen counts from."""
    answer = browser.get(reverse("annotate", args=[queue.project.slug, queue.pk]))
    config = answer.context["config"]
    return config["answered"], config["total"]


def told(browser, queue) -> dict[str, int]:
    """How far the queue is, as the API tells a page."""
    answer = browser.get(f"/api/v1/queues/{queue.pk}", headers={"X-CSRFToken": csrf(browser)})
    names = ("items", "done_items", "places", "done_places", "labels")
    return {name: answer.json()[name] for name in names}


def csrf(browser) -> str:
    return browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else ""


def read(browser, queue) -> tuple[str, int]:
    """The queue's page: how many items are answered, and by how many answers."""
    answer = browser.get(reverse("queue", args=[queue.project.slug, queue.pk]))
    done = re.search(r"\d+ of \d+ items answered", answer.content.decode())[0]
    return done, sum(share.answered for share in answer.context["shares"])


def work(me, question, most=99):
    """Each item as it comes, what tests people at once, until nothing is left."""
    for _ in range(most):
        if not (items := me.items()):
            return
        yield items[0]
        me.answer(items[0], "yes" if question == "good" else "left", question=question)
        lapse(me.queue, extra=True)


def draw_some(queue, rater):
    """A seed by which some items draw gold for this rater and others do not."""
    items = queue.items.filter(gold__isnull=True, copy_of=None).values_list("pk", flat=True)
    for queue.seed in range(1000):
        drawn = [draws_gold(queue.seed, item, rater.pk, queue.gold_rate) for item in items]
        if any(drawn) and not all(drawn):
            break
    else:
        raise AssertionError("no seed draws some and not all")
    queue.save()


@pytest.mark.parametrize("kind", ["gold", "pairs"])
def test_every_item_counts_for_one_and_no_total_moves(project, annotator, as_, kind):
    queue = gold_queue(project, gold=3, gold_rate=0.6) if kind == "gold" else some_pairs(project)
    draw_some(queue, rater_of(project, annotator))
    browser = as_(annotator)
    me, question = person(queue, browser), "good" if kind == "gold" else "better"
    total = screen(browser, queue)[1]

    names = []
    for n, item in enumerate(work(me, question)):
        names.append(item["external_id"])
        assert screen(browser, queue) == (n, total)
        assert read(browser, queue) == (f"{n} of {total} items answered", n)
        assert told(browser, queue) == {
            "items": total,
            "done_items": n,
            "places": total,
            "done_places": n,
            "labels": n,
        }

    assert len(names) == total == Place.objects.filter(queue=queue, done_at__isnull=False).count()
    assert total > progress_of([queue])[queue.pk].items  # something did test them
    assert screen(browser, queue) == (total, total)
    assert "all answered" in get(browser, queue, "queue")


def test_a_long_queue_has_totals_that_stay_too(project, annotator, as_, monkeypatch):
    monkeypatch.setattr(mine, "MOST", 1)
    queue = some_pairs(project)
    browser = as_(annotator)
    rater_of(project, annotator)
    seen = [
        (told(browser, queue)["places"], screen(browser, queue)[0])
        for _ in work(person(queue, browser), "better", 8)
    ]

    assert seen == [(8 + 3 + 3, min(n, 2)) for n in range(8)]


def test_others_and_their_answers_to_gold_change_nothing_that_i_see(project, annotator, owner, as_):
    queue = gold_queue(project, overlap=2)
    browser = as_(annotator)
    person(queue, browser).items()
    before = told(browser, queue)
    ben = program(queue, "ben")
    [first] = ben.items()
    ben.answer(first)
    lapse(queue, extra=True)
    between = told(browser, queue)
    [gold] = ben.items()
    assert gold["external_id"] == "gold-0"
    ben.answer(gold)

    assert told(browser, queue) == between == {**before, "done_places": 1, "labels": 1}
    assert told(as_(owner), queue)["labels"] == 1
    assert [(one.name, one.answered) for one in shares_of(queue)] == [("ben", 1)]


def test_with_several_people_an_item_is_done_when_as_many_have_done_it(project, annotator, as_):
    """Whoever comes last ends each item, gold or not; whoever comes first ends none."""
    queue = gold_queue(project, items=3, gold=1, overlap=2)
    first, browser = program(queue, "ben"), as_(annotator)
    me = person(queue, browser)
    for item in work(first, "good"):
        assert item
    for n, _item in enumerate(work(me, "good")):
        assert (told(browser, queue)["done_items"], told(browser, queue)["items"]) == (n, 4)


def test_owners_find_gold_outside_of_the_progress(project, owner, as_):
    queue = gold_queue(project)
    browser = as_(owner)
    me = person(queue, browser)
    for _ in work(me, "good", 3):
        pass

    assert "2 of 4 items answered" in get(browser, queue, "queue")
    assert [one.answered for one in shares_of(queue)] == [2]
    assert screen(browser, queue)[0] == 3


def test_a_skipped_gold_item_counts_as_any_that_was_skipped(project, annotator, as_):
    queue = gold_queue(project, items=3)
    browser = as_(annotator)
    me = person(queue, browser)
    [first] = me.items()
    me.answer(first)
    lapse(queue, extra=True)
    [gold] = me.items()
    before = screen(browser, queue), told(browser, queue)
    me.answer(gold, "skip")
    assert (screen(browser, queue), told(browser, queue)) == before

    [second] = me.items()
    me.answer(second, "skip")
    assert (screen(browser, queue), told(browser, queue)) == before

    ben = program(queue, "ben")
    for item in ben.items(2):
        ben.answer(item)
    lapse(queue, extra=True)
    assert told(browser, queue) == {"items": 4, "done_items": 4, "places": 4, "done_places": 4, "labels": 3}
    assert screen(browser, queue) == (1, 1)


def test_an_answer_after_a_skip_is_a_first_answer(project):
    queue = gold_queue(project, items=1, gold=3)
    me = program(queue, "ana")
    [item] = me.items()
    for n, answer in enumerate(("skip", "undo", "yes", "undo", "skip", "undo", "no")):
        me.answer(item, answer)
        assert Place.objects.filter(extra=True).count() == (n > 1)


def test_lists_tell_an_annotator_no_number_that_gold_would_leave_alone(project, annotator, owner, as_):
    gold_queue(project)

    for page in ("/", f"/p/{project.slug}/", f"/p/{project.slug}/queues/"):
        assert "4 left" in (html := as_(owner).get(page).content.decode()) or "4 answers left" in html
        html = as_(annotator).get(page).content.decode()
        assert "not all answered" in html
        assert "4 left" not in html
        assert "4 answers left" not in html
        assert 'max="4"' not in html


def test_gold_that_waits_for_one_person_is_theirs_to_label_and_nobody_elses(project, annotator, owner, as_):
    queue = gold_queue(project, items=1)
    browser = as_(annotator)
    me = person(queue, browser)
    [item] = me.items()
    me.answer(item)
    pages = (
        "/",
        f"/p/{project.slug}/",
        f"/p/{project.slug}/queues/",
        f"/p/{project.slug}/queues/{queue.pk}/",
    )

    label = reverse("annotate", args=[project.slug, queue.pk])
    for page in pages:
        assert label in browser.get(page).content.decode()
        assert label not in as_(owner).get(page).content.decode()

    lapse(queue, extra=True)
    me.answer(me.items()[0])
    for page in pages:
        assert label not in browser.get(page).content.decode()


def test_what_is_in_hand_is_not_told_by_a_badge(project, annotator, owner, as_):
    queue = gold_queue(project, items=3)
    browser = as_(annotator)
    me = person(queue, browser)
    me.answer(me.items()[0])
    lapse(queue, extra=True)
    assert len(me.items(3)) == 3

    assert "with 1 person now" not in get(browser, queue, "queue-items")
    assert get(as_(owner), queue, "queue-items").count("with 1 person now") == 2


def test_while_pairs_come_again_no_annotator_takes_the_answers_along(project, annotator, owner, as_):
    queue = some_pairs(project, gold_rate=0)
    browser = as_(annotator)
    me = person(queue, browser)
    url = reverse("queue-download", args=[project.slug, queue.pk])
    for _item in work(me, "better"):
        assert browser.get(url).status_code == 403
        assert as_(owner).get(url).status_code == 200

    assert browser.get(url).status_code == 200


@pytest.mark.parametrize("rate", [1, 0])
def test_gold_hides_what_others_said_as_long_as_it_waits(project, annotator, as_, rate):
    """Also where all other places are filled, and where the owner asks for no more gold since."""
    queue = gold_queue(project, items=2)
    gold = queue.items.get(external_id="gold-0")
    ben = program(queue, "benjamin")
    ben.answer(ben.items()[0])
    lapse(queue, extra=True)
    ben.answer(ben.items()[0], "no", note="told by benjamin")
    browser = as_(annotator)
    me = person(queue, browser)
    [item] = me.items()
    me.answer(item)
    Queue.objects.filter(pk=queue.pk).update(gold_rate=rate)
    download = reverse("queue-download", args=[project.slug, queue.pk])

    assert "told by benjamin" not in get(browser, queue, "queue-item", gold.pk)
    assert "told by benjamin" not in get(browser, queue, "queue")
    assert browser.get(download).status_code == 403
    assert browser.get(f"/api/v1/queues/{queue.pk}/export.jsonl").status_code == 403
    assert "all answered" not in get(browser, queue, "queue")

    lapse(queue, extra=True)
    [asked] = me.items()
    assert asked["external_id"] == "gold-0"
    me.answer(asked)
    assert "told by benjamin" in get(browser, queue, "queue-item", gold.pk)
    assert browser.get(download).status_code == 200


@pytest.mark.parametrize("items", [3, 30])
def test_the_number_of_queries_does_not_grow(project, annotator, as_, items, django_assert_num_queries):
    queue = gold_queue(project, items=items, gold=items)
    browser = as_(annotator)
    me = person(queue, browser)
    for _ in work(me, "good", items):
        pass
    gold = Item.objects.filter(queue=queue, external_id="gold-0").get()

    with django_assert_num_queries(12):
        get(browser, queue, "queue")
    with django_assert_num_queries(6):
        told(browser, queue)
    with django_assert_num_queries(13):
        get(browser, queue, "queue-item", gold.pk)
    with django_assert_num_queries(8):
        get(browser, queue, "annotate")
    with django_assert_num_queries(5):
        browser.get(f"/p/{project.slug}/queues/")
