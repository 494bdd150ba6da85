"""A day's judgement as it is stored: once, whoever asks; and bad days are sentences."""

from datetime import UTC, datetime, timedelta

import pytest

from drift.baseline import Note
from drift.models import Alert, BaselineKind, DriftCheck, DriftGroup, EmbeddedDay, InputVector
from drift.queries import taught
from drift.services import alerts, judge, structure
from feedback.models import Interaction
from tests.drift.traffic import Traffic
from tests.feedback.logged import DAY, NEXT_MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def traffic(project, next_morning, monkeypatch):
    """What inputs and outputs are like is judged elsewhere: here it has no say, but where a test gives it one."""
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: of_structure(None))
    return Traffic(project)


def of_structure(p, hours=None):
    return structure.Structure(p, tested=20, why="", changed=(), hours=hours)


def judged(traffic, day=DAY, **more):
    return judge.judge(project=traffic.project, day=day, now=NEXT_MORNING, **more)


def test_a_new_topic_is_told_with_its_rows_and_its_name(traffic):
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    check = judged(traffic)
    assert check.alarm
    assert check.topics_p == 1 / 2000
    assert check.p <= 0.001
    assert len(check.day_vectors) == 150
    assert len(check.baseline_vectors) == 720
    group = check.groups.get(rank=1)
    assert group.kind == "new"
    assert "crypto wallet" in group.keywords
    assert "crypto wallet" in group.title
    texts = set(Interaction.objects.filter(pk__in=group.day_rows).values_list("input", flat=True))
    assert texts == {"please help with my crypto wallet 0"}
    assert len(group.day_rows) >= 11
    assert group.nearest == group.day_rows[0]
    assert group.centroid is not None
    assert set(check.timings) == {"read", "topics", "names", "frozen", "structure"}
    assert len(check.baseline["days"]) == 8
    assert check.baseline["notes"] == [Note.NO_WEEKDAYS, Note.OLD_DAYS]


def test_a_day_like_the_others_is_judged_and_raises_nothing(traffic):
    traffic.weeks()
    traffic.day(DAY, 150)
    check = judged(traffic)
    assert not check.alarm
    assert check.p > 0.05
    assert not check.groups.exists()


def test_judged_twice_it_is_judged_once(traffic, monkeypatch):
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    first = judged(traffic)
    monkeypatch.setattr(judge, "_topics", None)  # nothing is computed
    again = judged(traffic)
    assert again.pk == first.pk
    assert DriftCheck.objects.count() == 1
    assert again.groups.count() == first.groups.count()


def test_a_person_has_it_judged_again_and_it_is_replaced_once(traffic, owner):
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    first = judged(traffic)
    DriftCheck.objects.filter(pk=first.pk).update(judged_at=NEXT_MORNING - timedelta(hours=3))
    first.refresh_from_db()
    stamp = judge.again_of(first)
    second = judged(traffic, by=owner, again=stamp)
    assert second.pk != first.pk
    assert second.asked_by == owner
    assert (second.p, second.stat) == (first.p, first.stat)  # the same draw, to the last digit
    assert judged(traffic, by=owner, again=stamp).pk == second.pk
    assert DriftCheck.objects.count() == 1


def test_the_alarm_is_for_both_tests_together(traffic, monkeypatch):
    """Half the level each: topics at 0.0005 are an alarm, a structure at 0.004 alone is none."""
    traffic.weeks()
    traffic.day(DAY, 150)
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: of_structure(0.004))
    check = judged(traffic)
    assert check.p == 0.008
    assert not check.alarm
    traffic.day(DAY - timedelta(days=20), 30)
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: of_structure(0.002))
    few = judged(traffic, day=DAY - timedelta(days=20))
    assert few.reason == "few_rows"  # topics had no say, so that nothing is taken off
    assert few.p == 0.002
    assert few.alarm
    assert few.verdict == "judged"


def test_groups_are_shown_at_what_the_topics_have_to_reach(traffic, monkeypatch):
    """Half the day's level beside the structure, all of it where the structure could not be tested."""
    asked = []
    monkeypatch.setattr(
        judge, "_topics", lambda plan, day, level, hours: asked.append(level) or judge.Found("few_rows")
    )
    judged(traffic)
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: of_structure(0.4))
    judged(traffic, day=DAY - timedelta(days=1))
    assert asked == [0.005, 0.0025]


def test_days_under_alarm_do_not_teach_what_is_usual(traffic):
    traffic.weeks(9)
    bad = DAY - timedelta(days=2)
    Alert.objects.create(project=traffic.project, day=bad)
    traffic.day(DAY, 150)
    check = judged(traffic)
    assert bad.isoformat() not in check.baseline["days"]
    assert check.baseline["left_out"] == [bad.isoformat()]
    assert len(check.baseline["days"]) == 8


