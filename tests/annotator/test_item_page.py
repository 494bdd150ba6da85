"""One item: its texts, the trail of what happened to it, and gold."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotator.models import (
    Consensus,
    DefectKind,
    Item,
    Label,
    Lease,
    Place,
    Prelabel,
    Queue,
    QueueQuestion,
)
from annotator.services import ask_again, gold, queues
from annotator.services.raters import named_rater, rater_of
from tests import make
from tests.annotator.labeling import lapse, person, program


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content
    return " ".join(answer.content.decode().split())


def path(item: Item) -> str:
    return f"/p/{item.queue.project.slug}/queues/{item.queue_id}/items/{item.pk}/"


def first(queue: Queue) -> Item:
    return queue.items.order_by("position", "pk")[0]


def told(browser: Client, item: Item) -> list[str]:
    """The trail: each line's words, with the answer."""
    answer = browser.get(path(item))
    assert answer.status_code == 200
    return [" ".join(filter(None, (event.words, event.answer_words))) for event in answer.context["events"]]


def details(browser: Client, item: Item) -> str:
    events = browser.get(path(item)).context["events"]
    return " | ".join(detail for event in events for detail in event.details)


@pytest.fixture
def queue(project):
    return make.queue(project, items=3)


@pytest.fixture
def pair(project):
    asked = queues.set_question(
        project=project, key="better", text="Which is better?", kind="pairwise"
    ).question
    made = queues.make_queue(project=project, name="Pairs", questions=[asked], kind="pairwise", overlap=2)
    new = {"left": "one", "right": "two", "left_variant": "model-x", "right_variant": "model-y"}
    queues.add_items(made, [queues.NewItem(external_id="p", input="Which?", metadata={"winner": "x"}, **new)])
    return first(made)


def give(item: Item, rater, answer: str, **more) -> Label:
    """A label as the engine stores it."""
    question = item.queue.questions.get()
    more.setdefault("idempotency_key", f"k{Label.objects.count()}")
    more.setdefault("question_version", question.versions.latest("number"))
    return Label.objects.create(
        queue=item.queue, item=item, question=question, rater=rater, answer=answer, **more
    )


def test_the_trail_is_told_in_the_order_of_time(queue, owner, annotator, as_):
    tab = person(queue, as_(annotator))
    item = tab.items()[0]
    tab.answer(item, "yes", ms=3210, note="<i>because</i>", flagged=True)
    tab.answer(item, "undo")
    tab.answer(item, "no", ms=900)

    browser = as_(owner)
    shown = text(browser.get(path(first(queue))))

    assert told(browser, first(queue)) == [
        "Put into the queue",
        "Handed to amir",
        "amir answered Yes",
        "amir took it back Yes",
        "amir answered No",
    ]
    assert "3.2 s" in shown
    assert "version 1" in shown
    assert "&lt;i&gt;because&lt;/i&gt;" in shown
    assert "flagged" in shown
    assert "Is it good?" in shown
    assert shown.count('class="trail-label trail-gone"') == 1


def test_leases_are_given_back_lapse_or_are_in_hand(queue, owner, annotator, viewer, as_):
    back = person(queue, as_(annotator))
    back.release(leases=[back.items()[0]["lease"]])
    gone = program(queue, "robot")
    gone.items()
    lapse(queue)
    held = person(queue, as_(owner))
    held.items()

    browser = as_(viewer)

    assert told(browser, first(queue)) == [
        "Put into the queue",
        "Handed to amir, given back",
        "Handed to robot, until the time ran out",
        "Handed to olivia",
    ]
    assert '<span class="soft">until ' in browser.get(path(first(queue))).content.decode()
    lapse(queue)
    assert told(browser, first(queue))[-1] == "Handed to olivia, until the time ran out"


def test_hand_outs_that_came_to_nothing_are_one_line(queue, owner, annotator, viewer, as_):
    for person_, times in ((annotator, 3), (owner, 1), (annotator, 2)):
        tab = person(queue, as_(person_))
        for _time in range(times):
            tab.release(leases=[tab.items()[0]["lease"]])
    tab = person(queue, as_(annotator))
    tab.answer(tab.items()[0], "yes")

    assert told(as_(viewer), first(queue)) == [
        "Put into the queue",
        "Handed to amir 3 times, given back",
        "Handed to olivia, given back",
        "Handed to amir 2 times, given back",
        "Handed to amir",
        "amir answered Yes",
    ]


