"""The job that finds topics: named, counted day by day, safe to kill, and names that live on."""

from datetime import UTC, datetime, timedelta

import pytest

from annotator.jobs import runner, schedules
from annotator.models import Job, ScheduledRun
from annotator.services import jobs
from drift.models import DriftPlan, EmbeddedDay, MapDot, MappedDay, Topic, TopicDay, TopicMap
from drift.queries.topic_maps import in_force
from drift.services import topic_counts
from drift.services.topics import FIT
from feedback.models import Interaction
from tests.drift import drifted, mapped

SIZES = (24, 18, 12, 10)


@pytest.fixture
def space(project):
    made = drifted.space(project)
    mapped.plan(project, made)
    return made


def by_keyword(project) -> dict[str, Topic]:
    return {topic.keywords[0]: topic for topic in Topic.objects.filter(project=project)}


def test_topics_are_found_named_and_counted_day_by_day(project, space):
    mapped.days(space, 4, SIZES, noise=6)
    made = mapped.fit(project)
    assert (made.number, made.rows, made.how) == (1, 280, "eom")
    assert made.last_day == mapped.LAST
    topics = by_keyword(project)
    assert set(topics) == {"refund", "delivery", "password", "invoice"}
    assert topics["refund"].title.startswith("please help with my refund number")
    days = list(MappedDay.objects.order_by("day"))
    assert [day.rows for day in days] == [70] * 4
    for day in days:
        told = dict(day.topics.values_list("topic__keywords__0", "rows"))
        assert sum(told.values()) + day.unsorted == 70
        assert day.unsorted >= 6
        assert told["refund"] == pytest.approx(24, abs=3)
    assert MapDot.objects.count() == 280
    assert MapDot.objects.filter(topic=topics["password"]).count() == pytest.approx(48, abs=6)


def test_names_live_on_over_refits_though_the_window_moves(project, space):
    mapped.days(space, 4, SIZES)
    mapped.fit(project)
    before = by_keyword(project)
    Topic.objects.filter(pk=before["refund"].pk).update(name="Money back")
    places = {shape.topic_id: (shape.x, shape.y) for shape in in_force(project).shapes.all()}
    EmbeddedDay.objects.all().delete()  # not one input is in both windows
    for later in range(1, 5):
        mapped.a_day(space, mapped.LAST + timedelta(days=30 + later), (24, 18, 12, 0, 14))
    again = mapped.fit(project)
    assert again.number == 2
    after = by_keyword(project)
    for word in ("refund", "delivery", "password"):
        assert after[word].pk == before[word].pk
    assert after["refund"].shown_name == "Money back"
    assert before["invoice"].pk in {topic.pk for topic in Topic.objects.exclude(ended_at=None)}
    assert after["voucher"].number == 5
    for shape in again.shapes.all():
        if shape.topic_id in places:
            assert (shape.x, shape.y) == pytest.approx(places[shape.topic_id], abs=0.05)
    # What is asked again is the topic that it was.
    for later in range(1, 3):
        mapped.a_day(space, mapped.LAST + timedelta(days=40 + later), (24, 18, 12, 30, 14))
    mapped.fit(project)
    back = Topic.objects.get(pk=before["invoice"].pk)
    assert back.ended_at is None


def test_another_encoder_keeps_the_names_of_what_it_reads_again(project, space):
    mapped.days(space, 4, SIZES, seed=5)
    mapped.fit(project)
    before = by_keyword(project)
    other = drifted.space(project, encoder="many-tongues", fingerprint="1" * 64)
    for day in EmbeddedDay.objects.filter(space=space):
        rows = list(day.vectors.order_by("pk"))
        logged = [Interaction(pk=row.interaction) for row in rows]
        turned = [row.vector[::-1] for row in rows]
        made = drifted.embedded(other, day.day, logged, turned)
        EmbeddedDay.objects.filter(pk=made.pk).update(finished_at=day.finished_at)
    mapped.plan(project, other)
    again = mapped.fit(project)
    assert again.space == other
    assert {word: topic.pk for word, topic in by_keyword(project).items()} == {
        word: topic.pk for word, topic in before.items()
    }


def test_killed_between_days_it_goes_on_and_pages_show_the_map_before(project, space, monkeypatch):
    mapped.days(space, 4, SIZES)
    first = mapped.fit(project)
    real, calls = topic_counts.count_day, []

    def failing(of, day):
        calls.append(day.day)
        if len(calls) == 3:
            raise MemoryError
        return real(of, day)

    monkeypatch.setattr(topic_counts, "count_day", failing)
    job = jobs.ask(kind=FIT, key="killed", project=project)
    runner.run(job.pk, queue="ml")
    assert in_force(project) == first
    assert TopicDay.objects.filter(day__map=first).exists()
    Job.objects.filter(pk=job.pk).update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    mapped.done(job)
    assert len(calls) == 5  # the two that were counted were not counted again
    assert in_force(project).number == 2
    assert not MappedDay.objects.filter(map=first).exists()
    assert MappedDay.objects.count() == 4


def test_what_a_fit_that_was_given_up_left_is_gone_with_the_next(project, space, monkeypatch):
    mapped.days(space, 4, SIZES)

    def failing(of, day):
        raise MemoryError

    monkeypatch.setattr(topic_counts, "count_day", failing)
    runner.run(jobs.ask(kind=FIT, key="killed", project=project).pk, queue="ml")
    assert Topic.objects.count() == 4
    monkeypatch.undo()
    mapped.fit(project)
    assert TopicMap.objects.count() == 1
    assert Topic.objects.count() == 4


