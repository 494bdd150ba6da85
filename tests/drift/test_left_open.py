"""An alert that nobody looks at keeps its days out: whoever has it is told, before days cannot be judged and when they cannot."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from drift.alert_rules import Do
from drift.models import Alert, DriftPlan, SeenAgain, StructuralDay
from drift.queries import kept_out
from drift.services import alert_changes, judge, left_open, structure
from feedback.models import Notice
from feedback.notices.registry import Facts, get
from tests.drift import alerted, drifted
from tests.drift.traffic import Traffic
from tests.feedback.logged import DAY

ONE = timedelta(days=1)
WEEK = timedelta(days=7)
FEW = "few_baseline_days"


@pytest.fixture
def traffic(project, monkeypatch):
    """A week as usual; what inputs and outputs are like has no say."""
    no_say = structure.Structure(None, tested=0, why="few_days", changed=())
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: no_say)
    made = Traffic(project)
    made.plan.baseline_days = 7
    made.plan.save()
    made.weeks(7)
    return made


def judged(project, day):
    return judge.judge(project=project, day=day, now=datetime(2027, 3, 1, tzinfo=UTC))


def test_a_topic_that_stays_under_an_open_alert_ends_the_judging_and_people_are_told(
    traffic, project, as_, owner, annotator
):
    """Of the days between those on which something is told nothing but that it was seen again is kept."""
    for n in range(23):
        day = DAY + n * ONE
        traffic.day(day, 120, new=14)
        if n in (0, 1, 7, 21, 22):
            check = judged(project, day)
        else:
            SeenAgain.objects.create(group=Alert.objects.get().groups.first(), day=day)
    alert = Alert.objects.get()
    assert (alert.day, n, check.reason) == (DAY, 22, "few_baseline_days")
    told = list(Notice.objects.filter(kind="drift_left_open").order_by("pk"))
    assert [(one.person, one.day, one.context["days"], one.context["refused"]) for one in told] == [
        (owner, DAY, 7, ""),
        (owner, DAY, 22, check.day.isoformat()),
    ]
    link = f"/p/shop/drift/alerts/{alert.pk}/"
    for path in ("/p/shop/drift/", f"/p/shop/drift/{check.day.isoformat()}/"):
        page = as_(annotator).get(path)
        assertContains(page, f'<a href="{link}">Mon 23 Nov</a> (Open, 22 days)')
    alert_changes.change(alert, Do.EXPECT, by=annotator)
    assertNotContains(as_(annotator).get("/p/shop/drift/"), link)
    again = judge.judge(
        project=project, day=check.day, now=datetime(2027, 3, 1, tzinfo=UTC), again=judge.again_of(check)
    )
    assert again.p is not None
    assert not again.alarm


@pytest.fixture
def left(project, owner, annotator):
    """An alert, seen again on so many days; answers what is judged on the day after them."""
    drifted.space(project)
    DriftPlan.objects.create(project=project, starts_on=DAY, baseline_days=14)

    def made(days: int, **more) -> Alert:
        alert = alerted.alert(project)
        Alert.objects.update(**more)
        group = alert.groups.get()
        SeenAgain.objects.bulk_create(SeenAgain(group=group, day=DAY + n * ONE) for n in range(1, days))
        return alert

    return made


def told(project, check):
    left_open.tell(check)
    return list(
        Notice.objects.filter(kind="drift_left_open").order_by("pk").values_list("person__username", "about")
    )


def test_seven_days_are_told_once_to_whoever_has_the_alert_and_six_are_not(project, left, annotator):
    alert = left(7, owner=annotator)
    assert told(project, drifted.judged(project, DAY + 6 * ONE, p=0.4, structure_p=0.4)) == []
    once = [("amir", f"{alert.pk}:kept out")]
    assert told(project, drifted.judged(project, DAY + 7 * ONE, p=0.4, structure_p=0.4)) == once
    assert told(project, drifted.judged(project, DAY + 8 * ONE, p=0.4, structure_p=0.4)) == once


@pytest.mark.parametrize("state", ["fixed", "expected"])
def test_of_what_somebody_has_looked_at_nobody_is_told(project, left, state):
    left(30, state=state, closed_on=DAY)
    assert told(project, drifted.judged(project, DAY + 30 * ONE, verdict="refused", reason=FEW)) == []


def test_whoever_left_the_project_is_not_told_but_the_owners(project, left, annotator, owner):
    left(7, owner=annotator)
    annotator.memberships.all().delete()
    check = drifted.judged(project, DAY + 7 * ONE, p=0.4, structure_p=0.4)
    assert [name for name, _about in told(project, check)] == ["olivia"]


def test_of_days_without_a_baseline_for_its_structure_they_are_told_too(project, left):
    """It is compared with fewer weeks, and so ends earlier than the topics."""
    alert = left(22)
    StructuralDay.objects.create(project=project, day=DAY + 22 * ONE, edition=1, judged={"why": "few_days"})
    check = drifted.judged(project, DAY + 22 * ONE, p=0.4, topics_p=0.4)
    assert told(project, check) == [("olivia", f"{alert.pk}:refused")]


def test_a_new_project_a_pinned_baseline_and_days_that_are_too_old_tell_nothing(project, left):
    check = drifted.judged(project, DAY + 7 * ONE, verdict="refused", reason=FEW)
    assert told(project, check) == []
    left(7)
    check.project.refresh_from_db()
    DriftPlan.objects.update(baseline_kind="pinned", pinned_first=DAY, pinned_last=DAY + WEEK)
    assert told(project, check) == []
    DriftPlan.objects.update(baseline_kind="rolling", pinned_first=None, pinned_last=None)
    assert told(project, drifted.judged(project, DAY + 63 * ONE, verdict="refused", reason=FEW)) == []
    assert len(told(project, check)) == 1


def test_the_notice_says_what_to_do_and_opens_the_alert(project, left):
    left(7)
    told(project, drifted.judged(project, DAY + 7 * ONE, p=0.4, structure_p=0.4))
    notice = Notice.objects.get(kind="drift_left_open")
    kind = get(notice.kind)
    facts = Facts(project, notice.day, ["olivia"], notice.context)
    assert kind.subject(facts) == "Shop assistant: the alert of Mon 23 Nov is still open"
    assert kind.text(facts).startswith(
        "No later day is compared with the 7 days on which the alert of Monday 23 November 2026 was seen."
    )
    assert kind.path(facts) == f"/p/shop/drift/alerts/{notice.context['alert']}/"
    refused = Facts(project, notice.day, ["olivia"], notice.context | {"refused": "2026-12-15"})
    assert "Tuesday 15 December 2026 had too few other days" in kind.text(refused)


def test_the_overview_names_what_keeps_days_out_however_many_days_were_refused(
    project, left, as_, owner, django_assert_max_num_queries
):
    left(20)
    for n in range(20, 40):
        drifted.judged(project, DAY + n * ONE, verdict="refused", reason=FEW, facts={"found": 3, "needed": 7})
    client = as_(owner)
    with django_assert_max_num_queries(10):
        page = client.get("/p/shop/drift/")
    assertContains(page, "(Open, 20 days)", count=21)


def test_another_projects_alerts_keep_nothing_out(project, left, stranger):
    left(7)
    theirs = stranger.memberships.get().project
    plan = DriftPlan.objects.create(project=theirs, starts_on=DAY)
    assert kept_out.keeping_out(plan, DAY + 7 * ONE) == []
