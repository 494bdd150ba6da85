"""What a queue is made of: its chain, its settings, its people."""

import pytest
from django.db import IntegrityError, transaction

from annotator.models import Queue, QueueKind
from annotator.services import queues
from annotator.services.questions import OtherKind


def asked(project, *keys, kind="binary"):
    return [queues.set_question(project=project, key=key, text=f"{key}?", kind=kind).question for key in keys]


def test_a_queue_of_bare_questions_has_the_plainest_settings(project):
    queue = queues.make_queue(project=project, name="Q", questions=asked(project, "good", "polite"))

    assert [step.question.key for step in queue.chain.all()] == ["good", "polite"]
    found = Queue.objects.get()
    assert (found.kind, found.order, found.overlap) == ("binary", "given", 1)
    assert (found.gold_rate, found.mirror_share, found.hidden_share, found.random_share) == (0, 0, 0.2, 0.2)
    assert (found.by_pass, found.marks, found.restricted) == (False, False, False)


def test_two_queues_are_drawn_by_different_lots(project):
    first, second = (
        queues.make_queue(project=project, name="Q", questions=asked(project, "good")) for _ in "ab"
    )

    assert first.seed != second.seed


def test_every_setting_is_kept(project, owner, annotator):
    good, why = asked(project, "good", "why", kind="pairwise")
    queue = queues.make_queue(
        project=project,
        name="Pairs",
        kind=QueueKind.PAIRWISE,
        questions=[
            queues.ChainStep(good, stops_on="both_bad"),
            queues.ChainStep(why, after=good, after_answer="left"),
        ],
        overlap=3,
        order="uncertain",
        seed=7,
        by_pass=True,
        marks=True,
        gold_rate=0.1,
        mirror_share=0.3,
        hidden_share=0.4,
        random_share=0.5,
        restricted=True,
        people=[annotator],
        origin="test",
        by=owner,
    )

    found = Queue.objects.get(pk=queue.pk)
    assert (found.overlap, found.order, found.seed, found.kind) == (3, "uncertain", 7, "pairwise")
    assert (found.gold_rate, found.mirror_share, found.hidden_share, found.random_share) == (
        0.1,
        0.3,
        0.4,
        0.5,
    )
    assert (found.by_pass, found.marks, found.restricted) == (True, True, True)
    assert (found.created_by, found.origin, list(found.people.all())) == (owner, "test", [annotator])
    first, second = found.chain.all()
    assert (first.stops_on, first.after, second.after, second.after_answer) == (
        "both_bad",
        None,
        good,
        "left",
    )


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([], (0, "key", "none")),
        ([("good", "", "", ""), ("good", "", "", "")], (1, "key", "twice")),
        ([("good", "polite", "yes", ""), ("polite", "", "", "")], (0, "after", "not_earlier")),
        ([("good", "", "", ""), ("polite", "good", "left", "")], (1, "after", "answer")),
        ([("good", "", "", "maybe")], (0, "stops_on", "answer")),
    ],
)
def test_a_chain_that_cannot_be_asked_makes_no_queue(project, steps, fault):
    known = dict(zip(("good", "polite"), asked(project, "good", "polite"), strict=True))
    chain = [
        queues.ChainStep(known[key], known.get(after), answer, stops) for key, after, answer, stops in steps
    ]

    with pytest.raises(queues.BadChain) as refused:
        queues.make_queue(project=project, name="Q", questions=chain)

    assert [(found.step, found.field, found.code) for found in refused.value.faults] == [fault]
    assert not Queue.objects.exists()


def test_a_yes_no_question_is_not_asked_of_pairs(project):
    with pytest.raises(queues.BadChain):
        queues.make_queue(
            project=project, name="Q", kind=QueueKind.PAIRWISE, questions=asked(project, "good")
        )


def test_a_question_keeps_its_kind(project):
    asked(project, "better", kind="pairwise")

    with pytest.raises(OtherKind):
        queues.set_question(project=project, key="better", text="Better?")


def test_the_database_refuses_shares_beyond_one(project):
    with pytest.raises(IntegrityError), transaction.atomic():
        queues.make_queue(project=project, name="Q", questions=asked(project, "good"), gold_rate=1.5)
