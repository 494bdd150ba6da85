"""Adjudication: disagreements are asked once more, blind, and what is decided there is the consensus."""

import pytest
from django.utils import timezone

from annotator.jobs import runner
from annotator.models import Consensus, Item, Membership, Place, Queue
from annotator.services import adjudication, consensus
from annotator.services.ask_again import ask_again
from annotator.services.questions import set_question
from tests import make
from tests.annotator.answering import answer, answers, people
from tests.annotator.labeling import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    return make.queue(project, items=4, overlap=2, name="Tuesday")


def url(queue: Queue) -> str:
    return f"/p/shop/queues/{queue.pk}/adjudication/"


def sent(into: Queue) -> list[str]:
    return list(into.items.order_by("position").values_list("external_id", flat=True))


def test_from_two_opinions_to_a_decision(queue, owner, annotator, project, as_):
    """The owner and the annotator differ on one item; a third person decides it, blind."""
    one, two = person(queue, as_(owner)), person(queue, as_(annotator))
    for mine, yours in zip(one.items(4), two.items(4), strict=True):
        one.answer(mine, "yes")
        two.answer(yours, "no" if yours["external_id"] == "item-2" else "yes", note="look at the date")
    judge = make.member(project, "judy")

    answered = as_(owner).post(url(queue), {"people": [judge.pk]})

    into = Queue.objects.get(adjudicates=queue)
    assert answered.status_code == 302
    assert (into.name, into.overlap, into.origin, into.kind) == (
        "Adjudication: Tuesday",
        1,
        "adjudication",
        "binary",
    )
    assert sent(into) == ["item-2"]
    bench = person(into, as_(judge))
    [case] = bench.items(4)
    assert (case["input"], case["output"]) == ("Question 2", {"answer": 2})
    assert "1 no" not in str(case)
    assert "look at the date" not in str(case)
    assert bench.answer(case, "no")["state"] == "counted"

    runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")
    row = Consensus.objects.get(item__external_id="item-2")
    assert (row.answer, row.source, row.n, row.share) == ("no", "adjudicated", 2, 0.5)


def test_only_chosen_people_are_asked(queue, owner, annotator, project, as_):
    judge = make.member(project, "judy")
    as_(owner).post(url(queue), {"people": [judge.pk]})

    into = Queue.objects.get(adjudicates=queue)

    assert into.restricted
    assert list(into.people.all()) == [judge]


def test_without_a_choice_every_labeler_may(queue, owner, as_):
    as_(owner).post(url(queue), {})

    assert not Queue.objects.get(adjudicates=queue).restricted


def test_viewers_and_strangers_cannot_be_chosen(queue, owner, viewer, stranger, as_):
    for who in (viewer, stranger):
        refused = as_(owner).post(url(queue), {"people": [who.pk]})
        assert refused.status_code == 422
        assert "Choose owners or annotators" in refused.content.decode()
    assert not Queue.objects.filter(adjudicates=queue).exists()


def test_the_same_is_sent_once_however_often_it_is_asked(queue, owner, as_):
    answers(queue, "yn", "yy", "ny")
    for _ in range(3):
        as_(owner).post(url(queue), {})

    into = Queue.objects.get(adjudicates=queue)
    assert sent(into) == ["item-0", "item-2"]
    answers(queue, "", "", "", "yn")
    assert adjudication.send(queue) == 1
    assert sent(into) == ["item-0", "item-2", "item-3"]
    assert Place.objects.filter(queue=into).count() == 3


def test_a_copy_says_the_same_and_nothing_of_why(queue):
    Item.objects.filter(queue=queue).update(
        reason="thumbs down", stratum="x", inclusion_probability=0.5, metadata={"model": "m"}, error="late"
    )
    answers(queue, "yn")
    into = adjudication.make_adjudication(queue=queue)
    adjudication.send(queue)

    copy, original = into.items.get(), queue.items.get(external_id="item-0")
    assert copy.copy_of == original
    assert (copy.input, copy.output, copy.metadata, copy.error, copy.origin) == (
        original.input,
        original.output,
        original.metadata,
        "late",
        "test",
    )
    assert (copy.reason, copy.stratum, copy.inclusion_probability) == ("", "", None)


