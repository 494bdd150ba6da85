"""The items of a queue: by pages, by filters, with what was said, and what becomes of held ones."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from annotator.models import Item, Label, Place, Queue
from annotator.queries import items as query
from annotator.services import queues
from annotator.services.raters import rater_of
from tests import make
from tests.annotator.answering import answer
from tests.annotator.labeling import person, program


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def page(queue: Queue) -> str:
    return f"/p/shop/queues/{queue.pk}/items/"


def listed(browser: Client, queue: Queue, **parts) -> list[str]:
    answer = browser.get(page(queue), parts)
    assert answer.status_code == 200, answer.content
    return [shown.row.external_id for shown in answer.context.get("rows", ())]


@pytest.fixture
def queue(project):
    return make.queue(project, items=4, name="Tuesday")


@pytest.fixture
def pairs(project):
    """Two that are asked and three that are held back."""
    asked = queues.set_question(
        project=project, key="better", text="Which is better?", kind="pairwise"
    ).question
    made = queues.make_queue(project=project, name="Pairs", questions=[asked], kind="pairwise")
    texts = [("one", "two"), ("", "text"), ("same", "same"), ("three", "four"), ("", "more")]
    queues.add_items(
        made,
        (
            queues.NewItem(
                external_id=f"pair-{n}",
                input=f"Which {n}?",
                left=left,
                right=right,
                left_variant="model-x",
                right_variant="model-y",
            )
            for n, (left, right) in enumerate(texts)
        ),
    )
    return made


def test_items_stand_in_their_order_with_what_was_said(queue, owner, annotator, as_):
    tab = person(queue, as_(annotator))
    one, two = tab.items(2)
    tab.answer(one, "yes", flagged=True)
    tab.answer(two, "no")

    browser = as_(owner)
    shown = text(browser.get(page(queue)))

    assert listed(browser, queue) == ["item-0", "item-1", "item-2", "item-3"]
    assert "Question 0" in shown
    assert f"{page(queue)}{Item.objects.get(external_id='item-3').pk}/" in shown
    assert 'badge-yes">Yes' in shown
    assert 'badge-no">No' in shown
    assert "1 of 1" in shown
    assert "flagged" in shown


def test_filters(queue, owner, annotator, as_):
    robot, tab = program(queue, "robot"), person(queue, as_(annotator))
    first, second = tab.items(2)
    tab.answer(first, "yes", flagged=True)
    tab.answer(second, "skip")
    Place.objects.filter(item__external_id="item-0").update(done_at=None, owner=None, lease_id=None)
    robot.answer(robot.items()[0], "no")
    Item.objects.filter(external_id="item-3").update(gold={"good": "yes"})
    browser = as_(owner)

    assert listed(browser, queue, which="answered") == ["item-0"]
    assert listed(browser, queue, which="unanswered") == ["item-1", "item-2", "item-3"]
    assert listed(browser, queue, which="disputed") == ["item-0"]
    assert listed(browser, queue, which="flagged") == ["item-0"]
    assert listed(browser, queue, which="gold") == ["item-3"]
    assert listed(browser, queue, which="held") == []
    assert "disputed" in text(browser.get(page(queue), {"which": "disputed"}))


def test_an_id_is_found_by_a_part_of_it(queue, owner, as_):
    queues.add_items(queue, [queues.NewItem(external_id="Order <9>%", input="x", output="y")])
    browser = as_(owner)

    assert listed(browser, queue, q="tem-2") == ["item-2"]
    assert listed(browser, queue, q="order <9>%") == ["Order <9>%"]
    assert listed(browser, queue, q="nothing like it") == []
    assert "No item is like that" in text(browser.get(page(queue), {"q": "nothing like it"}))
    assert "exactly this id" in text(browser.get(page(queue), {"q": "item-2"}))
    assert "exactly this id" not in text(browser.get(page(queue), {"q": "item-"}))
    assert "Order &lt;9&gt;%" in text(browser.get(page(queue)))


def test_pages_follow_each_other(project, owner, as_):
    queue = make.queue(project, items=query.PAGE * 2 + 1)
    browser = as_(owner)

    first = browser.get(page(queue))
    second = browser.get(page(queue) + first.context["next"])
    third = browser.get(page(queue) + second.context["next"])

    assert [len(answer.context["rows"]) for answer in (first, second, third)] == [50, 50, 1]
    assert third.context["next"] is None
    assert third.context["rows"][0].row.external_id == "item-100"
    assert "From the beginning" in text(third)
    assert "Nothing lies beyond" in text(browser.get(page(queue), {"after": "100.999999999"}))


def test_items_of_the_same_position_are_each_shown_once(project, owner, as_):
    queue = make.queue(project, items=query.PAGE + 5)
    Item.objects.update(position=7)
    browser = as_(owner)

    first = browser.get(page(queue))
    second = browser.get(page(queue) + first.context["next"])

    seen = [shown.row.external_id for answer in (first, second) for shown in answer.context["rows"]]
    assert len(seen) == len(set(seen)) == query.PAGE + 5


@pytest.mark.parametrize(
    "parts", [{"which": "nonsense"}, {"after": "x"}, {"q": "x" * 300}, {"q": "\0"}, {"step": "-1"}]
)
def test_a_bad_address_is_explained(queue, owner, as_, parts):
    answer = as_(owner).get(page(queue), parts)

    assert answer.status_code == 400
    assert b"Show all items" in answer.content


def test_an_empty_queue_says_what_comes_next(project, owner, as_):
    assert "no items in this queue yet" in text(as_(owner).get(page(make.queue(project, items=0))))


def test_who_is_still_asked_sees_their_own_answers_only(project, owner, annotator, viewer, as_):
    queue = make.queue(project, items=1, overlap=2)
    theirs = person(queue, as_(owner))
    theirs.answer(theirs.items()[0], "no", flagged=True)
    browser = as_(annotator)

    shown = text(browser.get(page(queue)))
    assert 'badge-no">No' not in shown
    assert 'badge-warn">flagged' not in shown
    assert "Only your own answers" in shown
    assert listed(browser, queue, which="flagged") == []
    assert browser.get(page(queue), {"which": "disputed"}).status_code == 400
    assert listed(as_(viewer), queue, which="flagged") == ["item-0"]
    mine = person(queue, browser)
    mine.answer(mine.items()[0], "yes")
    assert 'badge-no">No' in text(browser.get(page(queue)))
    assert listed(browser, queue, which="disputed") == ["item-0"]


def test_annotators_know_nothing_of_gold_and_copies(pairs, owner, annotator, as_):
    original = pairs.items.get(external_id="pair-0")
    Item.objects.create(
        queue=pairs, position=0, external_id="pair-0~mirror", copy_of=original, left="one", right="two"
    )
    Item.objects.filter(external_id="pair-3").update(gold={"better": "left"})

    assert listed(as_(owner), pairs, which="gold") == ["pair-3"]
    assert "pair-0~mirror" in listed(as_(owner), pairs)
    assert as_(annotator).get(page(pairs), {"which": "gold"}).status_code == 400
    assert "pair-0~mirror" not in listed(as_(annotator), pairs)
    assert "gold" not in text(as_(annotator).get(page(pairs))).lower()


def test_gold_hides_among_what_is_asked_by_filters_too(queue, owner, annotator, as_):
    Item.objects.create(
        queue=queue, position=9, external_id="golden", input="x", output="y", gold={"good": "yes"}
    )
    Queue.objects.update(gold_rate=0.5)
    browser = as_(annotator)

    def told(**parts) -> set[str]:
        return set(listed(browser, queue, **parts))

    def is_split() -> bool:
        """Each item is either answered or not, as anybody may add up."""
        answered, left = told(which="answered"), told(which="unanswered")
        return answered | left == told() and not answered & left

    assert is_split()
    assert "golden" in told(which="unanswered")
    answer(queue.items.get(external_id="golden"), rater_of(queue.project, owner), "yes")
    assert is_split()
    assert "golden" in told(which="answered")
    assert "golden" not in listed(as_(owner), queue, which="answered")


# --- held back ---


def test_held_pairs_say_why(pairs, owner, viewer, as_):
    shown = text(as_(owner).get(page(pairs), {"which": "held"}))

    assert listed(as_(owner), pairs, which="held") == ["pair-1", "pair-2", "pair-4"]
    assert "Left: empty" in shown
    assert "both sides say the same" in shown
    assert "2 items" in shown
    assert "Ask anyway" in shown
    assert "Ask anyway" not in text(as_(viewer).get(page(pairs), {"which": "held"}))


def test_one_is_asked_anyway(pairs, owner, as_):
    held = pairs.items.get(external_id="pair-1")

    answer = as_(owner).post(page(pairs) + "?which=held", {"do": "ask", "item": held.pk}, follow=True)

    assert "1 item is asked like all others now." in text(answer)
    assert listed(as_(owner), pairs, which="held") == ["pair-2", "pair-4"]
    assert Place.objects.filter(item=held, done_at=None).count() == pairs.overlap


def test_all_of_a_kind_are_left_out_and_one_of_them_asked_after_all(pairs, owner, as_):
    browser = as_(owner)

    answer = browser.post(page(pairs) + "?which=held", {"do": "leave", "kind": "empty"}, follow=True)

    shown = text(answer)
    assert "2 items are left out." in shown
    assert [kind for kind, _, _ in answer.context["waiting"]] == ["same"]
    assert Place.objects.filter(item__queue=pairs).count() == 2
    assert shown.count("Leave out</button>") == 1
    again = browser.post(page(pairs) + "?which=held", {"do": "leave", "kind": "empty"}, follow=True)
    assert "0 items are left out." in text(again)
    one = pairs.items.get(external_id="pair-4")
    browser.post(page(pairs), {"do": "ask", "item": one.pk})
    assert Place.objects.filter(item=one).count() == 1


def test_all_of_a_kind_are_asked(pairs, owner, as_):
    as_(owner).post(page(pairs), {"do": "ask", "kind": "empty"})

    assert listed(as_(owner), pairs, which="held") == ["pair-2"]
    assert Place.objects.filter(item__queue=pairs).count() == 4


def test_more_than_one_click_takes_says_so(pairs, owner, as_, monkeypatch):
    monkeypatch.setattr("annotator.services.held.MOST", 1)

    answer = as_(owner).post(page(pairs) + "?which=held", {"do": "leave", "kind": "empty"}, follow=True)

    assert "These are the first 1. Press the button again for the next." in text(answer)
    assert "1 item is left out." in text(answer)


def test_what_is_not_held_or_not_ours_stays(pairs, project, owner, stranger, as_):
    other = make.queue(project, items=1, name="Other")
    Item.objects.filter(queue=other).update(held=True)
    Place.objects.filter(queue=other).delete()
    browser = as_(owner)

    for item in (pairs.items.get(external_id="pair-0").pk, other.items.get().pk, 10**17):
        browser.post(page(pairs), {"do": "ask", "item": item})
        browser.post(page(pairs), {"do": "leave", "item": item})
    browser.post(page(pairs), {"do": "explode", "item": "x"})

    assert Place.objects.filter(item__queue=pairs).count() == 2
    assert other.items.get().held


def test_who_may(queue, viewer, annotator, stranger, as_):
    assert Client().get(page(queue)).status_code == 302
    assert as_(stranger).get(page(queue)).status_code == 404
    assert as_(viewer).get(page(queue)).status_code == 200
    assert as_(viewer).post(page(queue), {"do": "ask"}).status_code == 403
    assert as_(annotator).post(page(queue), {"do": "ask"}).status_code == 403
    assert as_(viewer).put(page(queue)).status_code == 405


# --- what it costs ---


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_queries_does_not_grow(project, owner, as_, rows, django_assert_num_queries):
    queue = make.queue(project, items=rows)
    worker = program(queue, "fast")
    worker.submit(*({"lease": item["lease"]} for item in worker.items(rows)))
    browser = as_(owner)

    with django_assert_num_queries(9):  # session, person, membership, queue, open?, any?, walk, rows, answers
        browser.get(page(queue))
    with django_assert_num_queries(9):
        browser.get(page(queue), {"which": "answered"})


def many(queue: Queue, n: int) -> None:
    Item.objects.bulk_create(
        (Item(queue=queue, position=at, external_id=f"i{at}", input="x", output="y") for at in range(n)), 2000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotator_item")


def test_a_page_costs_the_same_everywhere_in_twenty_thousand_items(project, owner):
    queue = make.queue(project, items=0)
    many(queue, 20_000)
    facts = {"queue": queue.pk, "text": "", "only": None, "adjudicates": False, "size": 51, "step": 51}
    statement = query.STRETCH.format(few="true", where="(true)")
    read = []
    for position in (-1, -1, 10_000, 19_900):  # the first look marks what is new, and is not counted
        with connection.cursor() as cursor:
            cursor.execute(
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement,
                facts | {"position": position, "id": 0},
            )
            plan = cursor.fetchone()[0]
        plan = plan if isinstance(plan, list) else json.loads(plan)
        assert "items_in_order" in str(plan)
        assert "Sort" not in str(plan[0]["Plan"]["Plans"][0])
        read.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
    assert max(read[1:]) < 30
    assert max(read[1:]) - min(read[1:]) < 10


def test_a_search_that_finds_little_stops_and_goes_on(project, owner, as_, monkeypatch):
    queue = make.queue(project, items=0)
    many(queue, 9_000)
    Label.objects.create(
        queue=queue,
        item=queue.items.get(external_id="i8500"),
        question=queue.questions.get(),
        question_version=queue.questions.get().versions.get(),
        rater=rater_of(project, owner),
        answer="yes",
        flagged=True,
        idempotency_key="k",
        created_at=timezone.now(),
    )
    monkeypatch.setattr(query, "PATIENCE", 0.0)
    browser = as_(owner)

    answer = browser.get(page(queue), {"which": "flagged"})
    assert "Keep looking" in text(answer)
    assert 'hx-trigger="load"' in text(answer)
    steps = 1
    while link := re.search(r'hx-get="([^"]+)"', text(answer).split("item-looking", 1)[-1]):
        answer = browser.get(page(queue) + unescape(link[1]), headers={"HX-Request": "true"})
        assert "<html" not in text(answer)
        steps += 1
    assert steps == 5
    assert "i8500" in text(answer)
