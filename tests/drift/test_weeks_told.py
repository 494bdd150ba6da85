"""The week after topics were fitted to it: one judgement, its alert, its page, what programs read of it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from annotator.jobs import runner
from annotator.services import jobs
from drift import alert_words
from drift.alert_rules import Do
from drift.models import (
    Alert,
    AlertGroup,
    MapDot,
    MappedDay,
    SeenAgain,
    Topic,
    TopicDay,
    TopicMap,
    TopicShape,
    WeekCheck,
    WeekGroup,
)
from drift.queries.alike import shared
from drift.services import alert_changes, alerts, weeks
from drift.services.topics import FIT
from feedback.models import Notice
from tests import make
from tests.drift import alerted, drifted, mapped
from tests.drift.mapped import LAST, NAMES

PAGE = f"/p/shop/drift/weeks/{LAST}/"
USUAL, DOUBLED, GONE = (140, 120, 100, 80), (140, 120, 100, 180), (140, 120, 0, 80)
MORE = (140, 120, 100, 300)
DAY = timedelta(days=1)
DOTS = 3  # of a topic and day, for tests that need rows


@pytest.fixture
def space(project):
    made = drifted.space(project)
    mapped.plan(project, made)
    return made


def counted(space, *sizes: Sequence[int], last=LAST) -> TopicMap:
    """A map that has counted whole weeks, the last one ends on `last`; no two days are alike."""
    project = space.project
    number = 1 + TopicMap.objects.filter(project=project).count()
    made = TopicMap.objects.create(
        project=project, number=number, space=space, first_day=last - DAY * 27, last_day=last, rows=1000, seed=1,
        how="eom", smallest=8, floor=0.5, edge=0.6, noise=0.1, across=alerted.towards(1), up=alerted.towards(2),
        in_force_at=timezone.now(),
    )  # fmt: skip
    topics = [
        Topic.objects.get_or_create(
            project=project, number=k + 1, defaults={"keywords": [NAMES[k]], "since": last - DAY * 27}
        )[0]
        for k in range(len(sizes[0]))
    ]
    TopicShape.objects.bulk_create(
        TopicShape(map=made, topic=one, rows=100, centroid=alerted.towards(k + 1), x=0, y=0, radius=0.1)
        for k, one in enumerate(topics)
    )
    for week, of_week in enumerate(reversed(sizes)):
        for back in range(7):
            _day(
                made,
                topics,
                last - DAY * (7 * week + back),
                [n and n + (7 * k + 3 * back + week) % 11 - 5 for k, n in enumerate(of_week)],
            )
    return made


def _day(of: TopicMap, topics: Sequence[Topic], day, sizes: Sequence[int]) -> None:
    one = MappedDay.objects.create(map=of, day=day, rows=sum(sizes))
    pairs = [(topic, n) for topic, n in zip(topics, sizes, strict=True) if n]
    TopicDay.objects.bulk_create(TopicDay(day=one, topic=topic, rows=n) for topic, n in pairs)
    MapDot.objects.bulk_create(
        MapDot(
            day=one,
            interaction=UUID(int=day.toordinal() << 32 | topic.number << 16 | k),
            topic=topic, x=0, y=0, cosine=0.9,
        )
        for topic, _n in pairs
        for k in range(DOTS)
    )  # fmt: skip


@pytest.fixture
def doubled(space, owner):
    return weeks.judge(counted(space, USUAL, USUAL, USUAL, DOUBLED))


def test_topics_are_found_and_the_week_is_judged_by_them(project, space, owner):
    """The job from end to end: inputs with vectors, a fit, counts, the judgement."""
    for back in range(28):
        sizes = (9, 8, 7, 12 if back < 7 else 6)
        mapped.a_day(space, LAST - DAY * back, [n + (k + back) % 2 for k, n in enumerate(sizes)])
    mapped.fit(project)
    check = WeekCheck.objects.get()
    assert (check.day, check.verdict, check.alarm) == (LAST, "judged", True)
    assert (len(check.now), len(check.before)) == (7, 21)
    (group,) = check.groups.all()
    assert (group.kind, group.topic.keywords) == ("grown", ["invoice"])
    told = AlertGroup.objects.get()
    assert len(told.rows) == group.rows
    assert 0.5 < told.reach <= 1
    assert shared(told) == []  # every row is like every other


def test_a_topic_that_doubled_opens_an_alert_that_says_so(doubled, project, as_, annotator):
    alert = Alert.objects.get()
    told = alert.groups.get()
    assert (alert.day, told.days, told.kind, len(told.rows)) == (LAST, 7, "grown", 7 * DOTS)
    page = as_(annotator).get(f"/p/shop/drift/alerts/{alert.pk}/")
    assertContains(page, "This week")
    sentence = alert_words.sentence(alert_words.told(told, "UTC"))
    assert sentence.startswith("More of “invoice”: ")
    assert "of the week’s inputs" in sentence
    assertContains(page, PAGE)
    assertNotContains(page, "is no alarm any more")
    assert Notice.objects.count() == 1
    drifted.judged(project, LAST, p=0.4)
    assertContains(as_(annotator).get("/p/shop/drift/"), PAGE)
    assertContains(as_(annotator).get(PAGE), "invoice")


def test_the_alert_of_many_rows_opens(doubled, as_, owner):
    """A page lists the first, and counts the others."""
    group = AlertGroup.objects.get()
    group.rows = [UUID(int=k) for k in range(1, 80)]
    group.save()
    assertContains(as_(owner).get(f"/p/shop/drift/alerts/{group.alert_id}/"), "29 more rows are not listed.")


def test_what_went_is_told_from_the_days_before(space, owner):
    weeks.judge(counted(space, USUAL, USUAL, USUAL, GONE))
    told = AlertGroup.objects.get()
    assert (told.kind, told.keywords, told.share) == ("shrunk", ["password"], 0)
    assert len(told.rows) == 21 * DOTS


def test_a_quiet_week_tells_nothing(space, owner):
    check = weeks.judge(counted(space, USUAL, USUAL, USUAL, USUAL))
    assert (check.verdict, check.alarm, check.groups.count()) == ("judged", False, 0)
    assert not Alert.objects.exists()


def test_fitted_anew_in_the_same_week_nothing_is_tested_again(doubled, space):
    assert weeks.judge(counted(space, USUAL, USUAL, USUAL, DOUBLED, last=LAST + DAY * 3)) is None
    assert Alert.objects.get().groups.count() == 1


def test_while_there_never_were_enough_weeks_nothing_is_written(space):
    assert weeks.judge(counted(space, USUAL, USUAL)) is None
    assert not WeekCheck.objects.exists()


def test_later_weeks_that_cannot_be_judged_say_why(doubled, space, as_, owner):
    later = LAST + DAY * 28
    check = weeks.judge(counted(space, USUAL, last=later))
    assert (check.day, check.verdict, check.reason, check.p) == (later, "refused", "few_days", None)
    assertContains(as_(owner).get(f"/p/shop/drift/weeks/{later}/"), "five are needed")


def test_what_stays_is_noted_with_its_alert_and_what_is_expected_is_not_tested(doubled, space, owner):
    AlertGroup.objects.update(reach=0.8)  # as of rows that have vectors
    next_week = weeks.judge(counted(space, USUAL, USUAL, DOUBLED, MORE, last=LAST + DAY * 7))
    assert next_week.alarm
    assert Alert.objects.count() == 1
    assert SeenAgain.objects.get().day == LAST + DAY * 7
    alert_changes.change(Alert.objects.get(), Do.EXPECT, by=owner)
    third = weeks.judge(counted(space, USUAL, DOUBLED, DOUBLED, MORE, last=LAST + DAY * 14))
    assert not third.alarm


def test_neighbours_that_are_expected_are_not_tested_though_each_is_unlike_the_others(space, owner):
    """Three topics of one thing: their common middle is near none of them."""
    more = (280, 240, 100, 80)
    told = weeks.judge(counted(space, USUAL, USUAL, USUAL, more))
    topics = [one.pk for one in Topic.objects.order_by("number")]
    AlertGroup.objects.update(reach=0.5, facts={"topics": topics[:2]}, share=0.7)
    assert told.alarm
    alert_changes.change(Alert.objects.get(), Do.EXPECT, by=owner)
    assert not weeks.judge(counted(space, USUAL, USUAL, more, more, last=LAST + DAY * 7)).alarm


def test_the_weeks_page_links_the_alert_that_tells_of_it(doubled, space, as_, owner, project):
    first = Alert.objects.get()
    weeks.judge(counted(space, USUAL, USUAL, DOUBLED, MORE, last=LAST + DAY * 7))
    other = Alert.objects.create(project=project, day=LAST + DAY * 7)  # of the day itself
    page = as_(owner).get(f"/p/shop/drift/weeks/{LAST + DAY * 7}/")
    assertContains(page, f"/drift/alerts/{first.pk}/")
    assertNotContains(page, f"/drift/alerts/{other.pk}/")


def test_days_under_alarm_teach_nothing(project, space, owner):
    Alert.objects.create(project=project, day=LAST - DAY * 9)
    check = weeks.judge(counted(space, USUAL, USUAL, USUAL, DOUBLED))
    assert check.left_out == [LAST - DAY * 9]
    assert LAST - DAY * 9 not in check.before


def test_the_days_own_alert_takes_what_its_week_tells(project, space, owner):
    mine = Alert.objects.create(project=project, day=LAST)
    weeks.judge(counted(space, USUAL, USUAL, USUAL, DOUBLED))
    assert Alert.objects.get() == mine
    assert mine.groups.get().days == 7


def test_killed_at_the_judgement_it_is_made_once(project, space, owner, monkeypatch):
    for back in range(3):
        mapped.a_day(space, LAST - DAY * back, (24, 18, 12, 16))
    seen = []

    def killed(of):
        seen.append(of.pk)
        raise KeyboardInterrupt

    job = jobs.ask(kind=FIT, key="killed", project=project)
    with monkeypatch.context() as once, pytest.raises(KeyboardInterrupt):
        once.setattr(weeks, "judge", killed)
        runner.run(job.pk, queue="ml")
    assert TopicMap.objects.get(pk=seen[0]).in_force_at is None  # nor was the map brought in force


def test_neighbours_that_moved_together_are_told_as_one(space, owner, as_):
    made = counted(space, USUAL, USUAL, USUAL, USUAL)
    first, second = made.shapes.order_by("topic__number")[:2]
    check = WeekCheck.objects.create(
        project=space.project, day=LAST, map=made, verdict="judged", p=0.001, level=0.005, alarm=True, seed=1,
        now=[LAST], before=[LAST - DAY * 7],
    )  # fmt: skip
    WeekGroup.objects.create(
        check_of_week=check, rank=1, topic=first.topic, topics=[first.topic_id, second.topic_id], kind="grown",
        p=0.001, rows=60, n=900, then_rows=90, then_n=2_700,
    )  # fmt: skip
    alerts.tell_week(check)
    told = AlertGroup.objects.get()
    assert (told.keywords, len(told.rows)) == (["refund", "delivery"], 2 * DOTS)
    assert sum(value * value for value in told.centroid) == pytest.approx(1, abs=0.001)  # in half precision
    drifted.judged(space.project, LAST, p=0.4)
    assertContains(as_(owner).get("/p/shop/drift/"), "and 1 topic like it")
    assertContains(as_(owner).get(PAGE), "delivery")


def test_a_topics_own_name_is_the_groups(space, owner):
    made = counted(space, USUAL, USUAL, USUAL, DOUBLED)
    Topic.objects.filter(keywords=["invoice"]).update(name="Bills")
    weeks.judge(made)
    assert AlertGroup.objects.get().keywords == ["Bills"]


def test_programs_read_weeks_page_by_page(doubled, project, client):
    token = make.api_key(project, scopes=("export",), name="weeks")
    found = client.get("/api/v1/drift/weeks", headers=make.bearer(token)).json()
    (week,) = found["weeks"]
    assert (week["day"], week["alarm"], week["alert"]) == (LAST.isoformat(), True, Alert.objects.get().pk)
    (topic,) = week["topics"]
    assert (topic["kind"], topic["name"], len(topic["topics"])) == ("grown", "invoice", 1)
    assert topic["share"]["low"] < topic["share"]["value"] < topic["share"]["high"]
    before = client.get(f"/api/v1/drift/weeks?before={LAST}", headers=make.bearer(token)).json()
    assert before == {"weeks": [], "next": None}


def test_strangers_and_wrong_methods(doubled, as_, stranger, annotator):
    assert as_(stranger).get(PAGE).status_code == 404
    assert as_(annotator).post(PAGE).status_code == 405
    assert as_(annotator).get(f"/p/shop/drift/weeks/{LAST - DAY}/").status_code == 404
