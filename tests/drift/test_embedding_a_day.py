"""A day's inputs become vectors: which, in parts, once, and what comes of repeats and of days before."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from annotator.encoding import loading
from annotator.jobs import leases, runner, schedules
from annotator.models import Job, JobState
from drift import vectors
from drift.jobs import embed as job
from drift.models import DriftPlan, EmbeddedDay, InputVector, Space
from drift.services import embedding, inputs, plans
from drift.services.embedding import EMBED, REPEATS, VECTORS
from feedback.models import AssertionResult, CheckOutcome, Interaction
from tests.drift import embedding as doing
from tests.feedback import asserted, logged
from tests.feedback.logged import DAY, NEXT_MORNING

ONE = timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def days_of(project) -> dict[date, EmbeddedDay]:
    return {day.day: day for day in EmbeddedDay.objects.filter(space__project=project)}


def test_a_day_is_drawn_embedded_squeezed_and_judged(project, drift_plan, judged):
    """Eight questions, three of them one user's retries, a form without a known field, one without text."""
    rows = logged.interactions(project, 5)
    logged.interactions(project, 3, name="again", input="Where is it?", end_user="ann")
    logged.interactions(project, 1, name="form", input={"a": "b"})
    logged.interactions(project, 1, name="none", input=[])
    logged.interactions(project, 4, name="shadow", environment="shadow")
    logged.interactions(project, 2, name="before", at=noon(DAY - ONE))

    day = doing.embedded(project, DAY)

    assert (day.population, day.sampled, day.empty) == (10, 10, 1)
    assert day.repeats["inputs"] == {"retries": 3}
    assert day.repeats["largest"][0]["users"] == 1
    assert (day.repeats["rows"], day.repeats["fell_back"]) == (7, 1)
    assert day.finished_at is not None
    assert (day.space.encoder, day.space.dimensions, day.space.rule) == ("small", 32, {"kind": "last_user"})
    found = vectors.of_day(day.space, DAY)
    assert sorted(found.weights.tolist()) == [1] * 6 + [3]
    alone = loading.load("small").encode(["Question 0"])
    mine = found.vectors[found.interactions.index(rows[0].pk)]
    assert float((mine * alone[0]).sum()) > 0.9999
    assert judged == [DAY.isoformat()]


def test_a_large_day_is_a_sample_that_is_drawn_again_the_same(project, drift_plan, judged):
    DriftPlan.objects.update(sample_size=10)
    logged.interactions(project, 60)
    first = doing.embedded(project, DAY)
    before = set(InputVector.objects.values_list("pk", "interaction"))
    again = doing.embedded(project, DAY, key="again")
    assert (first.population, first.sampled) == (60, 10)
    assert again.drawn_at > first.drawn_at
    assert set(InputVector.objects.values_list("pk", "interaction")) == before


def test_a_larger_sample_keeps_what_is_there(project, drift_plan, judged):
    DriftPlan.objects.update(sample_size=10)
    logged.interactions(project, 30)
    doing.embedded(project, DAY)
    before = set(InputVector.objects.values_list("pk", flat=True))
    DriftPlan.objects.update(sample_size=20)
    doing.embedded(project, DAY, key="more")
    after = set(InputVector.objects.values_list("pk", flat=True))
    assert before < after
    assert len(after) == 20


def test_what_a_check_or_a_failing_assertion_touched_is_there_and_counts_for_nothing(
    project, owner, drift_plan, judged, next_morning
):
    DriftPlan.objects.update(sample_size=1)
    rows = logged.interactions(project, 30)
    logged.plan(project, owner, sample_size=4)
    check = logged.check(project)
    looked_at = {UUID(item.metadata["interaction"]) for item in check.queue.items.all()}
    version = asserted.assertion(project)
    AssertionResult.objects.create(
        project=project,
        version=version,
        interaction=rows[7].pk,
        outcome=CheckOutcome.FAILED,
        reason=["x", {}],
    )
    day = doing.embedded(project, DAY)
    marked = set(day.vectors.filter(sampled=False).values_list("interaction", flat=True))
    drawn = set(day.vectors.filter(sampled=True).values_list("interaction", flat=True))
    assert len(drawn) == 1
    assert marked == (looked_at | {rows[7].pk}) - drawn
    assert set(vectors.of_day(day.space, DAY).interactions) == drawn