def test_asking_again_says_who_and_why(queue, owner, annotator, as_):
    tab = person(queue, as_(annotator))
    tab.answer(tab.items()[0], "yes")
    version = queues.set_question(project=queue.project, key="good", text="Is it <really> good?")
    ask_again.again(queue=queue, version=version, by=owner)

    assert told(as_(owner), first(queue))[-1] == "olivia asked amir again, because the wording changed Yes"
    shown = text(as_(owner).get(path(first(queue))))
    assert "from now on version 2" in shown
    assert "Is it &lt;really&gt; good?" in shown


def test_surplus_skipped_and_imported_answers_say_so(queue, owner, annotator, as_):
    late = person(queue, as_(annotator))
    item = late.items()[0]
    lapse(queue)
    robot = program(queue, "robot")
    robot.answer(robot.items()[0])
    late.answer(item, "no")
    give(first(queue), named_rater(queue.project, "before"), "yes", imported=True, surplus=True)
    give(first(queue), named_rater(queue.project, "shy"), "skip")

    browser = as_(owner)

    assert "surplus: others have filled the places of this item" in details(browser, first(queue))
    assert "surplus: no place was free when it was imported" in details(browser, first(queue))
    assert "Imported: an answer of before Yes" in told(browser, first(queue))
    assert "shy skipped Skipped" in told(browser, first(queue))


def test_suggestions_consensus_and_decisions(project, owner, annotator, viewer, as_):
    queue = make.queue(project, items=1, overlap=1)
    item, question = first(queue), queue.questions.get()
    robot = named_rater(project, "robot")
    Prelabel.objects.create(item=item, question=question, rater=robot, answer="no", confidence=0.83)
    give(item, rater_of(project, annotator), "yes", prelabel_shown=True, wait_ms=2300)
    give(item, robot, "no", prelabel_shown=False)
    where = make.queue(project, items=1, name="Decide")
    copy = first(where)
    Item.objects.filter(pk=copy.pk).update(copy_of=item)
    Queue.objects.filter(pk=where.pk).update(adjudicates=queue)
    give(Item.objects.get(pk=copy.pk), rater_of(project, owner), "no", note="read line 3")
    Consensus.objects.create(
        queue=queue, item=item, question=question, answer="no", source="adjudicated", n=3, share=2 / 3
    )

    browser = as_(viewer)

    assert told(browser, item)[-2:] == ["olivia decided No", "Consensus No"]
    said = details(browser, item)
    for words in ("suggestion shown", "suggestion hidden", "2 of 3 answers", "made them wait 2.3 s"):
        assert words in said
    shown = text(browser.get(path(item)))
    assert "its own confidence: 83 %" in shown
    assert "read line 3" in shown
    assert "whose answers disagree" in text(browser.get(path(copy)))
    # The item is not answered yet: an annotator may still be asked.
    assert "its own confidence" not in text(as_(annotator).get(path(item)))
    assert "suggestion" not in details(as_(annotator), item)


def test_who_is_still_asked_sees_what_is_their_own(project, owner, annotator, as_):
    queue = make.queue(project, items=1, overlap=2)
    theirs, mine = person(queue, as_(owner)), person(queue, as_(annotator))
    theirs.answer(theirs.items()[0], "no", note="what the owner thinks")
    item = mine.items()[0]
    Consensus.objects.create(
        queue=queue,
        item=first(queue),
        question=queue.questions.get(),
        answer="no",
        source="agreed",
        n=1,
        share=1,
    )

    assert told(as_(annotator), first(queue)) == ["Put into the queue", "Handed to amir"]
    shown = text(as_(annotator).get(path(first(queue))))
    assert "what the owner thinks" not in shown
    assert "olivia" not in shown
    assert "Only your own" in shown
    mine.answer(item)
    assert "what the owner thinks" in text(as_(annotator).get(path(first(queue))))


# --- pairs ---


def test_a_pair_shows_both_sides_and_how_they_were_shown(pair, owner, as_):
    give(pair, rater_of(pair.queue.project, owner), "right", swapped=True)
    give(pair, named_rater(pair.queue.project, "robot"), "tie", swapped=False)

    shown = text(as_(owner).get(path(pair)))

    assert told(as_(owner), pair)[1:] == ["olivia answered Right (model-y)", "robot answered Tie"]
    assert "shown as A: Right (model-y)" in shown
    assert "shown as A: Left (model-x)" in shown
    assert "winner" in shown


def test_what_made_which_side_is_a_secret_until_it_is_answered(pair, owner, annotator, viewer, as_):
    for who, knows in ((annotator, False), (viewer, True), (owner, True)):
        shown = text(as_(who).get(path(pair)))
        assert ("model-x" in shown) is knows
        assert ("winner" in shown) is knows
    Place.objects.filter(item=pair).update(done_at=timezone.now())
    assert "model-x" in text(as_(annotator).get(path(pair)))


