"""What people say of alerts reaches the baseline and the next vibe check."""

from datetime import timedelta

import pytest

from drift.alert_rules import Do
from drift.models import DriftPlan, SeenAgain
from drift.queries import kept_out, taught
from drift.services import alert_changes, alerts
from drift.services.found import reach
from drift.sources.alerts import SOURCE
from feedback.services.draw import draw_of, production_of
from tests.drift import alerted, drifted
from tests.drift import references as made_of
from tests.drift.alerted import DAY
from tests.feedback import logged

DAY_2, DAY_3 = DAY + timedelta(days=1), DAY + timedelta(days=2)


def plan(project, **more) -> DriftPlan:
    return DriftPlan.objects.create(project=project, starts_on=DAY, **more)


def test_days_of_an_alert_stay_out_of_the_baseline_until_it_is_expected(project, owner):
    plan(project)
    made = alerted.alert(project)
    alerts.tell(alerted.day_of_one_topic(project, DAY_2))
    assert taught.days_left_out(project) == {DAY, DAY_2}

    alert_changes.change(made, Do.FIX, by=owner)
    assert taught.days_left_out(project) == {DAY, DAY_2}
    alert_changes.change(made, Do.REOPEN, by=owner)
    alert_changes.change(made, Do.EXPECT, by=owner)
    assert taught.days_left_out(project) == set()


@pytest.mark.parametrize("about", [{"days": 7}, {"facts": {"reference": "Eval set"}}])
def test_what_says_nothing_of_the_day_itself_leaves_no_day_out(project, owner, about):
    """A week's topics, and what a reference lacks: the day may be like the days before it."""
    plan(project)
    made = alerted.alert(project)
    made.groups.update(**about)
    SeenAgain.objects.create(group=made.groups.get(), day=DAY_2)
    assert taught.days_left_out(project) == set()
    assert kept_out.keeping_out(DriftPlan.objects.get(), DAY_3) == []
    alerted.change(project, DAY)
    assert taught.days_left_out(project) == set()
    made.groups.create(rank=2, kind="structure", p=0.001, feature="length", side="output")
    assert taught.days_left_out(project) == {DAY}
    assert [one.days for one in kept_out.keeping_out(DriftPlan.objects.get(), DAY_3)] == [[DAY]]


def test_what_was_expected_to_shrink_is_tested_again_when_it_is_far_more_than_it_was(project, owner):
    plan(project)
    made = alerted.alert(project, kind="shrunk")
    made.groups.update(then_share=0.04, share=0.0, reach=0.5)
    alert_changes.change(made, Do.EXPECT, by=owner)
    (known,) = taught.taught(project, project.spaces.get(), DAY_2)
    assert known.most == pytest.approx(0.08)


def test_an_expected_group_is_known_from_the_next_day_until_the_baseline_knows_it(project, owner):
    plan(project, baseline_days=14)
    made = alerted.alert(project)
    space = project.spaces.get()
    assert taught.taught(project, space, DAY_2) == []
    alert_changes.change(made, Do.EXPECT, by=owner, now=logged.NEXT_MORNING)

    assert taught.taught(project, space, DAY) == []
    (known,) = taught.taught(project, space, DAY_2)
    assert known.centroid[1] == pytest.approx(1.0, abs=1e-3)
    assert (len(known.centroid), len(known.rows)) == (384, 10)
    assert known.reach == pytest.approx(made.groups.get().reach)
    # Mondays are compared with Mondays of eight weeks, of which the last can be from before.
    assert len(taught.taught(project, space, DAY + timedelta(days=57))) == 1
    assert taught.taught(project, space, DAY + timedelta(days=58)) == []
    other = drifted.space(project, fingerprint="1" * 64)
    assert taught.taught(project, other, DAY_2) == []


def test_an_eval_set_never_learns_but_structure_has_days_before(project, owner):
    space = drifted.space(project)
    reference = made_of.of_version(project, ["refund please"])
    plan(project, space=space, baseline_kind="reference", reference=reference)
    alerted.change(project, DAY)
    made = alerted.alert(project)
    alert_changes.change(made, Do.EXPECT, by=owner, now=logged.NEXT_MORNING)
    near, far = (taught.expected_groups(project, DAY + timedelta(days=back)) for back in (1, 400))
    assert sorted(near.values_list("kind", flat=True)) == ["new", "structure"]
    assert [one.kind for one in far] == ["new"]
    reference.delete()  # as the database does it: the days before stand in
    assert not taught.expected_groups(project, DAY + timedelta(days=400)).exists()


