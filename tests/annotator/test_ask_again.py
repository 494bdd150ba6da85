"""A question gets another wording, and what was answered to the old one is asked again."""

import threading

import pytest
from django.db import connection, transaction

from annotator.jobs import leases, runner
from annotator.models import Job, JobState, Label, Place, Queue
from annotator.queries.chains import chain_of
from annotator.queries.labels import current_labels
from annotator.queries.stale import stale_in
from annotator.services import ask_again as service
from annotator.services.queues import set_question
from tests import make
from tests.annotator import asking
from tests.annotator.labeling import person, program


@pytest.fixture
def queue(project):
    return make.queue(project, items=4)


def reword(queue: Queue, text: str = "Is it really good?", key: str = "good"):
    return set_question(project=queue.project, key=key, text=text)


def ask(queue: Queue, key: str = "good", by=None) -> Job:
    question = queue.project.questions.get(key=key)
    return service.ask_again(queue=queue, question=question, by=by)


def run(job: Job) -> Job:
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    return job


def standing(queue: Queue) -> list[tuple[str, str, str, int]]:
    return sorted(
        current_labels(queue).values_list(
            "item__external_id", "question__key", "answer", "question_version__number"
        )
    )


def counts(queue: Queue) -> dict[str, list[tuple[int, int]]]:
    found = stale_in(queue, chain_of(queue))
    return {key: [(row.version, row.answers) for row in rows] for key, rows in found.items()}


def test_old_answers_are_taken_back_and_their_places_open(queue, tab, owner, as_):
    items = tab.items(2)
    tab.answer(items[0], "yes")
    tab.answer(items[1], "no")
    assert counts(queue) == {}
    reword(queue)
    assert counts(queue) == {"good": [(1, 2)]}

    job = run(ask(queue, by=owner))

    assert (job.state, job.result, job.done, job.total) == (JobState.DONE, {"answers": 2}, 2, 2)
    assert standing(queue) == []
    rows = Label.objects.filter(answer="undo").order_by("pk")
    assert [(row.by, row.lease, row.note) for row in rows] == [(owner, None, "asked again: version 2")] * 2
    assert [row.supersedes.answer for row in rows] == ["yes", "no"]
    assert {row.rater.user.username for row in rows} == {"amir"}
    assert not Place.objects.exclude(owner=None, done_at=None).exists()
    assert counts(queue) == {}
    # The same person gets them again, and so does anybody else.
    assert [item["questions"][0]["version"] for item in tab.items(1)] == [2]
    theirs = person(queue, as_(owner)).items(4)
    assert [item["external_id"] for item in theirs] == ["item-1", "item-2", "item-3"]


def test_it_is_answered_anew_in_the_same_history(queue, tab):
    item = tab.items()[0]
    tab.answer(item, "yes")
    reword(queue)
    run(ask(queue))

    again = tab.items()[0]
    result = tab.answer(again, "no")

    assert result["state"] == "counted"
    assert standing(queue) == [("item-0", "good", "no", 2)]
    chain = Label.objects.order_by("pk").values_list("answer", "superseded_by__answer")
    assert list(chain) == [("yes", "undo"), ("undo", "no"), ("no", None)]


def test_the_screen_that_still_shows_the_old_answer_cannot_take_it_back_twice(queue, tab):
    item = tab.items()[0]
    tab.answer(item)
    reword(queue)
    run(ask(queue))

    assert tab.answer(item, "undo")["status"] == 409


def test_skips_newer_answers_and_other_queues_stay(queue, tab, project, owner, as_):
    other = make.queue(project, items=1, name="Other")
    theirs = person(other, as_(owner))
    theirs.answer(theirs.items()[0])
    first, second, third = tab.items(3)
    tab.answer(first)
    tab.answer(second, "skip")
    reword(queue)
    tab.answer(third, question_version=2)

    run(ask(queue))

    assert standing(queue) == [("item-1", "good", "skip", 1), ("item-2", "good", "yes", 2)]
    assert standing(other) == [("item-0", "good", "yes", 1)]
    assert counts(other) == {"good": [(1, 1)]}


def test_asking_twice_is_once(queue, tab):
    tab.answer(tab.items()[0])
    reword(queue)

    job = ask(queue)
    assert ask(queue) == job
    run(job)
    with pytest.raises(service.NotNow, match="nothing"):
        ask(queue)
    Job.objects.update(state=JobState.DUE, cursor=None, finished_at=None)  # as if it were run again
    run(job)

    assert list(Label.objects.order_by("pk").values_list("answer", flat=True)) == ["yes", "undo"]


