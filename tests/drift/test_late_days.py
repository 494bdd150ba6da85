"""Days whose log came late, and days that waited for others: each is judged, from all of it, once."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from annotator.jobs import leases, runner, schedules
from annotator.models import Job, JobState
from drift.models import DriftCheck, DriftPlan, EmbeddedDay, StructuralDay
from drift.services import embedding
from drift.services.embedding import EMBED, JUDGE, REPEATS, VECTORS
from tests.drift import embedding as doing
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING

ONE = timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_day_that_waited_for_a_pinned_one_of_long_ago_is_judged(project, drift_plan, judged):
    first = DAY - timedelta(days=60)
    DriftPlan.objects.update(baseline_kind="pinned", pinned_first=first, pinned_last=first + 6 * ONE)
    logged.interactions(project, 2, at=noon(first))
    logged.interactions(project, 2, name="now")
    doing.ask(project, first)
    doing.ask(project, DAY)
    doing.work(EMBED)
    Job.objects.filter(kind=VECTORS, arguments__day=first.isoformat()).update(
        due_at=timezone.now() + timedelta(hours=1)
    )
    while (waiting := doing.due().exclude(due_at__gt=timezone.now()).first()) is not None:
        runner.run_claimed(leases.claim(waiting.pk))
    assert judged == []
    Job.objects.update(due_at=timezone.now())
    doing.work()
    assert judged == [first.isoformat(), DAY.isoformat()]


def test_a_day_whose_structure_alone_was_judged_is_judged_again_with_the_days_before(
    project, drift_plan, judged
):
    logged.interactions(project, 2)
    day = doing.embedded(project, DAY)
    about = {"verdict": "judged", "p": 0.4, "structure_p": 0.4}
    check = DriftCheck.objects.create(project=project, day=DAY, space=day.space, reason="few_days", **about)
    doing.embedded(project, DAY - ONE)
    assert judged == [DAY.isoformat(), (DAY - ONE).isoformat(), DAY.isoformat()]
    again = Job.objects.filter(kind=JUDGE, arguments__day=DAY.isoformat()).latest("created_at")
    assert again.arguments["again"] == check.judged_at.isoformat()
    DriftCheck.objects.update(topics_p=0.4, reason="")
    doing.embedded(project, DAY - 2 * ONE)
    assert judged.count(DAY.isoformat()) == 2


def test_a_day_that_was_judged_from_half_of_its_log_is_judged_again_when_the_rest_came(
    project, drift_plan, judged
):
    logged.interactions(project, 4)
    day = doing.embedded(project, DAY)
    DriftCheck.objects.create(
        project=project, day=DAY, space=day.space, verdict="judged", p=0.4, topics_p=0.4, structure_p=0.4
    )
    StructuralDay.objects.create(project=project, day=DAY, edition=1, population=4, judged={"p": 0.4})
    doing.embedded(project, DAY, key="as it was")
    assert judged == [DAY.isoformat()]
    logged.interactions(project, 4, name="late")
    doing.embedded(project, DAY + ONE, others=True)
    assert judged.count(DAY.isoformat()) == 2


def test_a_day_that_waited_for_one_that_was_given_up_is_judged_by_the_clock(project, drift_plan, judged):
    for back in (0, 1):
        logged.interactions(project, 2, name=f"back{back}", at=noon(DAY - back * ONE))
        doing.ask(project, DAY - back * ONE)
    doing.work(EMBED)
    before = Job.objects.filter(kind=VECTORS, arguments__day=(DAY - ONE).isoformat())
    before.update(due_at=timezone.now() + timedelta(hours=1))
    while (waiting := doing.due().exclude(due_at__gt=timezone.now()).first()) is not None:
        runner.run_claimed(leases.claim(waiting.pk))
    schedules.ask_due(NEXT_MORNING)
    Job.objects.filter(kind=EMBED, state=JobState.DUE).delete()  # the clock's own for that morning
    assert (judged, judgements(NEXT_MORNING)) == ([], [])
    before.update(state=JobState.FAILED, finished_at=timezone.now())
    assert judgements(NEXT_MORNING) == [DAY.isoformat()]
    assert judgements(NEXT_MORNING + timedelta(minutes=1)) == []


def judgements(now: datetime) -> list[str]:
    return [one.arguments["day"] for one in schedules.ask_due(now) if one.kind == JUDGE]


def test_a_day_that_is_drawn_anew_while_its_repeats_are_squeezed_ends_with_the_new_draw(
    project, drift_plan, judged
):
    logged.interactions(project, 2)
    doing.ask(project, DAY)
    doing.work(EMBED, VECTORS)
    logged.interactions(project, 2, name="late")
    doing.ask(project, DAY, key="late")
    doing.work(EMBED)
    doing.work(REPEATS)
    assert EmbeddedDay.objects.get().finished_at is None
    doing.work()
    assert EmbeddedDay.objects.get().repeats["inputs"] == {"unknown": 4}
    assert judged == [DAY.isoformat()]


def test_asked_by_hand_while_its_parts_are_embedded_a_day_is_not_drawn_anew(
    project, owner, drift_plan, judged
):
    logged.interactions(project, 2)
    doing.ask(project, DAY)
    doing.work(EMBED)
    assert embedding.ask_now(project, DAY, by=owner, now=timezone.now()) is None
    assert embedding.ask_now(project, DAY + ONE, by=owner, now=timezone.now()) is not None