def test_too_few_inputs_make_no_map_and_say_so(project, space):
    mapped.a_day(space, mapped.LAST, (30, 30))
    job = mapped.done(jobs.ask(kind=FIT, key="few", project=project))
    assert job.result == {"few": 60}
    assert in_force(project) is None


def test_counted_again_a_day_is_counted_once(project, space):
    (*_rest, last) = mapped.days(space, 4, SIZES)
    made = mapped.fit(project)
    before = list(TopicDay.objects.filter(day__day=last.day).values_list("topic", "rows").order_by("topic"))
    topic_counts.count_day(made, last)
    assert before == list(
        TopicDay.objects.filter(day__day=last.day).values_list("topic", "rows").order_by("topic")
    )
    assert MapDot.objects.filter(day__day=last.day).count() == sum(SIZES)


def test_repeats_count_once_and_what_nobody_drew_not_at_all(project, space):
    (*_rest, last) = mapped.days(space, 4, SIZES)
    rows = list(last.vectors.order_by("pk")[:3])
    last.vectors.filter(pk=rows[0].pk).update(weight=3)
    last.vectors.filter(pk=rows[1].pk).update(weight=0)
    last.vectors.filter(pk=rows[2].pk).update(weight=0, sampled=False)
    mapped.fit(project)
    day = MappedDay.objects.get(day=last.day)
    assert day.rows == sum(SIZES) - 2
    assert set(day.dots.filter(interaction__in=[row.interaction for row in rows]).values_list("weight", flat=True)) == {3, 0}  # fmt: skip


def slots(now) -> list[tuple[str, int | None]]:
    asked = schedules.ask_due(now)
    Job.objects.exclude(kind__contains="topics").delete()  # of other clocks: a worker would go on with them
    return sorted((job.kind, job.arguments.get("day")) for job in asked if "topics" in job.kind)


def test_the_clock_asks_for_a_fit_once_a_week_and_for_days_that_came_since(project, space):
    mapped.days(space, 4, SIZES)
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert slots(now) == [("drift.topics", None)]
    assert slots(now) == []
    mapped.fit(project)
    TopicMap.objects.update(fitted_at=now)
    new = mapped.a_day(space, mapped.LAST + timedelta(days=1), SIZES)
    assert slots(now + timedelta(days=1)) == [("drift.count_topics", new.pk)]
    mapped.done(Job.objects.get(kind="drift.count_topics"))
    assert MappedDay.objects.filter(day=new.day, rows=sum(SIZES)).exists()
    ScheduledRun.objects.filter(schedule__startswith="drift.count").delete()
    assert slots(now + timedelta(days=1)) == []
    assert slots(now + timedelta(days=7)) == [("drift.topics", None)]
    assert slots(now + timedelta(days=13)) == []
    assert slots(now + timedelta(days=14)) == [("drift.topics", None)]  # the one before failed, say
    DriftPlan.objects.update(enabled=False)
    ScheduledRun.objects.all().delete()
    assert slots(now + timedelta(days=7)) == []


def test_the_first_fit_in_a_space_waits_for_the_days_before_the_newest(project, space):
    mapped.days(space, 4, SIZES)
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    before = (mapped.LAST - timedelta(days=5)).isoformat()
    waiting = jobs.ask(kind="drift.vectors", key="part", project=project, arguments={"day": before})
    assert [job.kind for job in schedules.ask_due(now) if "topics" in job.kind] == []
    Job.objects.filter(pk=waiting.pk).update(state="failed", finished_at=now)
    assert [job.kind for job in schedules.ask_due(now) if "topics" in job.kind] == ["drift.topics"]


def test_a_day_that_was_drawn_anew_is_counted_anew(project, space):
    days = mapped.days(space, 4, SIZES)
    mapped.fit(project)
    late = MappedDay.objects.get(day=days[2].day)
    EmbeddedDay.objects.filter(pk=days[2].pk).update(finished_at=late.counted_at + timedelta(seconds=1))
    TopicMap.objects.update(fitted_at=datetime(2026, 11, 23, 6, tzinfo=UTC))
    assert slots(datetime(2026, 11, 24, 6, tzinfo=UTC)) == [("drift.count_topics", days[2].pk)]


def test_of_two_fits_at_once_the_later_one_stands(project, space, monkeypatch):
    mapped.days(space, 4, SIZES)
    first = jobs.ask(kind=FIT, key="first", project=project)
    real = topic_counts.count_day

    def meanwhile(of, day):
        monkeypatch.setattr(topic_counts, "count_day", real)
        mapped.fit(project)

    monkeypatch.setattr(topic_counts, "count_day", meanwhile)
    runner.run(first.pk, queue="ml")
    first.refresh_from_db()
    assert (first.state, first.error) == ("failed", "Another job found topics anew meanwhile.")
    assert TopicMap.objects.count() == 1
    assert MappedDay.objects.filter(map=in_force(project)).count() == 4


def test_dots_of_long_ago_go_and_their_counts_stay(project, space):
    mapped.days(space, 5, SIZES)
    made = mapped.fit(project)
    old = made.days.order_by("day")[0]
    EmbeddedDay.objects.filter(day=old.day).delete()
    MappedDay.objects.filter(pk=old.pk).update(day=mapped.LAST - timedelta(days=100))
    mapped.fit(project)
    assert old.dots.count() == 0
    assert sum(old.topics.values_list("rows", flat=True)) > 50
    assert MapDot.objects.count() == 4 * sum(SIZES)