def test_what_is_still_asked_waits_until_it_is_answered_or_the_queue_is_closed(project):
    queue = make.queue(project, items=2, overlap=3)
    answers(queue, "yn", "yyn")
    into = adjudication.make_adjudication(queue=queue)

    assert adjudication.send(queue) == 1
    assert sent(into) == ["item-1"]
    Queue.objects.filter(pk=queue.pk).update(closed_at=timezone.now())
    queue.refresh_from_db()
    assert adjudication.send(queue) == 1


def test_who_agrees_skips_is_a_program_or_was_tested_sends_nothing(queue):
    answers(queue, "yy", "ys", "y", "yn")
    items = list(queue.items.order_by("position"))
    [robot] = people(queue, "robot", kind="llm")
    answer(items[0], robot, "no")
    answer(items[2], robot, "no")
    Item.objects.filter(pk=items[3].pk).update(gold={"good": "yes"})
    Queue.objects.filter(pk=queue.pk).update(closed_at=timezone.now())
    queue.refresh_from_db()

    adjudication.make_adjudication(queue=queue)

    assert adjudication.send(queue) == 0


def test_a_place_outside_of_the_overlap_does_not_keep_an_item_waiting(queue):
    answers(queue, "yn")
    item = queue.items.get(external_id="item-0")
    Place.objects.create(queue=queue, item=item, position=0, n=7, extra=True)
    adjudication.make_adjudication(queue=queue)

    assert adjudication.send(queue) == 1


def test_the_chain_and_its_conditions_are_the_same(project):
    queue = make.queue(project, items=1, overlap=2, questions=("good", "polite", "short"))
    first, second, third = queue.chain.order_by("position")
    second.stops_on = "no"
    second.save()
    third.after, third.after_answer = first.question, "yes"
    third.save()

    into = adjudication.make_adjudication(queue=queue)

    steps = into.chain.values_list("question__key", "position", "after__key", "after_answer", "stops_on")
    assert list(steps) == [
        ("good", 0, None, "", ""),
        ("polite", 1, None, "", "no"),
        ("short", 2, "good", "yes", ""),
    ]


def test_pairs_keep_their_sides(project):
    queue = make.queue(project, items=0, overlap=2)
    Queue.objects.filter(pk=queue.pk).update(kind="pairwise")
    queue.refresh_from_db()
    pair = {"left": "L", "right": "R", "left_variant": "old", "right_variant": "new"}
    Item.objects.create(queue=queue, position=0, external_id="pair", input="?", **pair)
    answers(queue, "lt")
    Queue.objects.filter(pk=queue.pk).update(closed_at=timezone.now())
    queue.refresh_from_db()

    into = adjudication.make_adjudication(queue=queue)
    adjudication.send(queue)

    copy = into.items.get()
    assert (copy.left, copy.right, copy.left_variant, copy.right_variant) == ("L", "R", "old", "new")


