"""Most uncertain first: learned from answers, moved without touching what somebody holds."""

from datetime import UTC, datetime, timedelta

import pytest

from annotator import weights
from annotator.chance import in_random_share
from annotator.jobs import leases, stop
from annotator.jobs.schedules import ask_due
from annotator.models import Item, ItemVector, Job, JobState, Place, Queue, Report
from annotator.ordering import due, plan
from annotator.ordering.plan import Candidate
from annotator.services import jobs, queues
from tests import make
from tests.annotator import ordering
from tests.annotator.labeling import lapse, person

NOON = datetime(2026, 11, 24, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tiny_model(monkeypatch):
    ordering.use(monkeypatch)
    monkeypatch.setattr(due, "_looked_at", None)


def truth(item: dict) -> str:
    return "yes" if float(item["output"].rsplit(" ", 1)[-1]) > 0 else "no"


def answer(tab, n: int) -> list[str]:
    """Answer the next `n` items truly. Their external ids, in the order in which they came."""
    items = tab.items(n)
    tab.submit(*({"lease": item["lease"], "answer": truth(item)} for item in items))
    return [item["external_id"] for item in items]


def number(external_id: str) -> int:
    return int(external_id[1:])


def is_random(queue, external_id) -> bool:
    return in_random_share(queue.seed, external_id, queue.random_share)


@pytest.fixture
def queue(project):
    return ordering.queue(project)


def report(queue):
    return Report.objects.get(queue=queue, kind="order")


# What it does.


def test_what_the_model_is_unsure_of_comes_first(queue, tab):
    answer(tab, 40)

    job = ordering.run(queue)

    assert job.state == JobState.DONE, job.error
    unsure = [name for name, reason in ordering.walk(queue) if "unsure" in reason]
    middle = [abs(number(name) - 49.5) for name in unsure]
    assert sum(middle[:10]) < sum(middle[-10:])
    assert max(middle[:10]) < 25
    item = tab.items()[0]
    assert item["external_id"] == ordering.walk(queue)[0][0]


def test_every_fifth_turn_is_the_random_shares_in_its_random_order(queue, tab):
    answer(tab, 40)
    before = [name for name, _ in ordering.walk(queue) if is_random(queue, name)]

    ordering.run(queue)

    order = ordering.walk(queue)
    drawn = [turn for turn, (_, reason) in enumerate(order, 1) if reason == "Random share"]
    assert drawn == [5 * n for n in range(1, len(drawn) + 1)]
    assert [name for name, _ in order if is_random(queue, name)] == before
    assert all(is_random(queue, name) == (reason == "Random share") for name, reason in order if reason)


def test_no_two_open_items_share_a_position(queue, tab):
    for _ in range(4):
        answer(tab, 20)
        ordering.run(queue)

        open_places = Place.objects.filter(queue=queue, done_at=None)
        assert open_places.values("position").distinct().count() == open_places.count()


def test_all_items_are_asked_once_whatever_is_moved_meanwhile(queue, tab):
    seen = answer(tab, 40)
    while len(seen) < 100:
        ordering.run(queue)
        seen += answer(tab, 12)
    assert sorted(seen, key=number) == [f"i{n}" for n in range(100)]


def test_what_an_earlier_run_put_in_front_goes_back_to_its_random_turn(queue, tab, monkeypatch):
    monkeypatch.setattr(plan, "FRONT", 5)
    monkeypatch.setattr(plan.front, "__defaults__", (5,))
    answer(tab, 40)
    ordering.run(queue)
    answer(tab, 10)
    ordering.run(queue)

    away = Place.objects.filter(queue=queue, done_at=None).exclude(reason="")
    assert away.filter(reason__contains="unsure").count() == 5
    for place in Place.objects.filter(queue=queue, done_at=None, reason="").select_related("item"):
        assert place.position == place.item.position


def test_what_somebody_holds_stays_where_it_is(queue, tab, owner, as_):
    answer(tab, 40)
    held = person(queue, as_(owner), "other").items(7)
    before = dict(Place.objects.filter(queue=queue).exclude(owner=None).values_list("pk", "position"))

    ordering.run(queue)

    after = dict(Place.objects.filter(pk__in=before).values_list("pk", "position"))
    assert after == before
    assert not {item["external_id"] for item in held} & {n for n, reason in ordering.walk(queue) if reason}


def test_a_second_rater_finds_what_the_first_began(project, annotator, owner, as_):
    queue = ordering.queue(project, overlap=2)
    tab = person(queue, as_(annotator))
    begun = set(answer(tab, 40))

    ordering.run(queue)

    other = [item["external_id"] for item in person(queue, as_(owner)).items(20)]
    assert set(other) <= begun
    positions = Place.objects.filter(queue=queue, done_at=None).values_list("item", "position")
    assert len(set(positions)) == len({item for item, _ in positions})


def test_a_place_that_is_opened_again_meets_nobody(queue, tab):
    answer(tab, 40)
    ordering.run(queue)
    item = tab.items()[0]
    tab.answer(item)
    answer(tab, 20)
    ordering.run(queue)

    label = queue.labels.get(item__external_id=item["external_id"])
    tab.answer(item, "undo", supersedes=label.pk)

    open_places = Place.objects.filter(queue=queue, done_at=None)
    assert open_places.values("position").distinct().count() == open_places.count()


def test_pairs_are_told_apart_by_what_their_sides_differ_in(project):
    better = queues.set_question(project=project, key="better", text="Better?", kind="pairwise").question
    queue = queues.make_queue(
        project=project, name="Pairs", kind="pairwise", questions=[better], order="uncertain", seed=5
    )
    gap = [ordering.says(n, 60) for n in range(60)]
    queues.add_items(
        queue,
        [queues.NewItem(f"p{n}", left=f"Left {gap[n]}", right=f"Right {gap[59 - n]}") for n in range(60)],
    )
    label_pairs(queue, better, range(0, 60, 3))

    job = ordering.run(queue)

    assert job.state == JobState.DONE, job.error
    first = [(name, reason) for name, reason in ordering.walk(queue) if "unsure" in reason][:6]
    assert all(abs(number(name) - 29.5) < 15 for name, _ in first)
    assert {reason for _, reason in first} == {"The model is unsure which of the two is better"}


def label_pairs(queue, question, which):
    """Standing answers by a person, as the labelling page would store them; left where left says more."""
    from annotator.models import Label, Rater

    rater = Rater.objects.create(project=queue.project, kind="human", name="someone")
    version = question.versions.get()
    for n in which:
        item = queue.items.get(external_id=f"p{n}")
        Label.objects.create(
            queue=queue,
            item=item,
            question=question,
            question_version=version,
            rater=rater,
            answer="left" if n > 29 else "right",
            idempotency_key=f"k{n}",
        )
        Place.objects.filter(item=item).update(owner=rater, done_at=NOON)


# When it begins, and what it says.


def test_with_few_answers_it_reads_the_items_and_waits(queue, tab):
    answer(tab, 5)

    assert ordering.run(queue).state == JobState.DONE

    assert ItemVector.objects.filter(item__queue=queue).count() == 100
    assert report(queue).result["ordered"] is False
    assert {reason for _, reason in ordering.walk(queue)} == {""}


def test_the_report_says_what_was_learned(queue, tab):
    answer(tab, 40)
    job = ordering.run(queue)

    found = report(queue)
    assert found.result["labels"] == 40 == found.result["items"] == sum(found.result["counts"])
    assert found.result["right"] > 30
    assert found.job == job
    assert found.last_label == queue.labels.order_by("-pk")[0].pk
    assert job.result["unsure"] == found.result["unsure"] > 0
    assert (job.done, job.total) == (100, 100)


def test_programs_imports_of_programs_and_gold_teach_nothing(queue, tab):
    from annotator.models import Rater

    answer(tab, 40)
    Rater.objects.update(kind="llm")

    ordering.run(queue)

    assert report(queue).result["labels"] == 0


def test_a_closed_queue_and_another_order_are_left_alone(queue, tab):
    answer(tab, 40)
    Queue.objects.update(closed_at=NOON)
    before = ordering.walk(queue)

    ordering.run(queue)

    assert ordering.walk(queue) == before


# Killed and asked again.


def test_a_worker_that_is_stopped_while_it_reads_goes_on_where_it_was(project, monkeypatch):
    queue = ordering.queue(project, items=200)
    slot = due.slot(queue, None, NOON)
    job = jobs.ask(kind=slot.kind, key=slot.key, project=project, arguments=slot.arguments)
    monkeypatch.setattr(stop, "asked", lambda: True)
    ordering.run(queue)
    assert ItemVector.objects.count() == 64
    monkeypatch.setattr(stop, "asked", lambda: False)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DUE, 64, 200)

    assert ordering.run(queue).pk == job.pk

    assert ItemVector.objects.count() == 200
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_lost_lease_at_the_end_moves_nothing(queue, tab, monkeypatch):
    answer(tab, 40)
    before = ordering.walk(queue)
    save = leases.save
    monkeypatch.setattr(
        leases, "save", lambda job, **more: None if "labels" in (more["result"] or {}) else save(job, **more)
    )

    ordering.run(queue)

    assert ordering.walk(queue) == before
    assert not Report.objects.exists()