def test_a_pinned_baseline_is_the_days_of_choice(traffic):
    traffic.weeks(16)
    traffic.day(DAY, 150)
    traffic.plan.baseline_kind = BaselineKind.PINNED
    traffic.plan.pinned_first, traffic.plan.pinned_last = DAY - timedelta(days=16), DAY - timedelta(days=9)
    traffic.plan.save()
    check = judged(traffic)
    assert list(check.baseline["days"]) == [(DAY - timedelta(days=n)).isoformat() for n in range(16, 8, -1)]
    assert check.baseline["kind"] == "pinned"


def test_what_is_expected_is_set_aside(traffic, monkeypatch):
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    traffic.day(DAY - timedelta(days=20), 150, new=14)
    group = judged(traffic).groups.get(rank=1)
    known = taught.Taught(1, "new", list(group.centroid), 0.75, [])
    monkeypatch.setattr(taught, "taught", lambda project, space, day: [known])
    DriftCheck.objects.all().delete()
    check = judged(traffic)
    assert not check.alarm
    assert check.baseline["aside"] >= 11


@pytest.mark.parametrize(
    ("embedded", "reason"),
    [
        (None, "not_embedded"),
        ({"population": 0, "sampled": 0}, "no_traffic"),
        ({"population": 400, "sampled": 400, "empty": 400}, "no_text"),
        ({"population": 10, "sampled": 10, "empty": 0}, "no_rows"),
    ],
)
def test_bad_days_are_refused_with_a_reason_and_no_alarm(traffic, embedded, reason):
    traffic.weeks()
    if embedded is not None:
        EmbeddedDay.objects.create(space=traffic.space, day=DAY, finished_at=NEXT_MORNING, **embedded)
    check = judged(traffic)
    assert (check.verdict, check.reason) == ("refused", reason)
    assert check.p is None
    assert not check.alarm


def test_a_day_without_its_evening_is_compared_with_days_without_theirs(traffic, monkeypatch):
    """What is asked at night is missing, and nothing else is."""
    traffic.weeks(n=180, night=90)
    traffic.day(DAY, 150)
    as_if_whole = judged(traffic)
    assert as_if_whole.topics_p <= 0.005
    DriftCheck.objects.all().delete()
    half = of_structure(None, hours=frozenset(range(18)))
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: half)
    check = judged(traffic)
    assert check.topics_p > 0.05
    assert len(check.baseline_vectors) == sum(check.baseline["days"].values()) == 720


def test_a_million_identical_inputs_are_one_row(traffic):
    traffic.weeks()
    made = traffic.day(DAY, 150)
    InputVector.objects.filter(day=made).update(weight=0)
    first = InputVector.objects.filter(day=made).order_by("pk").first()
    InputVector.objects.filter(pk=first.pk).update(weight=1_000_000)
    check = judged(traffic)
    assert (check.reason, check.facts["found"], check.facts["needed"]) == ("few_rows", 1, 100)


def test_a_young_project_waits_for_its_first_week(traffic):
    traffic.weeks(5)
    traffic.day(DAY, 150)
    check = judged(traffic)
    assert (check.reason, check.facts["found"], check.facts["needed"]) == ("few_baseline_days", 5, 7)


def test_a_day_found_empty_is_judged_anew_when_its_log_has_come(traffic):
    traffic.weeks()
    empty = judged(traffic)
    assert empty.reason == "not_embedded"
    traffic.day(DAY, 150)
    assert judged(traffic).pk == empty.pk  # nobody has asked
    assert judged(traffic, again=judge.again_of(empty)).reason == ""
    assert DriftCheck.objects.count() == 1


def test_a_day_is_judged_when_it_is_over(traffic):
    with pytest.raises(judge.TooEarly):
        judge.judge(project=traffic.project, day=DAY, now=datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert not DriftCheck.objects.exists()


def test_a_worker_killed_before_the_end_leaves_nothing(traffic, monkeypatch):
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    monkeypatch.setattr(alerts, "tell", _killed)
    with pytest.raises(KeyboardInterrupt):
        judged(traffic)
    assert not DriftCheck.objects.exists()
    assert not DriftGroup.objects.exists()
    monkeypatch.undo()
    assert judged(traffic).alarm


def test_what_the_log_has_lost_has_no_name_and_is_told_all_the_same(traffic):
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    Interaction.objects.all().delete()
    group = judged(traffic).groups.get(rank=1)
    assert (group.title, group.keywords) == ("", [])
    assert len(group.day_rows) >= 11


def _killed(check):
    raise KeyboardInterrupt