def test_a_pair_and_its_second_showing_lead_to_each_other(pair, owner, annotator, as_):
    mirror = Item.objects.create(
        queue=pair.queue,
        position=pair.position,
        external_id="p~mirror",
        copy_of=pair,
        left="one",
        right="two",
    )

    assert path(mirror) in text(as_(owner).get(path(pair)))
    assert path(pair) in text(as_(owner).get(path(mirror)))
    assert path(mirror) not in text(as_(annotator).get(path(pair)))


def test_a_held_pair_says_so(project, owner, as_):
    asked = queues.set_question(project=project, key="better", text="Which?", kind="pairwise").question
    queue = queues.make_queue(project=project, name="Held", questions=[asked], kind="pairwise")
    queues.add_items(queue, [queues.NewItem(external_id="h", input="?", left="", right="text")])

    shown = text(as_(owner).get(path(first(queue))))

    assert "This item is held back" in shown
    assert "Left: empty" in shown


# --- texts ---


def test_marks_are_shown_in_the_text(queue, owner, as_):
    DefectKind.objects.create(project=queue.project, key="claim", name="Unsupported <claim>")
    item = first(queue)
    Item.objects.filter(pk=item.pk).update(output="It 🙂 rains & snows. **No** Markdown.")
    one = {"part": "output", "start": 5, "end": 10, "kind": "claim"}
    give(item, named_rater(queue.project, "a"), "no", marks=[one, {**one, "start": 8, "end": 18}])
    give(item, named_rater(queue.project, "b"), "no", marks=[{**one, "kind": "gone", "end": 9999}])

    shown = text(as_(owner).get(path(item)))

    assert 'title="Unsupported &lt;claim&gt;, says a; gone, says b">rai</mark>' in shown
    assert "ns &amp; snow" not in shown.split('id="marks"')[0].split('class="payload-marked"')[0]
    assert "**No** Markdown." in shown
    assert "2 marks" in shown
    assert '<q dir="auto">rains</q>' in shown


def test_untrusted_texts_stay_text(project, owner, as_):
    queue = make.queue(project, items=0)
    hostile = "<script>alert(1)</script>\u202e"
    queues.add_items(
        queue,
        [
            queues.NewItem(
                external_id=hostile, input=hostile, output=hostile, context=[hostile], reason=hostile
            )
        ],
    )
    robot = program(queue, "robot")
    robot.answer(robot.items()[0], note=hostile)

    shown = text(as_(owner).get(path(first(queue))))

    assert "<script>alert" not in shown
    assert "U+202E" in shown


def test_neighbours_follow_the_order(queue, owner, as_):
    one, two, three = queue.items.order_by("position")
    browser = as_(owner)

    assert (browser.get(path(one)).context["before"], browser.get(path(one)).context["after"]) == (
        None,
        two.pk,
    )
    middle = browser.get(path(two)).context
    assert (middle["before"], middle["after"]) == (one.pk, three.pk)
    assert browser.get(path(three)).context["after"] is None


# --- gold ---


def test_an_owner_makes_it_gold_and_takes_that_back(queue, owner, annotator, as_):
    item, browser = first(queue), as_(owner)

    shown = text(browser.post(path(item), {"right-good": "yes"}, follow=True))

    assert "It is gold now" in shown
    item.refresh_from_db()
    assert item.gold == {"good": "yes"}
    assert [i["external_id"] for i in person(queue, as_(annotator)).items(5)] == ["item-1", "item-2"]
    assert "gold" not in text(as_(annotator).get(path(item))).lower()
    assert "no longer gold" in text(browser.post(path(item), {"remove": "yes"}, follow=True))
    item.refresh_from_db()
    assert item.gold is None
    assert Place.objects.filter(item=item, extra=False).count() == 1
    assert [i["external_id"] for i in program(queue, "robot").items(5)] == ["item-0"]


def test_what_is_answered_or_in_hand_stays_so(project, owner, annotator, as_):
    queue = make.queue(project, items=1, overlap=3)
    theirs, mine = person(queue, as_(owner)), person(queue, as_(annotator))
    theirs.answer(theirs.items()[0])
    item = mine.items()[0]

    gold.make_gold(first(queue), {"good": "no"})

    assert [
        (place.extra, place.done_at is None, place.owner is None) for place in Place.objects.order_by("n")
    ] == [
        (False, False, False),
        (False, True, False),
    ]
    assert mine.answer(item)["state"] == "counted"
    gold.no_longer_gold(first(queue))
    assert Place.objects.filter(extra=False).count() == 3


