"""A day of the log is read, held against the days before, and told of."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from pytest_django.asserts import assertContains, assertNotContains

from annotator.jobs import runner
from annotator.models import Job
from drift.jobs import structure as job
from drift.models import Alert, DriftPlan, StructuralChange, StructuralDay
from drift.queries.structural import baseline_days
from drift.services import structure as services
from drift.services.structure import NotOver, ensure_structure, step, structure_of
from feedback.models import Interaction
from tests.drift import drifted
from tests.drift.structural import DAY, LATER, log, version_12, weeks

PAGE = f"/p/shop/drift/{DAY}/structure/"


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def changed(project):
    """Nine days as ever and one whose answers become long."""
    weeks(project)
    log(project, DAY, 240, make=lambda rng, k: version_12(rng, k // 2))
    return ensure_structure(project, DAY)


def length(project) -> StructuralChange:
    return StructuralChange.objects.get(project=project, day=DAY, side="output", feature="length")


def test_members_may_look_and_nobody_else(project, as_, owner, annotator, viewer, stranger, client):
    for person in (owner, annotator, viewer):
        assertContains(as_(person).get(PAGE), "This day was not compared yet.")
    assert as_(stranger).get(PAGE).status_code == 404
    assert client.get(PAGE).url == f"/signin/?next={PAGE}"
    assert as_(owner).post(PAGE).status_code == 405


def test_what_changed_is_said_as_a_person_would(project, as_, annotator, changed):
    assert changed.p < 0.001
    assert changed.changed[0].startswith("output.")
    page = as_(annotator).get(PAGE)
    assertContains(page, "Outputs became")
    assertContains(page, "longer since Monday 14:00, with prompt version 12.")
    found = length(project)
    assert found.alarm
    assert found.now > 1.15 * found.then
    assertContains(page, f"/log/{found.now_rows[0]}/")
    assertContains(page, f"/log/{found.then_rows[0]}/")
    assertContains(page, "no change")
    shown = Interaction.objects.get(pk=found.now_rows[0])
    assertContains(page, shown.output_preview[:60])


def test_a_day_as_the_others_is_told_as_such(project, as_, owner):
    weeks(project)
    log(project, DAY)
    found = ensure_structure(project, DAY)
    assert found.p > 0.01
    assert found.changed == ()
    assert found.tested > 15
    page = as_(owner).get(PAGE)
    assertContains(page, "written and shaped as on the days before")
    assertNotContains(page, "badge-warn")


def test_a_day_is_read_once_and_judged_once(project, changed):
    kept = list(StructuralDay.objects.order_by("day").values("day", "tally", "finished_at"))
    rows = list(StructuralChange.objects.order_by("pk").values())
    assert ensure_structure(project, DAY) == changed
    services.forget_judgement(project, DAY)
    assert ensure_structure(project, DAY) == changed
    assert list(StructuralDay.objects.order_by("day").values("day", "tally", "finished_at")) == kept
    assert [{**row, "id": 0} for row in rows] == [
        {**row, "id": 0} for row in StructuralChange.objects.order_by("pk").values()
    ]


def test_a_day_whose_log_came_late_is_read_anew_when_it_is_judged_again(project):
    weeks(project)
    log(project, DAY, 60)
    assert ensure_structure(project, DAY).changed == ()
    log(project, DAY, 240, make=lambda rng, k: version_12(rng, k // 2), seed=1)
    services.forget_judgement(project, DAY)
    assert ensure_structure(project, DAY).changed[0].startswith("output.")
    assert StructuralDay.objects.get(day=DAY).population == 300


def test_a_pinned_day_that_lasts_is_not_read(project):
    """Half of it would stay for all of it."""
    weeks(project)
    log(project, DAY)
    log(project, LATER.date(), 30)
    DriftPlan.objects.create(
        project=project,
        starts_on=DAY,
        baseline_kind="pinned",
        pinned_first=DAY - timedelta(days=9),
        pinned_last=DAY + timedelta(days=9),
    )
    ensure_structure(project, DAY)
    assert StructuralDay.objects.latest("day").day == DAY


def test_killed_at_any_step_it_goes_on_to_the_same(project, changed, monkeypatch):
    whole = {row.day: row.tally for row in StructuralDay.objects.all()}
    StructuralDay.objects.all().delete()
    monkeypatch.setattr(services, "CHUNK", 50)
    steps = 0
    for _ in range(1000):
        steps += 1
        try:
            with transaction.atomic():
                last = step(project, DAY).last
                if steps % 3 == 0 and not last:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            continue
        if last:
            break
    assert {row.day: row.tally for row in StructuralDay.objects.all()} == whole
    assert services.structure_of(project, DAY) == changed


def test_the_job_does_it_in_chunks(project):
    weeks(project, 7)
    log(project, DAY, make=version_12)
    asked = job.ask(project.pk, DAY)
    assert job.ask(project.pk, DAY) == asked
    runner.run(asked.pk, queue="default")
    done = Job.objects.get(pk=asked.pk)
    assert done.state == "done"
    assert (done.done, done.total) == (8, 8)
    assert done.result["changed"]
    assert set(done.result["changed"]) == set(structure_of(project, DAY).changed)
    assert job.days_of([done]) == {done.pk: DAY.isoformat()}


def test_a_day_that_is_not_over_is_not_judged(project):
    with pytest.raises(NotOver):
        step(project, LATER.date())
    asked = job.ask(project.pk, LATER.date())
    runner.run(asked.pk, queue="default")
    assert Job.objects.get(pk=asked.pk).state == "failed"


def test_days_of_open_alerts_are_no_baseline(project):
    weeks(project)
    log(project, DAY)
    for back in (1, 2, 3):
        Alert.objects.create(project=project, day=DAY - timedelta(days=back))
    found = ensure_structure(project, DAY)
    assert found.why == "few_days"  # six are left


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "No production interaction came on this day"), (10, "Too few different inputs came on this day")],
)
def test_a_day_with_next_to_nothing(project, as_, viewer, n, said):
    weeks(project)
    log(project, DAY, n)
    found = ensure_structure(project, DAY)
    assert found.p is None
    assertContains(as_(viewer).get(PAGE), said)


def test_the_first_days_have_nothing_to_be_held_against(project, as_, viewer):
    weeks(project, 2)
    log(project, DAY)
    assert ensure_structure(project, DAY).why == "few_days"
    assertContains(as_(viewer).get(PAGE), "There are 2 days with enough interactions")


def test_a_script_that_repeats_itself_is_no_change_and_is_told(project, as_, viewer):
    weeks(project, 8)
    log(project, DAY, 150)
    same = {"input": "WHY???", "output": "I'm sorry, but I can't help with that.", "input_hash": 7}
    log(project, DAY, 900, seed=1, make=lambda rng, k: {**same, "end_user": "script"})
    found = ensure_structure(project, DAY)
    assert found.changed == ()
    assertContains(as_(viewer).get(PAGE), "of the inputs were the same from the same person again")


def test_a_million_identical_ones_alone_are_too_few(project, monkeypatch):
    """Of the draw three are left; the draw is what bounds the work."""
    monkeypatch.setattr(services, "MOST", 500)
    weeks(project, 7)
    log(project, DAY, 1500, make=lambda rng, k: {"input_hash": 7, "end_user": "", "session": ""})
    assert ensure_structure(project, DAY).why == "few_rows"
    read = StructuralDay.objects.get(day=DAY)
    assert (read.population, read.drawn, read.repeats) == (1500, 500, 497)


def test_half_a_day_by_an_outage_is_told_and_no_alarm(project, as_, viewer):
    """Nights are Korean; the day has only its afternoon."""

    def usual(rng, k):
        return {"input": "환불은 어떻게 받을 수 있나요?", "input_hash": k} if k < 120 else {}

    weeks(project, 8, n=240, make=usual)
    log(project, DAY, 480, seed=2)
    low = Interaction.objects.filter(occurred_at__date=DAY, occurred_at__hour__lt=12)
    low.delete()
    found = ensure_structure(project, DAY)
    assert not [key for key in found.changed if key.startswith("input.")]
    assertContains(as_(viewer).get(PAGE), "of a usual day is missing, as after an outage")


def test_a_log_that_came_late_is_read_after_all(project):
    weeks(project, 7)
    log(project, DAY)
    ensure_structure(project, DAY)
    tuesday = DAY - timedelta(days=9)
    log(project, DAY - timedelta(days=8))
    log(project, tuesday, 5)
    services.forget_judgement(project, DAY)
    ensure_structure(project, DAY)
    assert StructuralDay.objects.get(day=DAY - timedelta(days=8)).population == 120


def test_what_the_page_takes_from_the_log(project, as_, viewer, changed, django_assert_max_num_queries):
    """Texts are not copied: what the log has lost is gone. A feature of an older version harms nothing."""
    kept = json.dumps(list(StructuralDay.objects.values("tally")), ensure_ascii=False)
    kept += json.dumps(list(StructuralChange.objects.values("facts")), ensure_ascii=False)
    for row in Interaction.objects.all()[:50]:
        assert row.output_preview[:30] not in kept
    StructuralChange.objects.create(
        project=project, day=DAY, side="input", feature="of old", p=0.001, adjusted_p=0.001, alarm=True
    )
    client = as_(viewer)
    with django_assert_max_num_queries(8):
        assertNotContains(client.get(PAGE), "No longer in the log")
    Interaction.objects.filter(pk__in=length(project).now_rows).delete()
    assertContains(as_(viewer).get(PAGE), "No longer in the log")


def test_shadow_traffic_does_not_count(project):
    weeks(project)
    log(project, DAY)
    log(project, DAY, 200, seed=3, make=lambda rng, k: {"environment": "shadow", "output": "X" * 3000})
    assert ensure_structure(project, DAY).changed == ()


def test_a_pinned_baseline_is_what_a_day_is_held_against(project):
    DriftPlan.objects.create(
        project=project,
        starts_on=DAY,
        baseline_kind="pinned",
        pinned_first=date(2026, 10, 1),
        pinned_last=date(2026, 10, 8),
    )
    assert baseline_days(project, DAY) == [date(2026, 10, 8) - timedelta(days=n) for n in range(8)]


def test_what_weekdays_are_compared_with_is_said_once(project, as_, viewer):
    """By the judgement of topics where it speaks of it, else here."""
    weeks(project, 8)
    log(project, DAY)
    ensure_structure(project, DAY)
    assertContains(as_(viewer).get(PAGE), "There are too few days yet to compare a weekday with its like")
    drifted.judged(project, DAY, p=0.4, topics_p=0.4, baseline={"notes": ["no_weekdays"], "days": {}})
    assertNotContains(as_(viewer).get(PAGE), "weekday")
    said = as_(viewer).get(f"/p/shop/drift/{DAY}/")
    assertContains(said, "once six are known, and so is, from four weeks on, how inputs and outputs are made")
