"""Consensus: who decides, a second opinion, a job that can be killed, and the hour that asks for it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.consensus import job as consensus_job
from annotator.consensus.rules import decide
from annotator.jobs import leases, runner, stop
from annotator.jobs.schedules import ask_due
from annotator.models import Consensus, Item, Job, JobState, Label, Queue, Report
from annotator.services import adjudication, consensus
from tests import make
from tests.annotator.answering import answer, answers, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    return make.queue(project, items=6, overlap=3)


def run(job: Job) -> Job:
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    return job


def compute(queue: Queue) -> Report:
    assert run(consensus.ask_consensus(queue=queue)).state == JobState.DONE
    return Report.objects.get(queue=queue, kind="consensus")


def decided(queue: Queue) -> dict[str, tuple]:
    rows = Consensus.objects.filter(queue=queue)
    return {
        row.item.external_id: (row.answer, row.source, row.n, round(row.share, 3))
        for row in rows.select_related("item")
    }


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["yes", "no", "tie"]), max_size=9), st.sampled_from(["", "yes", "no"]))
def test_the_rule(answers, adjudicated):
    told = decide(answers, adjudicated)

    counted = sorted((answers.count(one) for one in {*answers}), reverse=True)
    assert told.n == len(answers)
    assert told.share == (counted[0] / len(answers) if counted else 0)
    if adjudicated:
        assert (told.answer, told.source) == (adjudicated, "adjudicated")
    elif not counted or counted[:1] == counted[1:2]:
        assert (told.answer, told.source) == ("", "none")
    else:
        assert answers.count(told.answer) == counted[0]
        alike = "agreed" if len(answers) > 1 else "alone"
        assert told.source == (alike if len(counted) == 1 else "majority")


def test_all_majority_none_and_who_said_nothing(queue):
    answers(queue, "yyy", "yyn", "yn", "s", "n")

    report = compute(queue)

    assert decided(queue) == {
        "item-0": ("yes", "agreed", 3, 1.0),
        "item-1": ("yes", "majority", 3, 0.667),
        "item-2": ("", "none", 2, 0.5),
        "item-4": ("no", "alone", 1, 1.0),
    }
    told = report.result["questions"]["good"]
    assert told["sources"] == {"agreed": 1, "alone": 1, "majority": 1, "none": 1}
    assert (told["items"], told["disputed"]) == (4, 2)


def test_an_adjudicated_answer_beats_all_others(queue):
    answers(queue, "yyn", "yyy")
    into = adjudication.make_adjudication(queue=queue)
    adjudication.send(queue)
    [judge] = people(queue, "judge")
    copy = into.items.get()

    answer(copy, judge, "no")
    assert compute(queue).result["questions"]["good"]["sources"] == {"adjudicated": 1, "agreed": 1}
    assert decided(queue)["item-0"] == ("no", "adjudicated", 3, 0.667)

    answer(copy, judge, "undo")
    compute(queue)
    assert decided(queue)["item-0"] == ("yes", "majority", 3, 0.667)


def test_what_changes_is_written_over_and_what_is_taken_back_goes(queue):
    answers(queue, "yy", "n")
    compute(queue)
    a, b = people(queue, "a", "b")
    first, second = queue.items.order_by("position")[:2]

    answer(first, b, "no")
    answer(second, a, "undo")
    compute(queue)

    assert decided(queue) == {"item-0": ("", "none", 2, 0.5)}


def test_programs_gold_and_mirrored_copies_have_no_voice(queue):
    answers(queue, "y", "n", "y")
    items = list(queue.items.order_by("position"))
    [robot] = people(queue, "robot", kind="llm")
    answer(items[0], robot, "no")
    Item.objects.filter(pk=items[1].pk).update(gold={"good": "yes"})
    Item.objects.filter(pk=items[2].pk).update(copy_of=items[0])

    compute(queue)

    assert decided(queue) == {"item-0": ("yes", "alone", 1, 1.0)}


def test_questions_are_decided_each_on_its_own(project):
    queue = make.queue(project, items=1, overlap=2, questions=("good", "polite"))
    item = queue.items.get()
    for rater, good, polite in zip(people(queue, "a", "b"), ("yes", "yes"), ("yes", "no"), strict=True):
        answer(item, rater, good)
        answer(item, rater, polite, question="polite")

    compute(queue)

    rows = Consensus.objects.values_list("question__key", "answer", "source")
    assert set(rows) == {("good", "yes", "agreed"), ("polite", "", "none")}


def test_a_second_opinion_knows_who_errs(project):
    """c says no to nearly everything, and the model sees it."""
    queue = make.queue(project, items=24, overlap=3)
    answers(queue, *["yyn"] * 9, *["nnn"] * 12, "yyy", "ynn", "nyn")

    told = compute(queue).result["questions"]["good"]["second"]

    assert told["converged"]
    assert told["iterations"] > 1
    assert told["items"] == 24
    assert [one["labels"] for one in told["raters"]] == [24, 24, 24]
    naysayer = told["raters"][2]
    assert naysayer["confusion"][0][0] < 0.2  # true yes, said yes
    assert Consensus.objects.exclude(second_opinion="").count() == 24
    assert all(0.5 <= row.confidence <= 1 for row in Consensus.objects.all())


@pytest.mark.parametrize(
    ("rows", "reason"), [(["yy"] * 12, "few_answers"), (["yyn"] * 9, "few_raters"), ([], "few_answers")]
)
def test_without_enough_answers_there_is_no_second_opinion_and_it_says_why(project, rows, reason):
    queue = make.queue(project, items=12, overlap=3)
    if rows:
        answers(queue, *rows)

    assert compute(queue).result["questions"]["good"]["second"]["reason"] == reason
    assert not Consensus.objects.exclude(second_opinion="").exists()


def test_of_few_labels_no_quality_is_told(project):
    queue = make.queue(project, items=12, overlap=4)
    answers(queue, *["yyn"] * 10, "yyny", "yyny")

    raters = compute(queue).result["questions"]["good"]["second"]["raters"]

    assert raters[-1]["labels"] == 2
    assert "confusion" not in raters[-1]


def test_a_killed_job_goes_on_where_it_stopped_and_ends_the_same(project, monkeypatch):
    monkeypatch.setattr(consensus_job, "CHUNK", 5)
    queue = make.queue(project, items=12, overlap=2)
    answers(queue, *["yn", "yy"] * 6)
    job = consensus.ask_consensus(queue=queue)

    def break_off(*args):
        stop.ask()
        return real(*args)

    real = consensus_job._write
    monkeypatch.setattr(consensus_job, "_write", break_off)
    runner.run_claimed(leases.claim(job.pk))
    stop.forget()
    monkeypatch.setattr(consensus_job, "_write", real)
    job.refresh_from_db()
    assert (job.state, job.done, Consensus.objects.count()) == (JobState.DUE, 5, 5)
    assert not Report.objects.exists()
    [late] = people(queue, "late")
    answer(queue.items.order_by("position")[0], late, "yes")  # of an item that is written already

    assert run(job).state == JobState.DONE

    assert Consensus.objects.count() == 12
    assert consensus.known_of(queue).newer == 1  # so that the next run decides it anew


def test_asking_twice_is_one_job_until_it_has_ended(queue):
    first = consensus.ask_consensus(queue=queue)
    assert consensus.ask_consensus(queue=queue) == first
    run(first)
    assert consensus.ask_consensus(queue=queue) != first


def test_it_says_how_many_labels_came_since(queue):
    assert consensus.known_of(queue).newer == 0
    answers(queue, "yy", "n")
    assert consensus.known_of(queue).newer == 3
    compute(queue)
    assert consensus.known_of(queue).newer == 0
    [a] = people(queue, "a")
    answer(queue.items.order_by("position")[1], a, "undo")
    assert consensus.known_of(queue).newer == 1


def test_a_queue_without_labels_ends_with_an_empty_report(queue):
    assert compute(queue).result["questions"]["good"]["items"] == 0


def test_the_job_of_a_queue_that_is_gone_fails_in_words(queue):
    job = consensus.ask_consensus(queue=queue)
    Queue.objects.all().delete()

    assert run(job).state == JobState.FAILED
    assert job.error == "The queue was deleted."


# --- the clock ---------------------------------------------------------------------------------

AT = datetime(2026, 11, 27, 10, 20, tzinfo=UTC)


def asked(now: datetime) -> list[Job]:
    return [job for job in ask_due(now) if job.kind == consensus_job.NAME]


def test_news_are_asked_about_once_an_hour(queue):
    assert asked(AT) == []
    answers(queue, "y")
    [job] = asked(AT)
    assert job.arguments == {"queue": str(queue.pk)}
    assert asked(AT + timedelta(minutes=30)) == []
    run(job)
    assert asked(AT + timedelta(hours=1)) == []  # nothing new
    answers(queue, "yy")
    assert len(asked(AT + timedelta(hours=1))) == 1


def test_queues_of_one_answer_an_item_are_left_alone(project):
    queue = make.queue(project, items=1)
    answers(queue, "y")

    assert asked(AT) == []


def test_an_adjudicated_answer_is_news_and_so_is_a_closed_queue(queue):
    answers(queue, "yyn")
    into = adjudication.make_adjudication(queue=queue)
    compute(queue)
    assert asked(AT) == []
    [judge] = people(queue, "judge")
    answer(into.items.get(), judge, "yes")
    assert len(asked(AT)) == 1
    compute(queue)
    Queue.objects.filter(pk=queue.pk).update(closed_at=timezone.now())
    assert len(asked(AT + timedelta(hours=1))) == 1


def test_the_hour_sends_disagreements_on_once_there_is_a_queue_for_them(queue):
    answers(queue, "yyn")
    compute(queue)
    assert not Queue.objects.filter(adjudicates=queue).exists()  # nobody asked for one
    into = adjudication.make_adjudication(queue=queue)
    answers(queue, "", "nny")
    for job in asked(AT):
        run(job)

    assert sorted(into.items.values_list("external_id", flat=True)) == ["item-0", "item-1"]


def test_labels_of_other_queues_stay_there(queue, project):
    other = make.queue(project, items=2, overlap=2, name="Other")
    answers(other, "yy")
    answers(queue, "n")
    compute(queue)

    assert decided(other) == {}
    assert Label.objects.count() == 3


@pytest.mark.parametrize("items", [3, 12])
def test_the_number_of_queries_does_not_grow(project, items, django_assert_max_num_queries):
    queue = make.queue(project, items=items, overlap=3)
    answers(queue, *["yyn"] * items)
    job = leases.claim(consensus.ask_consensus(queue=queue).pk)

    with django_assert_max_num_queries(24):
        runner.run_claimed(job)