def test_extra_answers_count_when_it_is_no_longer_gold(project, owner, as_):
    queue = make.queue(project, items=1, overlap=2)
    item = first(queue)
    gold.make_gold(item, {"good": "no"})
    Place.objects.create(
        queue=queue,
        item=item,
        position=0,
        n=2,
        extra=True,
        owner=rater_of(project, owner),
        done_at=timezone.now(),
    )

    gold.no_longer_gold(item)

    assert Place.objects.filter(extra=False, done_at__isnull=False).count() == 1
    assert Place.objects.filter(extra=False).count() == 2


def test_what_was_never_gold_stays_as_it_is(project, owner):
    """A place outside of the overlap may also be of a copy."""
    queue = make.queue(project, items=1)
    item = first(queue)
    Place.objects.filter(item=item).update(extra=True, owner=rater_of(project, owner))

    gold.no_longer_gold(item)

    assert [place.extra for place in Place.objects.filter(item=item)] == [True]


def test_a_late_answer_to_what_became_gold_is_kept(queue, tab):
    item = tab.items()[0]
    lapse(queue)
    gold.make_gold(first(queue), {"good": "no"})

    assert tab.answer(item)["status"] == 201


@pytest.mark.parametrize(
    ("right", "why"),
    [
        ({}, "Choose the right answer."),
        ({"right-good": "maybe"}, "Select a valid choice"),
        ({"right-good": "no", "right-short": "yes"}, "After the answers above this question is not asked"),
        ({"right-good": "yes"}, "Choose the right answer: this question is asked."),
    ],
)
def test_the_right_answers_are_those_that_are_asked_for(project, owner, as_, right, why):
    queue = make.queue(project, items=1, questions=("good", "short"))
    chain = {step.question.key: step for step in QueueQuestion.objects.filter(queue=queue)}
    QueueQuestion.objects.filter(pk=chain["short"].pk).update(
        after=chain["good"].question, after_answer="yes"
    )

    answer = as_(owner).post(path(first(queue)), right)

    assert why in text(answer, 422)
    assert first(queue).gold is None


def test_copies_and_held_items_are_no_gold(pair):
    Item.objects.filter(pk=pair.pk).update(held=True)
    with pytest.raises(gold.NotGold, match="held"):
        gold.make_gold(pair, {"better": "tie"})
    mirror = Item.objects.create(queue=pair.queue, position=0, external_id="m", copy_of=pair)
    with pytest.raises(gold.NotGold, match="copy"):
        gold.make_gold(mirror, {"better": "tie"})


# --- doors and costs ---


def test_who_may(queue, project, viewer, annotator, owner, stranger, as_):
    item = first(queue)
    assert Client().get(path(item)).status_code == 302
    assert as_(stranger).get(path(item)).status_code == 404
    assert as_(viewer).get(path(item)).status_code == 200
    for who in (viewer, annotator):
        assert as_(who).post(path(item), {"right-good": "yes"}).status_code == 403
    assert as_(owner).put(path(item)).status_code == 405
    other = make.queue(project, items=1, name="Other")
    wrong = f"/p/shop/queues/{other.pk}/items/{item.pk}/"
    assert as_(owner).get(wrong).status_code == 404
    assert as_(owner).get(f"/p/shop/queues/{queue.pk}/items/{10**30}/").status_code == 404


@pytest.mark.parametrize("times", [1, 12])
def test_the_number_of_queries_does_not_grow(project, owner, as_, times, django_assert_num_queries):
    queue = make.queue(project, items=3, overlap=10)
    item = first(queue)
    for n in range(times):
        rater = named_rater(project, f"robot {n}")
        lease = Lease.objects.create(place=item.places.order_by("n")[0], rater=rater)
        Lease.objects.update(leased_at=timezone.now() - timedelta(hours=1))
        give(item, rater, "yes", lease=lease, marks=[{"part": "input", "start": 0, "end": 2, "kind": "x"}])
        if n:
            Item.objects.create(queue=queue, position=0, external_id=f"c{n}", copy_of=item)
    browser = as_(owner)

    # session, person, membership, queue, item, chain, steps, open?, six of the trail, kinds, neighbours
    with django_assert_num_queries(16):
        browser.get(path(item))


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_an_input_there_is_no_place_for_one(project, viewer, as_, nothing):
    queue = make.queue(project, items=0)
    queues.add_items(queue, [queues.NewItem(external_id="x", input=nothing, output=None)])
    shown = text(as_(viewer).get(path(first(queue))))
    assert 'id="part-input"' not in shown
    assert shown.count("No output") == 1


def test_documents_come_before_what_was_made_of_them(project, viewer, as_):
    queue = make.queue(project, items=0)
    queues.add_items(queue, [queues.NewItem(external_id="x", input="I", output="O", context=["D"])])
    shown = text(as_(viewer).get(path(first(queue))))
    places = [shown.index(f'id="part-{name}"') for name in ("input", "context", "output")]
    assert places == sorted(places)