def test_a_check_that_drew_later_is_embedded_the_night_after(project, owner, drift_plan, judged):
    DriftPlan.objects.update(sample_size=1)
    logged.interactions(project, 9)
    day = doing.embedded(project, DAY)
    logged.plan(project, owner, sample_size=3)
    logged.check(project)
    doing.embedded(project, DAY + ONE, others=True)
    assert day.vectors.count() in (3, 4)
    assert day.vectors.filter(sampled=True).count() == 1


def test_parts_are_done_by_any_worker_and_the_last_one_ends_the_day(
    project, drift_plan, judged, monkeypatch, transactional_db
):
    monkeypatch.setattr(embedding, "PART", 5)
    logged.interactions(project, 12)
    doing.ask(project, DAY)
    doing.work(EMBED)
    parts = list(doing.due(VECTORS))
    assert [len(embedding.unpacked(part.arguments["ids"])) for part in parts] == [5, 5, 2]

    def one(part):
        runner.run_claimed(leases.claim(part.pk))
        connection.close()

    workers = [threading.Thread(target=one, args=(part,)) for part in parts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert doing.due(REPEATS).count() == 1
    doing.work()
    assert InputVector.objects.filter(weight=1).count() == 12
    assert judged == [DAY.isoformat()]


def test_a_part_that_died_goes_on_where_it_was(project, drift_plan, judged, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 4)
    logged.interactions(project, 11)
    model = loading.load("small")
    encode, seen = model.encode, []

    def dying(texts):
        if len(seen) == 8:
            seen.append("died")
            raise RuntimeError
        seen.extend(texts)
        return encode(texts)

    object.__setattr__(model, "encode", dying)
    try:
        doing.ask(project, DAY)
        doing.work()
        (part,) = Job.objects.filter(kind=VECTORS)
        assert (part.state, part.done, InputVector.objects.count()) == (JobState.DUE, 8, 8)
        Job.objects.update(due_at=timezone.now())
        doing.work()
    finally:
        loading._loaded.cache_clear()
    assert sorted(seen) == sorted([f"Question {n}" for n in range(11)] + ["died"])
    assert InputVector.objects.count() == 11
    assert judged == [DAY.isoformat()]


def test_what_left_the_log_meanwhile_is_left_out(project, drift_plan, judged):
    rows = logged.interactions(project, 3)
    doing.ask(project, DAY)
    doing.work(EMBED)
    Interaction.objects.filter(pk=rows[0].pk).delete()
    doing.work()
    assert days_of(project)[DAY].finished_at is not None
    assert InputVector.objects.count() == 2


# --- days before --------------------------------------------------------------------------------


def test_a_new_project_has_its_baseline_the_same_morning(project, drift_plan, judged):
    for back in (0, 1, 5, 13, 20):
        logged.interactions(project, 2, name=f"back{back}", at=noon(DAY - back * ONE))
    doing.embedded(project, DAY, others=True)
    found = days_of(project)
    assert sorted(found) == [DAY - n * ONE for n in reversed(range(15))]
    assert [found[DAY - n * ONE].sampled for n in (0, 1, 2, 5, 13)] == [2, 2, 0, 2, 2]
    assert judged[-1] == DAY.isoformat()
    assert judged.count(DAY.isoformat()) == 1
    assert len(set(judged)) == 15


def test_a_day_is_judged_after_those_before_it_whoever_is_quicker(project, drift_plan, judged):
    for back in range(3):
        logged.interactions(project, 2, name=f"back{back}", at=noon(DAY - back * ONE))
    for back in (2, 1, 0):
        doing.ask(project, DAY - back * ONE)
    doing.work(EMBED)
    Job.objects.filter(kind=VECTORS, arguments__day=(DAY - 2 * ONE).isoformat()).update(
        due_at=timezone.now() + timedelta(hours=1)
    )
    while (waiting := doing.due().exclude(due_at__gt=timezone.now()).first()) is not None:
        runner.run_claimed(leases.claim(waiting.pk))
    assert judged == []
    Job.objects.update(due_at=timezone.now())
    doing.work()
    assert judged == [(DAY - back * ONE).isoformat() for back in (2, 1, 0)]


def test_logs_that_came_late_are_drawn_the_night_after(project, drift_plan, judged):
    doing.embedded(project, DAY)
    assert days_of(project)[DAY].population == 0
    logged.interactions(project, 3)
    doing.embedded(project, DAY + ONE, others=True)
    assert days_of(project)[DAY].sampled == 3
    before = Job.objects.count()
    doing.embedded(project, DAY + 2 * ONE, others=True)
    assert Job.objects.count() - before == 3  # that day's own draw, end and judgement


def test_a_pinned_window_is_embedded_too(project, drift_plan, judged):
    first = DAY - timedelta(days=60)
    DriftPlan.objects.update(baseline_kind="pinned", pinned_first=first, pinned_last=first + 2 * ONE)
    logged.interactions(project, 2, at=noon(first + ONE))
    doing.embedded(project, DAY, others=True)
    assert days_of(project)[first + ONE].sampled == 2
    assert len(days_of(project)) == 15 + 3


# --- spaces -------------------------------------------------------------------------------------------


def test_another_rule_or_encoder_is_another_space_and_the_days_before_are_embedded_anew(
    project, drift_plan, judged
):
    logged.interactions(project, 2)
    logged.interactions(project, 2, name="before", at=noon(DAY - ONE))
    doing.embedded(project, DAY, others=True)
    DriftPlan.objects.update(rule={"kind": "conversation"})
    doing.embedded(project, DAY, key="rule", others=True)
    DriftPlan.objects.update(encoder="")
    doing.embedded(project, DAY, key="encoder", others=True)
    spaces = list(Space.objects.order_by("pk"))
    assert [(one.encoder, one.dimensions, one.rule["kind"]) for one in spaces] == [
        ("small", 32, "last_user"),
        ("small", 32, "conversation"),
        ("all-MiniLM-L6-v2", 384, "conversation"),
    ]
    for one in spaces:
        assert [day.sampled for day in one.days.order_by("-day")[:2]] == [2, 2]
    with pytest.raises(vectors.ManySpaces):
        vectors.read(InputVector.objects.order_by("pk").values_list("pk", flat=True)[:6])
    assert DriftPlan.objects.get().space == spaces[-1]


def test_a_change_while_a_day_is_being_drawn_is_not_taken_back(project, drift_plan, judged, monkeypatch):
    """Loading a model takes a while: in it somebody chooses another rule, and that one's job is done first."""
    logged.interactions(project, 2)
    load = loading.load

    def slow(name):
        if DriftPlan.objects.get().rule != {"kind": "conversation"}:
            DriftPlan.objects.update(rule={"kind": "conversation"})
        return load(name)

    monkeypatch.setattr(loading, "load", slow)
    day = doing.embedded(project, DAY)
    assert day.space.rule == {"kind": "conversation"}
    assert Space.objects.count() == 1


def test_a_model_that_is_gone_or_swapped_is_a_sentence(project, drift_plan, settings, judged):
    logged.interactions(project, 2)
    settings.EMBEDDING_MODELS = []
    doing.ask(project, DAY)
    (failed,) = doing.work()
    assert failed.state == JobState.FAILED
    assert failed.error == "The model “small” is not among EMBEDDING_MODELS: add it there or choose another."
    assert EmbeddedDay.objects.count() == 0


def test_a_space_of_other_weights_is_refused(project, drift_plan, judged):
    logged.interactions(project, 2)
    doing.ask(project, DAY)
    doing.work(EMBED)
    Space.objects.update(fingerprint="0" * 64)
    (failed,) = doing.work()
    assert failed.kind == VECTORS
    assert failed.error.startswith("The model “small” is not the one that the other days were embedded by.")


# --- bad days ---------------------------------------------------------------------------------------


def test_no_traffic_empty_texts_and_one_text_only(project, drift_plan, judged):
    logged.interactions(project, 3, name="blank", input="  ", at=noon(DAY - ONE))
    logged.interactions(project, 300, name="same", input="ping", at=noon(DAY - 2 * ONE))
    for back in range(3):
        doing.embedded(project, DAY - back * ONE)
    found = days_of(project)
    told = [(found[DAY - n * ONE].sampled, found[DAY - n * ONE].empty) for n in range(3)]
    assert told == [(0, 0), (3, 3), (300, 0)]
    same = vectors.of_day(found[DAY].space, DAY - 2 * ONE)
    assert same.weights.tolist() == [300]
    assert found[DAY - 2 * ONE].repeats["groups"] == {"unknown": 1}
    assert found[DAY - ONE].finished_at is not None


def test_a_day_of_25_hours_is_one_day(project, drift_plan, judged):
    project.time_zone = "Europe/Berlin"
    project.save()
    day = date(2026, 10, 25)
    edges = [datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)]
    for n, when in enumerate([edges[0] - timedelta(seconds=1), *edges, edges[1] + timedelta(seconds=2)]):
        logged.interactions(project, 1, name=f"edge{n}", at=when)
    assert doing.embedded(project, day).population == 2


