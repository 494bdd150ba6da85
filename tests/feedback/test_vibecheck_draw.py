"""A day's check is drawn once, from that day's production interactions alone."""

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from annotator.models import Item, Place, Queue
from feedback.models import VibeCheck
from feedback.queries.checks import looked
from feedback.services import vibecheck
from tests import make
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING


def test_twenty_of_a_day_spread_over_features(project, owner):
    for feature, n in {"email": 130, "call": 90, "news": 60, "chat": 20}.items():
        logged.interactions(project, n, feature=feature)

    check = logged.check(project)

    assert (check.day, check.population, check.person) == (DAY, 300, owner)
    assert check.queue.name == "Vibe check 2026-11-23"
    assert check.queue.origin == "vibecheck"
    assert {part["name"]: part["drawn"] for part in check.strata} == {
        "email": 8,
        "call": 6,
        "news": 4,
        "chat": 2,
    }
    items = list(check.queue.items.order_by("position"))
    assert Counter(item.stratum for item in items) == {"email": 8, "call": 6, "news": 4, "chat": 2}
    assert [item.stratum for item in items] != sorted(item.stratum for item in items)  # mixed
    assert Place.objects.filter(queue=check.queue).count() == 20


def test_each_item_tells_where_from_why_and_how_likely(project, owner):
    rows = logged.interactions(
        project, 130, model="small-1", prompt_version="v7", context=[{"text": "a source"}]
    )

    item = logged.check(project).queue.items.first()

    row = next(row for row in rows if row.external_id == item.external_id)
    assert (item.input, item.output, item.context) == (row.input, row.output, row.context)
    assert item.origin == "vibecheck"
    assert item.reason == "drawn at random: 20 of 130 in feature “email”"
    assert item.inclusion_probability == pytest.approx(20 / 130)
    assert item.metadata["interaction"] == str(row.pk)
    assert (item.metadata["model"], item.metadata["prompt_version"]) == ("small-1", "v7")


def test_drawing_twice_draws_once(project, owner):
    logged.interactions(project, 50)
    first = logged.check(project)
    logged.interactions(project, 50, feature="late")

    assert logged.check(project) == first
    assert (Queue.objects.count(), Item.objects.count()) == (1, 20)


def test_the_same_day_draws_the_same_items(project, owner):
    logged.interactions(project, 200)
    first = set(logged.check(project).queue.items.values_list("external_id", flat=True))
    Queue.objects.all().delete()
    VibeCheck.objects.all().delete()

    assert set(logged.check(project).queue.items.values_list("external_id", flat=True)) == first


@pytest.mark.django_db(transaction=True)
def test_four_at_once_draw_once():
    project = make.project()
    make.member(project, "olivia", role="owner")
    logged.interactions(project, 50)
    start, found = threading.Barrier(4), []

    def draw():
        start.wait()
        found.append(logged.check(project).pk)
        connection.close()

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1
    assert (Queue.objects.count(), Item.objects.count()) == (1, 20)


def test_a_day_that_had_nothing_is_drawn_when_its_log_has_come(project, owner):
    first = logged.check(project)
    assert (first.queue, first.person, first.population) == (None, None, 0)
    logged.interactions(project, 3, environment="shadow")
    again = logged.check(project)
    assert (again.pk, again.queue) == (first.pk, None)
    assert again.drawn_at > first.drawn_at
    logged.interactions(project, 30, feature="late")

    check = logged.check(project)

    assert (check.pk, check.population, check.person) == (first.pk, 30, owner)
    assert check.queue.items.count() == 20
    check.queue.delete()  # what was drawn once is not drawn anew
    assert logged.check(project).queue is None


def test_a_draw_that_breaks_leaves_nothing(project, owner):
    logged.interactions(project, 50)
    logged.plan(project, owner)

    def fail(execute, sql, params, many, context):
        if 'INSERT INTO "annotator_place"' in sql:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(KeyboardInterrupt):
        logged.check(project)

    assert not VibeCheck.objects.exists()
    assert not Queue.objects.exists()
    assert logged.check(project).population == 50


def test_only_production_counts_and_only_this_project(project, owner, stranger):
    logged.interactions(project, 3)
    logged.interactions(project, 9, environment="shadow", name="shadow")
    logged.interactions(project, 9, environment="development", name="development")
    logged.interactions(stranger.projects.get(), 9)

    assert logged.check(project).population == 3


def test_fewer_than_the_sample_are_all_taken(project, owner):
    logged.interactions(project, 5)
    logged.interactions(project, 2, feature="")

    check = logged.check(project)

    assert check.queue.items.count() == 7
    assert set(check.queue.items.values_list("inclusion_probability", flat=True)) == {1.0}
    reasons = {item.stratum: item.reason for item in check.queue.items.all()}
    assert reasons["email"] == "all 5 of feature “email” were taken"
    assert reasons[""] == "drawn at random: 2 of 2"


def test_a_day_without_interactions_asks_nobody(project, owner):
    logged.interactions(project, 5, at=datetime(2026, 11, 20, tzinfo=UTC))

    check = logged.check(project)

    assert (check.population, check.queue, check.person, check.strata) == (0, None, None, [])
    assert not Queue.objects.exists()