def test_without_the_ml_set_the_job_says_what_to_do(queue, monkeypatch):
    monkeypatch.setattr(weights, "missing_packages", lambda: ["torch"])

    job = ordering.run(queue)

    assert job.state == JobState.FAILED
    assert "make install-ml" in job.error


def test_a_vector_of_another_model_is_made_anew(queue):
    ordering.run(queue)
    ItemVector.objects.filter(item__external_id="i3").update(model="older", vector=b"")
    Report.objects.all().delete()
    Job.objects.all().delete()

    ordering.run(queue)

    assert ItemVector.objects.exclude(vector=b"").count() == 100


# The schedule.


def asked(now=NOON) -> list[str]:
    return [job.arguments["queue"] for job in ask_due(now) if job.kind == "annotator.order"]


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_queue_with_items_is_read_once(queue, project):
    make.queue(project, items=3, name="As they came")
    make.queue(project, items=0, order="uncertain", name="Empty")

    assert asked() == [str(queue.pk)]
    assert asked(later(1)) == []
    asked(later(5))
    assert Job.objects.filter(kind="annotator.order").count() == 1, "one at a time"


def test_it_learns_anew_after_ten_answers_and_a_tenth(queue, tab):
    answer(tab, 40)
    ordering.run(queue)
    assert asked(later(5)) == []
    answer(tab, 9)
    assert asked(later(10)) == []
    answer(tab, 1)
    assert asked(later(15)) == [str(queue.pk)]