def test_a_pinned_baseline_never_learns_by_itself(project, owner):
    plan(project, baseline_kind="pinned", pinned_first=DAY, pinned_last=DAY)
    made = alerted.alert(project)
    alert_changes.change(made, Do.EXPECT, by=owner)
    assert len(taught.taught(project, project.spaces.get(), DAY + timedelta(days=400))) == 1


def test_what_was_seen_again_is_known_too(project, owner):
    plan(project)
    made = alerted.alert(project)
    alerts.tell(alerted.day_of_one_topic(project, DAY_2))
    alert_changes.change(made, Do.EXPECT, by=owner)
    (known,) = taught.taught(project, project.spaces.get(), DAY_3)
    assert len(known.rows) == 20


def test_a_group_is_known_up_to_twice_the_share_that_it_had_when_it_was_called_expected(project, owner):
    plan(project)
    made = alerted.alert(project, n=5)
    alerts.tell(alerted.day_of_one_topic(project, DAY_2, n=10))
    alert_changes.change(made, Do.EXPECT, by=owner, now=logged.NEXT_MORNING + timedelta(days=1))
    (known,) = taught.taught(project, project.spaces.get(), DAY_3)
    assert known.most == pytest.approx(0.2)


def test_the_reach_of_a_group_is_of_each_row_against_the_others():
    """Ten vectors at a cosine of 0.9 to their centroid: T = 9, (8.1 - 1) / sqrt(81 - 16.2 + 1) = 0.875."""
    assert reach([0.9] * 10) == pytest.approx(0.8753, abs=1e-4)
    assert reach([0.9]) is None
    assert reach([0.5, *[0.95] * 19]) > 0.9  # one in ten may be odd


# --- the next vibe check ------------------------------------------------------------------------


def test_the_next_check_draws_from_what_is_like_an_open_alert(project, owner, annotator):
    made = alerted.alert(project)
    near = alerted.rows(project, DAY_2, 12, name="near")
    far = alerted.rows(project, DAY_2, 30, name="far")
    alerted.vectors(project, DAY_2, near, axis=1)
    alerted.vectors(project, DAY_2, far, axis=9)
    unseen = alerted.rows(project, DAY_2, 20, name="not-embedded")

    there = set(SOURCE.members(production_of(project, DAY_2)).values_list("pk", flat=True))
    assert there <= {row.pk for row in near}
    assert len(there) >= 9  # nine of ten, by the reach

    checking = logged.plan(project, owner, sample_size=5, parts=[["drift-alerts", 3]])
    draw = draw_of(checking, DAY_2)
    (_base, part) = draw.parts_json()
    assert (part["source"], part["population"], part["drawn"]) == ("drift-alerts", len(there), 3)
    chances = draw.chances({row.pk: row.feature for row in (*near, *far, *unseen)})
    likely = {chances[key].probability for key in draw.keys if key in there}
    rare = {chances[key].probability for key in draw.keys if key not in there}
    assert min(likely) > 3 / len(there) - 1e-9
    assert list(rare) == [pytest.approx(5 / 62)]

    alert_changes.change(made, Do.FIX, by=owner)
    assert not SOURCE.members(production_of(project, DAY_2)).exists()


def test_odd_and_vanished_inputs_and_other_projects_give_the_check_nothing(project, stranger, owner):
    check = alerted.alarm(project, DAY)
    alerted.group(check, [], axis=1, kind="shrunk")
    alerted.group(check, alerted.rows(project, DAY, 5, name="odd"), axis=None, kind="scattered")
    alerts.tell(check)
    theirs = stranger.memberships.get().project
    alerted.alert(theirs)
    mine = alerted.rows(project, DAY_2, 5, name="mine")
    alerted.vectors(project, DAY_2, mine, axis=1)
    assert not SOURCE.members(production_of(project, DAY_2)).exists()