# --- the clock --------------------------------------------------------------------------------------


def asked(now: datetime) -> list[dict]:
    return [one.arguments for one in schedules.ask_due(now) if one.kind == EMBED]


def test_a_project_with_a_log_is_watched_by_itself_at_its_hour(project):
    assert asked(NEXT_MORNING) == []
    logged.interactions(project, 1)
    assert asked(NEXT_MORNING) == [{"day": "2026-11-23", "others": True}]
    assert asked(NEXT_MORNING + timedelta(hours=10)) == []
    assert asked(datetime(2026, 11, 25, 4, 59, tzinfo=UTC)) == []
    assert asked(datetime(2026, 11, 25, 5, 0, tzinfo=UTC)) == [{"day": "2026-11-24", "others": True}]
    DriftPlan.objects.update(enabled=False)
    assert asked(datetime(2026, 11, 26, 5, 0, tzinfo=UTC)) == []


def test_after_weeks_away_the_newest_day_alone_is_asked_for(project):
    logged.interactions(project, 1)
    asked(NEXT_MORNING)
    assert asked(datetime(2027, 1, 10, 6, tzinfo=UTC)) == [{"day": "2027-01-09", "others": True}]


def test_asked_by_hand_once_at_a_time(project, owner, drift_plan):
    now = timezone.now()
    assert embedding.ask_now(project, DAY, by=owner, now=now) is not None
    assert embedding.ask_now(project, DAY, by=owner, now=now + timedelta(seconds=1)) is None
    assert embedding.ask_now(project, DAY, by=owner, now=now + timedelta(seconds=2), anew=True) is not None