def test_a_day_that_is_not_over_is_not_drawn(project, owner):
    logged.interactions(project, 5)

    with pytest.raises(vibecheck.TooEarly, match="not over yet in UTC"):
        logged.check(project, now=datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    for day in (date.min, date.max, DAY + timedelta(days=9)):
        with pytest.raises(vibecheck.TooEarly):
            logged.check(project, day=day)
    assert not VibeCheck.objects.exists()


@pytest.mark.parametrize(
    ("zone", "day", "first", "after"),
    [
        ("Asia/Seoul", date(2026, 11, 23), (2026, 11, 22, 15, 0), (2026, 11, 23, 15, 0)),
        ("America/New_York", date(2026, 11, 1), (2026, 11, 1, 4, 0), (2026, 11, 2, 5, 0)),  # 25 hours
        ("America/New_York", date(2026, 3, 8), (2026, 3, 8, 5, 0), (2026, 3, 9, 4, 0)),  # 23 hours
    ],
)
def test_the_day_is_that_of_the_project(db, zone, day, first, after):
    project = make.project(time_zone=zone)
    make.member(project, "olivia", role="owner")
    begin, end = datetime(*first, tzinfo=UTC), datetime(*after, tzinfo=UTC)
    millisecond = timedelta(milliseconds=1)
    for name, at in {
        "the day before": begin - millisecond,
        "first": begin,
        "last": end - millisecond,
        "the day after": end,
    }.items():
        logged.interactions(project, 1, at=at, name=name)

    check = logged.check(project, day=day)

    assert set(check.queue.items.values_list("external_id", flat=True)) == {"first-0", "last-0"}


def test_the_same_external_id_twice_a_day_is_two_items(project, owner):
    logged.interactions(project, 2, name="again")
    logged.interactions(project, 2, name="again", at=datetime(2026, 11, 23, 18, tzinfo=UTC))

    check = logged.check(project)

    assert check.queue.items.count() == check.population == 4
    assert {"again-0", "again-1"} < set(check.queue.items.values_list("external_id", flat=True))


def test_a_failed_call_is_in_the_sample_as_it_is(project, owner):
    logged.interactions(project, 1, output=None, error="timeout")

    item = logged.check(project).queue.items.get()

    assert (item.output, item.error) == (None, "timeout")


def test_many_small_features_share_a_stratum(project, owner):
    logged.interactions(project, 300, feature="chat")
    for n in range(15):
        logged.interactions(project, 3, feature=f"small {n:02}")

    check = logged.check(project)

    rest = check.strata[-1]
    assert rest["name"] == "(rest)"
    assert rest["population"] == 3 * len(rest["features"])
    assert sum(part["drawn"] for part in check.strata) == 20
    item = check.queue.items.filter(stratum="(rest)").first()
    assert item.reason == f"drawn at random: {rest['drawn']} of {rest['population']} in the small features"


def test_a_long_feature_name_fits_the_reason(project, owner):
    logged.interactions(project, 30, feature="f" * 200)

    reason = logged.check(project).queue.items.first().reason

    assert len(reason) <= 200
    assert reason.endswith("…”")


def test_the_one_on_shift_the_day_after_gets_it(project, owner, annotator):
    logged.interactions(project, 1)
    logged.interactions(project, 1, at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    logged.plan(project, owner, annotator)  # owner on the 23rd, annotator on the 24th

    assert logged.check(project).person == annotator
    assert logged.check(project, day=date(2026, 11, 24), now=NEXT_MORNING + timedelta(days=1)).person == owner


def test_who_left_or_may_not_label_is_passed_over(project, owner, annotator, viewer):
    logged.interactions(project, 1)
    logged.plan(project, owner, annotator, viewer)
    annotator.is_active = False
    annotator.save()

    assert logged.check(project).person == owner


def test_nobody_on_the_rotation_is_nobody_on_shift(project, owner):
    logged.interactions(project, 1)
    logged.plan(project)

    check = logged.check(project)

    assert check.person is None
    assert check.queue.items.count() == 1


def test_payloads_are_read_of_the_drawn_ones_only(project, owner, django_assert_max_num_queries):
    logged.interactions(project, 400)
    logged.plan(project, owner)

    with django_assert_max_num_queries(40) as queries:
        logged.check(project)

    sql = [one["sql"] for one in queries.captured_queries]
    with_payload = [one for one in sql if '"feedback_interaction"."input"' in one]
    assert len(with_payload) == 1
    assert "IN (" in with_payload[0]


def test_the_rate_of_a_check(project, owner):
    logged.interactions(project, 100)
    logged.interactions(project, 900, feature="chat")
    check = logged.check(project)
    letters = {"email": "n", "chat": "y"}
    logged.answer(
        check.queue, owner, "".join(letters[item.stratum] for item in check.queue.items.order_by("position"))
    )

    (seen,) = looked([check])

    assert seen.answered == 20
    assert seen.estimate.value == pytest.approx(0.1)  # and not 2 of 20, or 10 %
    assert seen.estimate.low < 0.1 < seen.estimate.high