def test_a_failed_one_goes_on_when_asked_again(queue, tab):
    tab.answer(tab.items()[0])
    reword(queue)
    job = ask(queue)
    Job.objects.update(state=JobState.FAILED)

    assert run(ask(queue)).state == JobState.DONE
    assert Job.objects.get() == job


def test_a_closed_queue_is_not_asked_again(queue, tab):
    tab.answer(tab.items()[0])
    reword(queue)
    queue.closed_at = queue.created_at

    with pytest.raises(service.NotNow, match="closed"):
        ask(queue)


def test_killed_in_the_middle_it_goes_on(queue, tab, monkeypatch):
    monkeypatch.setattr(service, "CHUNK", 1)
    for item in tab.items(4):
        tab.answer(item)
    reword(queue)
    job = ask(queue)
    again, asked = service.again, []

    def dies(**more):
        if len(asked) == 2:
            raise KeyboardInterrupt
        done = again(**more)
        asked.append(done)
        return done

    monkeypatch.setattr("annotator.jobs.ask_again.again", dies)
    with pytest.raises(KeyboardInterrupt):
        runner.run_claimed(leases.claim(job.pk))
    assert len(standing(queue)) == 2
    monkeypatch.setattr("annotator.jobs.ask_again.again", again)
    Job.objects.update(lease_until="2026-01-01T00:00Z")

    job = run(job)

    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 4, 4, {"answers": 4})
    assert standing(queue) == []
    assert Label.objects.filter(answer="undo").count() == 4


def test_in_a_chain_the_other_answers_stay_and_count_again_with_their_rater(project, annotator, owner, as_):
    queue = make.queue(project, items=1, questions=("good", "short"))
    tab = person(queue, as_(annotator))
    item = tab.items()[0]
    tab.submit({"lease": item["lease"]}, {"lease": item["lease"], "question": "short", "answer": "no"})
    reword(queue)

    run(ask(queue))

    assert standing(queue) == [("item-0", "short", "no", 1)]
    assert Label.objects.get(question__key="short").surplus
    again = tab.items()[0]
    assert again["done"] == {"short": "no"}
    assert tab.answer(again, "yes")["state"] == "counted"
    assert not Label.objects.get(question__key="short").surplus
    assert Place.objects.get().done_at is not None


def test_what_somebody_holds_stays_in_their_hands(project, annotator, as_):
    """The first of two questions is answered; the second is on the screen."""
    queue = make.queue(project, items=1, questions=("good", "short"))
    tab = person(queue, as_(annotator))
    item = tab.items()[0]
    tab.answer(item)
    before = Place.objects.values().get()
    reword(queue)

    run(ask(queue))

    assert Place.objects.values().get() == before
    assert tab.answer(item, "no", question="short")["state"] == "counted"
    assert Place.objects.get().done_at is None  # the first one is missing again
    assert tab.answer(item, "no", question_version=2)["state"] == "counted"
    assert Place.objects.get().done_at is not None


def test_with_overlap_each_person_is_asked_again(project, annotator, owner, as_):
    queue = make.queue(project, items=1, overlap=2)
    for who in (annotator, owner):
        tab = person(queue, as_(who))
        tab.answer(tab.items()[0])
    reword(queue)

    assert run(ask(queue)).result == {"answers": 2}

    assert Place.objects.filter(owner=None, done_at=None).count() == 2


def test_a_surplus_answer_opens_no_place(queue, tab, owner, as_):
    item = tab.items()[0]
    Place.objects.update(lease_until="2026-01-01T00:00Z")
    other = person(queue, as_(owner))
    new = other.items()[0]
    reword(queue)
    other.answer(new, question_version=2)
    tab.answer(item, question_version=1)
    assert Label.objects.get(rater__user__username="amir").surplus

    run(ask(queue))

    assert standing(queue) == [("item-0", "good", "yes", 2)]
    assert Place.objects.get(item__external_id="item-0").owner.user == owner