def test_another_encoder_while_the_days_are_embedded_has_them_all_anew(project, drift_plan, judged):
    """The first job has drawn for the space before, and its parts are not done."""
    logged.interactions(project, 2)
    logged.interactions(project, 2, name="before", at=noon(DAY - ONE))
    doing.ask(project, DAY - ONE)
    doing.work(EMBED)
    DriftPlan.objects.update(rule={"kind": "conversation"})
    doing.embedded(project, DAY, key="rule", others=True)
    old, new = Space.objects.order_by("pk")
    assert [day.sampled for day in new.days.order_by("-day")[:2]] == [2, 2]
    assert all(day.finished_at for day in EmbeddedDay.objects.filter(space=new))
    assert len(vectors.of_day(old, DAY - ONE)) == 2


def test_the_draw_is_in_constant_memory_and_spread(project):
    """Every tenth, from the whole day."""
    rows = logged.interactions(project, 500)
    population, found = inputs.drawn(project, DAY, 50)
    assert (population, len(found.rows)) == (500, 50)
    places = [n for n, row in enumerate(rows) if row.pk in {one.id for one in found.rows}]
    assert np.histogram(places, bins=5, range=(0, 500))[0].min() >= 3
    assert plans.wanted_days(plans.ensure_plan(project, now=NEXT_MORNING), DAY)[-1] == DAY - ONE