def test_it_begins_when_there_are_ten_of_each(queue, tab):
    answer(tab, 4)
    ordering.run(queue)
    assert asked(later(5)) == []
    answer(tab, 36)
    assert asked(later(10)) == [str(queue.pk)]


def test_new_items_are_read(queue):
    ordering.run(queue)
    assert asked(later(5)) == []
    queues.add_items(queue, [queues.NewItem("new", output="It is 0.5")])
    assert asked(later(10)) == [str(queue.pk)]


def test_a_run_that_failed_waits_for_somebody(queue, tab, monkeypatch):
    monkeypatch.setattr(weights, "missing_packages", lambda: ["torch"])
    ordering.run(queue)
    answer(tab, 40)

    asked(later(10))

    assert [job.state for job in Job.objects.filter(kind="annotator.order")] == [JobState.FAILED]


def test_the_sweep_asks_the_database_once_in_five_minutes(queue, django_assert_num_queries):
    list(due.slots(NOON))
    with django_assert_num_queries(0):
        assert list(due.slots(later(3))) == []


def test_the_schedule_costs_the_same_for_any_number_of_items(project, tab, queue, django_assert_num_queries):
    answer(tab, 40)
    ordering.run(queue)
    with django_assert_num_queries(5):
        list(due.slots(later(30)))


# Both orders are what the claim walks.


@pytest.mark.parametrize("order", ["random", "uncertain"])
def test_the_claim_follows_the_order(project, annotator, as_, order):
    queue = ordering.queue(project, items=40, order=order)
    home = list(Item.objects.filter(queue=queue).order_by("position").values_list("external_id", flat=True))
    assert home != [f"i{n}" for n in range(40)]
    tab = person(queue, as_(annotator))

    assert answer(tab, 30) == home[:30]

    if order == "uncertain":
        ordering.run(queue)
        ahead = [name for name, _ in ordering.walk(queue)]
        assert ahead != home[30:]
        assert [item["external_id"] for item in tab.items(10)] == ahead


def test_a_lapsed_lease_is_left_where_it_was_and_still_found(queue, tab, owner, as_):
    answer(tab, 40)
    held = person(queue, as_(owner), "gone").items(3)
    lapse(queue)
    ordering.run(queue)

    rest = answer(tab, 50) + answer(tab, 10)

    assert {item["external_id"] for item in held} <= set(rest)
    assert len(rest) == len(set(rest)) == 60


# The plan alone.


def test_the_plan_weaves_the_share_in():
    there = [Candidate(n, home=n, random=n % 2 == 0) for n in range(20)]
    chances = {n: 0.5 + n / 100 for n in range(20)}

    assert plan.front(there, chances, 0.5, size=4) == [1, 0, 3, 2, 5, 4, 7]
    assert plan.front(there, chances, 0.0, size=3) == [1, 3, 5]
    assert plan.front([one for one in there if one.random], chances, 1.0) == []


def test_what_has_no_vector_yet_keeps_its_turn():
    there = [Candidate(1, 1, random=False), Candidate(2, 2, random=False)]
    assert plan.front(there, {2: 0.9}, 0.2) == [2]


# The real model, from its package to the claim.


@pytest.mark.django_db(transaction=True)  # no transaction waits for the model to load
def test_the_real_model_learns_what_words_mean(project, annotator, as_, monkeypatch):
    monkeypatch.undo()
    food = ("soup", "bread", "cheese", "rice", "pizza", "apples", "pasta", "salad", "cake", "fish")
    cars = (
        "engines",
        "tyres",
        "brakes",
        "petrol",
        "motorways",
        "trucks",
        "gearboxes",
        "diesel",
        "garages",
        "wheels",
    )
    queue = make.queue(project, items=0, order="uncertain", random_share=0, seed=1)
    texts = {
        f"{kind}{n}": f"Tell me about {word}, {more}"
        for kind, words in (("food", food), ("cars", cars))
        for n, (word, more) in enumerate((w, m) for w in words for m in ("please", "now"))
    }
    queues.add_items(
        queue, [queues.NewItem(name, input=text, output="Gladly.") for name, text in texts.items()]
    )
    tab = person(queue, as_(annotator))
    for item in tab.items(30):
        tab.answer(item, "yes" if item["external_id"].startswith("food") else "no")

    job = ordering.run(queue)

    assert job.state == JobState.DONE, job.error
    found = report(queue).result
    assert found["right"] >= 0.9 * found["items"]
    assert "%" in ordering.walk(queue)[0][1]