def test_large_sends_go_in_chunks_and_keep_their_order(project, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(adjudication, "CHUNK", 4)
    queue = make.queue(project, items=10, overlap=2)
    answers(queue, *["yn"] * 10)
    into = adjudication.make_adjudication(queue=queue)

    with django_assert_max_num_queries(4 + 3 * 9):
        assert adjudication.send(queue) == 10

    assert sent(into) == [f"item-{n}" for n in range(10)]
    assert list(into.items.order_by("position").values_list("position", flat=True)) == list(range(10))


def test_an_id_that_somebody_put_there_is_left_alone(queue):
    answers(queue, "yn")
    into = adjudication.make_adjudication(queue=queue)
    Item.objects.create(queue=into, position=0, external_id="item-0")

    assert adjudication.send(queue) == 0


def test_a_closed_adjudication_queue_takes_nothing_more(queue, owner, as_):
    answers(queue, "yn")
    into = adjudication.make_adjudication(queue=queue)
    Queue.objects.filter(pk=into.pk).update(closed_at=timezone.now())

    page = as_(owner).post(url(queue), {}, follow=True)

    assert "is closed" in page.content.decode()
    assert sent(into) == []


def test_a_long_name_still_fits(project):
    queue = make.queue(project, items=0, overlap=2, name="x" * 120)

    assert len(adjudication.make_adjudication(queue=queue).name) == 120


def test_no_adjudication_of_an_adjudication(queue, owner, as_):
    into = adjudication.make_adjudication(queue=queue)

    page = as_(owner).post(url(into), {}, follow=True).content.decode()

    assert "it is not sent on" in page
    assert "Tuesday" in page
    assert Queue.objects.count() == 2


def test_who_may(queue, owner, annotator, viewer, stranger, as_):
    for who, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(who).post(url(queue), {}).status_code == status
    assert as_(owner).put(url(queue)).status_code == 405
    Membership.objects.filter(user=owner).delete()
    assert as_(owner).post(url(queue), {}).status_code == 404
    assert not Queue.objects.filter(adjudicates=queue).exists()


class TestAnotherWording:
    """People differ, somebody decides, and then the question is worded anew and asked again."""

    @pytest.fixture
    def judge(self, project):
        return make.member(project, "judy")

    @pytest.fixture
    def bench(self, queue, owner, annotator, judge, as_):
        """The judge's tab. The owner and the annotator differ about item-0 and item-1; item-0 is decided: yes."""
        self.raters = [person(queue, as_(owner)), person(queue, as_(annotator))]
        for tab, said in zip(self.raters, ("yes", "no"), strict=True):
            for item in tab.items(4):
                tab.answer(item, said if item["external_id"] in {"item-0", "item-1"} else "yes")
        into = adjudication.make_adjudication(queue=queue, people=[judge])
        adjudication.send(queue)
        tab = person(into, as_(judge))
        tab.answer(tab.items(1)[0], "yes")
        set_question(project=queue.project, key="good", text="Is it really good?")
        good = queue.questions.get()
        runner.run(ask_again(queue=queue, question=good).pk, queue="default")
        return tab

    def all_say(self, first, second):
        for tab, said in zip(self.raters, (first, second), strict=True):
            for item in tab.items(4):
                tab.answer(item, said)

    def test_what_was_decided_before_decides_nothing(self, queue, bench):
        self.all_say("no", "no")

        runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")

        row = Consensus.objects.get(item__external_id="item-0")
        assert (row.answer, row.source, row.n) == ("no", "agreed", 2)
        assert bench.items(4) == []

    def test_what_nobody_looked_at_is_taken_out_while_people_are_asked(self, queue, bench):
        assert adjudication.send(queue) == 0
        assert bench.items(4) == []

    def test_who_still_differs_is_decided_about_again(self, queue, bench):
        adjudication.send(queue)
        self.all_say("yes", "no")
        assert adjudication.disputed(queue) == 4

        assert adjudication.send(queue) == 4

        assert adjudication.disputed(queue) == 0
        assert adjudication.send(queue) == 0
        cases = bench.items(4)
        assert sorted(case["external_id"] for case in cases) == ["item-0", "item-1", "item-2", "item-3"]
        assert {case["questions"][0]["version"] for case in cases} == {2}
        bench.answer(cases[0], "no")
        runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")
        row = Consensus.objects.get(item__external_id=cases[0]["external_id"])
        assert (row.answer, row.source) == ("no", "adjudicated")

    def test_who_has_it_in_hand_keeps_it(self, queue, bench):
        [case] = bench.items(1)
        assert adjudication.send(queue) == 0
        assert bench.answer(case, "no")["state"] == "counted"
