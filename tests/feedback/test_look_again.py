"""What was told of a mode under an older wording, looked at again: the doubtful first."""

import pytest

from annotator import weights
from annotator.jobs import runner
from annotator.models import Job
from annotator.services.raters import rater_of
from feedback.models import LookAgain, Sighting
from feedback.queries.modes import seen_mode, stale_items
from feedback.services import look_again, modes, sightings
from tests.annotator import ordering
from tests.annotator.labeling import person
from tests.feedback import logged, looking


@pytest.fixture
def items(project, owner, next_morning):
    """40 items whose outputs run from -1 to 1, in order."""
    for n in range(40):
        logged.interactions(project, 1, name=f"i{n}", output=f"It is {ordering.says(n, 40)}", input="How?")
    logged.plan(project, owner, sample_size=40)
    queue = logged.check(project).queue
    return sorted(queue.items.all(), key=lambda item: float(item.output.rsplit(" ", 1)[-1]))


def run(job: Job) -> Job:
    runner.run(job.pk, queue="ml")
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def test_the_doubtful_come_first(project, items, owner, monkeypatch):
    ordering.use(monkeypatch)
    for n, item in enumerate(items):
        (high,) = looking.see(item, owner, "High") if n >= 20 else looking.see(item, owner, "Low")
    high = next(mode for mode in project.failure_modes.all() if mode.name == "High")
    looking.reword(high, owner)

    queue, job = look_again.begin(high, owner)
    run(job)

    asked = [int(one) for one in queue.items.order_by("position").values_list("external_id", flat=True)]
    assert asked == [item.pk for item in items[20:]]  # nearest to the others first
    assert "likeness to the others says" in queue.items.first().reason
    assert look_again.begin(high, owner) == (queue, None)


def test_an_answer_is_a_sighting_under_the_wording_in_force(
    project, items, owner, annotator, as_, monkeypatch
):
    monkeypatch.setattr(weights, "missing_packages", lambda: ["torch"])
    for item in items[:2]:
        (rude,) = looking.see(item, owner, "Rude")
    looking.reword(rude, owner)
    queue, job = look_again.begin(rude, owner)
    assert job is None  # without the ml set it is filled at once
    tab = person(queue, as_(annotator))
    yes, no = tab.items(2)
    question = yes["questions"][0]["key"]

    tab.answer(yes, "yes", question=question)
    tab.answer(no, "no", question=question)

    assert not stale_items(rude).exists()
    assert (seen_mode(rude).items, seen_mode(rude).stale) == (1, 0)
    standing = Sighting.objects.filter(current=True).values_list("item", "present", "version__number")
    assert set(standing) == {(int(yes["external_id"]), True, 2), (int(no["external_id"]), False, 2)}

    tab.answer(no, "undo", question=question)  # what was told before stands again
    assert (seen_mode(rude).items, seen_mode(rude).stale) == (2, 1)


def test_nothing_stale_is_nothing_to_do(project, items, owner, as_):
    (rude,) = looking.see(items[0], owner, "Rude")

    page = as_(owner).post(f"/p/shop/modes/{rude.pk}/look-again/", follow=True)

    assert b"Nothing to look at again" in page.content
    assert not LookAgain.objects.exists()


def test_of_too_few_nothing_is_learned_and_all_come(project, items, owner, monkeypatch):
    ordering.use(monkeypatch)
    for item in items[:3]:
        (rude,) = looking.see(item, owner, "Rude")
    looking.reword(rude, owner)

    queue, job = look_again.begin(rude, owner)
    run(job)

    assert queue.items.count() == 3
    assert queue.items.first().reason == "told under an older wording"


@pytest.fixture
def again(project, items, owner, monkeypatch):
    """(the mode, the queue): one item that the owner saw it in under an older wording."""
    monkeypatch.setattr(weights, "missing_packages", lambda: ["torch"])
    (rude,) = looking.see(items[0], owner, "Rude")
    looking.reword(rude, owner)
    return rude, look_again.begin(rude, owner)[0]


def looks(queue, browser, answer="yes"):
    """A look at the one item; the function that takes it back."""
    tab = person(queue, browser)
    (item,) = tab.items(1)
    question = item["questions"][0]["key"]
    assert tab.answer(item, answer, question=question)["status"] == 201
    return lambda: tab.answer(item, "undo", question=question)


def test_undo_brings_back_what_the_same_person_had_seen_before(again, owner, as_):
    rude, queue = again
    undo = looks(queue, as_(owner), "no")
    assert seen_mode(rude).items == 0

    assert undo()["status"] == 201
    assert (seen_mode(rude).items, seen_mode(rude).stale) == (1, 1)


def test_undo_brings_nothing_back_whose_answer_was_taken_back_meanwhile(
    again, items, project, owner, annotator, as_
):
    rude, queue = again
    undo = looks(queue, as_(annotator))
    sightings.take_back(items[0], rater_of(project, owner))  # the owner's answer is “good” now

    assert undo()["status"] == 201
    assert seen_mode(rude).items == 0


def test_undo_beside_one_who_has_seen_it_anew_leaves_that_alone(again, items, project, owner, annotator, as_):
    rude, queue = again
    undo = looks(queue, as_(annotator), "no")
    sightings.set_modes(items[0], rater_of(project, owner), [rude.pk])

    assert undo()["status"] == 201
    assert (seen_mode(rude).items, seen_mode(rude).stale) == (1, 0)


def test_of_two_who_look_again_each_takes_back_what_was_theirs(again, items, project, owner, annotator):
    rude, _queue = again
    version = modes.newest_version(rude)
    for who in (annotator, owner):
        sightings.judge(items[0], rater_of(project, who), version, present=False)

    sightings.unjudge(items[0], rater_of(project, annotator), version)
    assert seen_mode(rude).items == 0
    sightings.unjudge(items[0], rater_of(project, owner), version)
    assert (seen_mode(rude).items, seen_mode(rude).stale) == (1, 1)