def test_an_extra_place_stays_its_owners(queue, tab, owner, as_):
    item = tab.items()[0]
    tab.answer(item)
    Place.objects.filter(item__external_id="item-0").update(extra=True)
    reword(queue)

    run(ask(queue))

    place = Place.objects.get(item__external_id="item-0")
    assert (place.owner.user.username, place.done_at) == ("amir", None)
    assert tab.items()[0]["external_id"] == "item-0"


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_at_the_same_moment_is_neither_lost_nor_asked_twice(queue, tab):
    """Somebody takes an answer back and gives another, while the job looks at it."""
    item = tab.items()[0]
    tab.answer(item, "yes")
    version = reword(queue)
    told = []

    def job() -> None:
        try:
            with transaction.atomic():
                told.append(service.again(queue=queue, version=version, by=None))
        finally:
            connection.close()

    with transaction.atomic():
        list(Place.objects.select_for_update().filter(item__external_id="item-0"))
        thread = threading.Thread(target=job)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()  # it waits for the place
        tab.answer(item, "undo")
        tab.answer(item, "no", question_version=2)
    thread.join(10)

    assert told == [(0, Label.objects.order_by("pk")[0].pk)]
    assert standing(queue) == [("item-0", "good", "no", 2)]
    assert Place.objects.get(item__external_id="item-0").done_at is not None


@pytest.mark.django_db(transaction=True)
def test_many_answers_and_the_job_at_once_never_block_each_other(project):
    queue = make.queue(project, items=60)
    robot = program(queue, "robot")
    items = robot.items(50)
    robot.submit(*({"lease": item["lease"]} for item in items))
    version = reword(queue)
    failed = []

    def taking_back() -> None:
        try:
            for item in reversed(items):
                answer = robot.submit({"lease": item["lease"], "answer": "undo"})
                if answer.status_code >= 500:
                    failed.append(answer.status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=taking_back)
    thread.start()
    after = 0
    while True:
        with transaction.atomic():
            _, after = service.again(queue=queue, version=version, by=None, after=after)
        if not after:
            break
    thread.join(30)

    assert failed == []
    assert standing(queue) == []
    assert Label.objects.filter(answer="undo").count() == 50


def test_answers_that_hang_on_it_are_taken_back_with_it(project, annotator, as_):
    queue = asking.chain_queue(
        project, {"key": "language"}, {"key": "supported", "after": ("language", "yes")}, {"key": "polite"}
    )
    tab = person(queue, as_(annotator))
    item = tab.items()[0]
    for key in ("language", "supported", "polite"):
        tab.answer(item, "yes", question=key)
    reword(queue, key="language")

    job = run(ask(queue, "language"))

    assert (job.result, job.done) == ({"answers": 1}, 1)
    assert standing(queue) == [("item-0", "polite", "yes", 1)]
    taken = Label.objects.filter(answer="undo").order_by("question__pk")
    assert list(taken.values_list("question__key", "question_version__number")) == [
        ("language", 2),
        ("supported", 1),
    ]
    # The chain begins anew, and goes the other way: nothing stands that was not asked.
    again = tab.items()[0]
    assert again["done"] == {"polite": "yes"}
    tab.answer(again, "no", question="language")
    assert [row[1:3] for row in standing(queue)] == [("language", "no"), ("polite", "yes")]


def test_somebody_elses_answers_to_later_questions_stay(project, annotator, owner, as_):
    queue = asking.chain_queue(
        project, {"key": "language", "stops_on": "no"}, {"key": "supported"}, overlap=2, items=1
    )
    for somebody in (annotator, owner):
        tab = person(queue, as_(somebody))
        item = tab.items()[0]
        tab.answer(item, "yes", question="language")
        tab.answer(item, "yes", question="supported")
        if somebody == annotator:
            reword(queue, key="language")
    run(ask(queue, "language"))
    assert [row[1:] for row in standing(queue)] == [("language", "yes", 2), ("supported", "yes", 1)]


def test_a_flag_stands_until_its_owner_answers_anew(queue, tab, owner, as_):
    item = tab.items()[0]
    tab.answer(item, "yes", flagged=True, note="odd")
    reword(queue)
    run(ask(queue))
    page = f"/p/shop/queues/{queue.pk}/items/?which=flagged"

    [shown] = as_(owner).get(page).context["rows"]
    assert (shown.row.external_id, shown.row.flagged) == ("item-0", True)

    tab.answer(tab.items()[0], "yes")
    assert list(as_(owner).get(page).context["rows"]) == []


def test_what_hangs_on_an_answer_by_way_of_another_goes_too(project, annotator, as_):
    queue = asking.chain_queue(
        project,
        {"key": "good"},
        {"key": "short", "after": ("good", "yes")},
        {"key": "kind", "after": ("short", "yes")},
    )
    tab = person(queue, as_(annotator))
    item = tab.items()[0]
    for key in ("good", "short", "kind"):
        tab.answer(item, "yes", question=key)
    reword(queue, key="good")
    run(ask(queue, "good"))

    tab.answer(tab.items()[0], "no", question="good")

    assert [row[1:3] for row in standing(queue)] == [("good", "no")]
