"""From alarms to alerts: one a day at most, what is known is no news, what comes back says so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from drift.alert_rules import Do
from drift.models import Alert, AlertGroup, DriftCheck, SeenAgain
from drift.queries.alerts import of_day
from drift.services import alert_changes, alerts
from feedback.models import Notice
from tests.drift import alerted, drifted
from tests.drift.alerted import DAY
from tests.feedback import logged

DAY_2, DAY_3 = DAY + timedelta(days=1), DAY + timedelta(days=2)


def test_an_alarm_opens_one_alert_and_no_alarm_none(project, owner):
    quiet = alerted.alarm(project, DAY - timedelta(days=1), alarm=False, p=0.4)
    assert alerts.tell(quiet) is None

    check = alerted.day_of_one_topic(project)
    made = alerts.tell(check)

    assert (made.day, made.state, made.closed_on) == (DAY, "open", None)
    (group,) = made.groups.all()
    assert (group.kind, group.keywords, len(group.rows)) == ("new", ["routing", "routing number"], 10)
    assert (group.share, group.n, group.then_n) == (0.1, 100, 200)
    assert 0.9 < group.reach < 1


def test_it_is_safe_to_tell_twice(project, owner):
    check = alerted.day_of_one_topic(project)
    alerts.tell(check)
    before = (AlertGroup.objects.count(), Notice.objects.count())

    assert alerts.tell(check) is None
    assert (AlertGroup.objects.count(), Notice.objects.count()) == before
    assert Alert.objects.get().events.count() == 1


def test_told_again_after_it_was_closed_the_day_opens_nothing(project, owner):
    """Somebody called it fixed while the worker was killed and began anew."""
    alerted.alert(project)
    again = alerted.day_of_one_topic(project, DAY_2)
    alerts.tell(again)
    alert_changes.change(Alert.objects.get(), Do.FIX, by=owner)

    assert alerts.tell(again) is None
    assert Alert.objects.count() == 1


def test_killed_before_people_are_told_nothing_was_opened(project, owner, monkeypatch):
    check = alerted.day_of_one_topic(project)

    def killed(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(alerts.telling, "send", killed)
        alerts.tell(check)
    assert not Alert.objects.exists()

    assert alerts.tell(check) is not None
    assert Notice.objects.count() == 1


def test_a_day_that_was_refused_opens_nothing(project, owner):
    for reason in ("no_traffic", "few_rows", "no_text"):
        check = drifted.judged(project, DAY, verdict="refused", reason=reason)
        assert alerts.tell(check) is None
        check.delete()


def test_who_is_on_shift_that_day_owns_it_and_is_told(project, owner, annotator):
    logged.plan(project, annotator, owner)
    made = alerted.alert(project)
    assert made.owner in {annotator, owner}
    (notice,) = Notice.objects.all()
    assert (notice.person, notice.kind, notice.day) == (made.owner, "drift_alert", DAY)
    assert notice.context["groups"][0]["name"] == "routing, routing number"


def test_with_nobody_on_shift_the_owners_are_told(project, owner, annotator):
    made = alerted.alert(project)
    assert made.owner is None
    assert [one.person for one in Notice.objects.all()] == [owner]


def test_the_same_group_on_the_next_day_is_seen_again_and_opens_nothing(project, owner):
    first = alerted.alert(project)
    assert alerts.tell(alerted.day_of_one_topic(project, DAY_2, kind="grown")) is None

    assert Alert.objects.get() == first
    (seen,) = SeenAgain.objects.all()
    assert (seen.group.alert, seen.day, seen.share, len(seen.rows)) == (first, DAY_2, 0.1, 10)
    assert [one.what for one in first.events.all()] == ["opened", "seen"]


def test_days_judged_out_of_their_order_open_one_alert(project, owner):
    """The worker was down for two nights, and took the second day first."""
    later = alerted.alert(project, DAY_2)
    assert alerts.tell(alerted.day_of_one_topic(project, DAY)) is None
    assert later.groups.get().seen.get().day == DAY
    alert_changes.change(later, Do.FIX, by=owner)
    assert alerts.tell(alerted.day_of_one_topic(project, DAY - timedelta(days=1))) is not None


def test_another_group_opens_another_alert_and_the_known_one_joins(project, owner):
    first = alerted.alert(project)
    check = alerted.day_of_one_topic(project, DAY_2)
    alerted.group(check, alerted.rows(project, DAY_2, 8, name="refund"), axis=3, keywords=["refund"])

    second = alerts.tell(check)

    assert [one.keywords for one in second.groups.all()] == [["refund"]]
    assert first.groups.get().seen.get().day == DAY_2


def test_less_of_a_topic_is_not_more_of_it(project, owner):
    alerted.alert(project)
    fewer = alerted.day_of_one_topic(project, DAY_2, kind="shrunk")
    assert alerts.tell(fewer) is not None


def test_what_was_fixed_and_comes_back_opens_an_alert_that_says_so(project, owner):
    first = alerted.alert(project)
    alert_changes.change(first, Do.FIX, by=owner, note="prompt 12 answers it")

    second = alerts.tell(alerted.day_of_one_topic(project, DAY_2))

    assert second.groups.get().before.alert == first
    assert Notice.objects.get(day=DAY_2).context["groups"][0]["after"] == DAY.isoformat()


def test_what_is_expected_is_noted_and_opens_nothing(project, owner):
    first = alerted.alert(project)
    alert_changes.change(first, Do.EXPECT, by=owner, now=logged.NEXT_MORNING)

    assert alerts.tell(alerted.day_of_one_topic(project, DAY_2)) is None
    assert first.groups.get().seen.get().day == DAY_2


def test_more_than_twice_of_what_is_expected_is_told(project, owner):
    first = alerted.alert(project, n=10)
    alert_changes.change(first, Do.EXPECT, by=owner, now=logged.NEXT_MORNING)
    assert alerts.tell(alerted.day_of_one_topic(project, DAY_3, n=21)) is not None


def test_what_is_expected_is_what_was_there_when_it_was_called_so(project, owner):
    """From 10 of 100 on its first day it had grown to 30 before anybody looked: 40 is no news, 61 is."""
    first = alerted.alert(project, n=10)
    assert alerts.tell(alerted.day_of_one_topic(project, DAY_2, n=30)) is None
    alert_changes.change(first, Do.EXPECT, by=owner, now=logged.NEXT_MORNING + timedelta(days=1))
    assert alerts.tell(alerted.day_of_one_topic(project, DAY_3, n=40)) is None
    assert alerts.tell(alerted.day_of_one_topic(project, DAY_3 + timedelta(days=1), n=61)) is not None


def test_a_feature_is_expected_as_far_as_it_had_changed_by_then(project, owner):
    alerted.change(project, DAY, then=300.0, now=400.0)
    first = alerts.tell(alerted.alarm(project, DAY))
    alerted.change(project, DAY_2, then=300.0, now=700.0)
    assert alerts.tell(alerted.alarm(project, DAY_2)) is None
    alert_changes.change(first, Do.EXPECT, by=owner, now=logged.NEXT_MORNING + timedelta(days=1))
    alerted.change(project, DAY_3, then=300.0, now=720.0)
    assert alerts.tell(alerted.alarm(project, DAY_3)) is None


def test_a_feature_joins_by_its_name_and_its_direction(project, owner):
    alerted.change(project, DAY)
    first = alerts.tell(alerted.alarm(project, DAY))
    alerted.change(project, DAY_2, now=500.0)
    assert alerts.tell(alerted.alarm(project, DAY_2)) is None
    alerted.change(project, DAY_3, now=100.0)
    shorter = alerts.tell(alerted.alarm(project, DAY_3))

    assert first.groups.get().seen.get().now == 500.0
    assert shorter.groups.get().now == 100.0


def test_a_feature_without_an_alarm_of_its_own_is_not_told(project, owner):
    check = alerted.day_of_one_topic(project)
    alerted.change(project, DAY, alarm=False)
    assert [one.kind for one in alerts.tell(check).groups.all()] == ["new"]


def test_an_alarm_that_names_nothing_is_told_once(project, owner):
    check = alerted.alarm(project, DAY)
    assert alerts.tell(check).groups.count() == 0
    assert alerts.tell(check) is None


def test_another_space_or_project_is_not_compared(project, stranger, owner):
    alerted.alert(stranger.memberships.get().project)
    alerted.alert(project)
    other = drifted.space(project, fingerprint="1" * 64)
    check = alerted.alarm(project, DAY_2, space=other)
    alerted.group(check, alerted.rows(project, DAY_2, 5, name="x"), axis=1)
    assert alerts.tell(check) is not None


def test_the_chance_of_an_input_is_of_both_draws(project, owner):
    """500 of 1,000 embedded, of 200 different rows 100 were compared: one in four."""
    alerted.vectors(project, DAY, alerted.rows(project, DAY, 190, name="rest"), axis=7)
    assert alerted.alert(project).groups.get().chance == pytest.approx(0.25)


def test_the_database_holds_what_a_state_means(project):
    for wrong in ({"state": "fixed"}, {"closed_on": DAY}, {"state": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(project=project, day=DAY, **wrong)
    Alert.objects.create(project=project, day=DAY)
    with pytest.raises(IntegrityError, match="one_alert_a_day"):
        Alert.objects.create(project=project, day=DAY)


def test_a_day_that_is_judged_again_and_tells_more_opens_its_alert_again(project, owner):
    made = alerted.alert(project)
    alert_changes.change(made, Do.FIX, by=owner)
    check = DriftCheck.objects.get(day=DAY)
    alerted.group(check, alerted.rows(project, DAY, 4, name="b"), axis=5, keywords=["refund"])

    assert alerts.tell(check) is None

    made.refresh_from_db()
    assert (made.state, made.closed_on, made.groups.count()) == ("open", None, 2)
    assert [one.what for one in made.events.all()] == ["opened", "fixed", "reopened"]
    assert Notice.objects.count() == 1  # one a day


def test_a_day_knows_its_alert_and_those_it_was_noted_with(project, owner, django_assert_num_queries):
    """For the page of a day."""
    first = alerted.alert(project)
    alert_changes.change(first, Do.EXPECT, by=owner, now=logged.NEXT_MORNING)
    check = alerted.day_of_one_topic(project, DAY_2)
    alerted.group(check, alerted.rows(project, DAY_2, 4, name="b"), axis=5, keywords=["refund"])
    second = alerts.tell(check)

    with django_assert_num_queries(4):
        told = of_day(project, DAY_2)
    assert told.alert == second
    assert [(one.group.alert, one.share) for one in told.again] == [(first, 0.1)]
    page = render_to_string("drift/day_alert.html", {"project": project, "told": told})
    assert "known since the alert of Mon 23 Nov" in page
    assert ">Expected</a>" in page
    assert render_to_string("drift/day_alert.html", {"told": of_day(project, DAY_3)}).strip() == ""


def test_estimated_tokens_are_not_told_beside_the_length_that_they_are_made_of(project):
    alerted.change(project, DAY)
    alerted.change(project, DAY, feature="tokens_estimated")
    alerted.change(project, DAY, side="input", feature="tokens_estimated")
    made = alerts.tell(alerted.alarm(project, DAY))
    assert [(one.side, one.feature) for one in made.groups.order_by("side")] == [
        ("input", "tokens_estimated"),
        ("output", "length"),
    ]


def test_a_script_is_not_told_beside_the_language_that_it_comes_with(project):
    alerted.change(project, DAY, side="input", feature="language", facts={"view": "ko"})
    alerted.change(project, DAY, side="input", feature="script", facts={"view": "hangul"})
    alerted.change(project, DAY, side="output", feature="language", facts={"view": "es"})
    alerted.change(project, DAY, side="output", feature="script", facts={"view": "cyrillic"})
    made = alerts.tell(alerted.alarm(project, DAY))
    assert [(one.side, one.feature) for one in made.groups.order_by("side", "feature")] == [
        ("input", "language"),
        ("output", "language"),
        ("output", "script"),
    ]
