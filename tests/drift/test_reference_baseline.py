"""An eval set as the baseline: a day is held against it, and says so."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from annotator.jobs import leases, runner
from annotator.models import DatasetRow, DatasetVersion, Job, JobState, Project
from annotator.services import jobs
from drift import alert_words
from drift.alert_rules import Do
from drift.models import (
    BaselineKind,
    DriftCheck,
    DriftPlan,
    EmbeddedReference,
    ReferenceVector,
    Space,
)
from drift.queries import taught
from drift.services import alert_changes, judge, references, structure
from tests import make
from tests.drift import references as made
from tests.drift.clouds import even
from tests.drift.traffic import TOPICS, Traffic, said
from tests.feedback.logged import DAY, NEXT_MORNING

pytestmark = pytest.mark.django_db

PAGE = f"/p/shop/drift/{DAY:%Y-%m-%d}/"
BASELINE = "/p/shop/drift/baseline/"


@pytest.fixture
def traffic(project, next_morning, monkeypatch):
    """What inputs and outputs are like has no say here, but where a test gives it one."""
    monkeypatch.setattr(structure, "ensure_structure", lambda project, day: of_structure())
    return Traffic(project)


def of_structure(hours=None):
    return structure.Structure(None, tested=0, why="", changed=(), hours=hours)


def eval_set(traffic, n=240, *, crypto=0, finished=True, name="Eval set"):
    """As many rows of each topic of production, `crypto` of the topic that production did not have."""
    counts = traffic.clouds.chance.multinomial(n - crypto, even(TOPICS, without=[0]))
    counts[0] = crypto
    rows, which = traffic.clouds.rows(counts)
    reference = made.of_version(
        traffic.project, [f"please help with my {said(topic)} {topic}" for topic in which], name=name
    )
    positions = DatasetRow.objects.filter(version=reference.version).order_by("position")
    embedded = EmbeddedReference.objects.create(
        reference=reference, space=traffic.space, read=n, finished_at=NEXT_MORNING if finished else None
    )
    ReferenceVector.objects.bulk_create(
        ReferenceVector(embedded=embedded, position=position, key=position, vector=row.tolist())
        for position, row in zip(positions.values_list("position", flat=True), rows, strict=True)
    )
    return reference


def compare_with(traffic, reference):
    traffic.plan.baseline_kind, traffic.plan.reference = BaselineKind.REFERENCE, reference
    traffic.plan.save()


def judged(traffic, day=DAY, **more):
    return judge.judge(project=traffic.project, day=day, now=NEXT_MORNING + timedelta(days=9), **more)


def test_what_the_eval_set_does_not_ask_is_new(traffic, as_, annotator):
    compare_with(traffic, eval_set(traffic))
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    check = judged(traffic)
    assert check.alarm
    group = check.groups.get(rank=1)
    assert (group.kind, group.reference_rows, group.baseline_rows) == ("new", [], [])
    assert "crypto wallet" in group.keywords
    assert check.baseline["kind"] == "reference"
    assert check.baseline["reference"]["inputs"] == len(check.reference_vectors) == check.then_compared == 240
    assert len(check.baseline_vectors) == 720  # of which is told how much topics vary
    page = as_(annotator).get(PAGE)
    assertContains(page, "What users ask on this day is unlike the reference “Eval set” (p")
    assertContains(
        page,
        "150 inputs of the day were compared with 240 of the reference “Eval set” (version 1 of its dataset).",
    )
    assertContains(page, "told from 8 days before")
    assertContains(page, "In the reference:")
    assertContains(page, "0 of 240")
    assertNotContains(page, "days before have none")
    assertContains(as_(annotator).get(f"{PAGE}1/?side=before"), "The reference has none like these.")
    assertContains(
        as_(annotator).get("/p/shop/drift/"), "are compared with the reference “Eval set”", count=1
    )


def test_what_production_hardly_asks_is_shown_by_the_inputs_of_the_eval_set(traffic, as_, annotator):
    reference = eval_set(traffic, 300, crypto=60)
    compare_with(traffic, reference)
    traffic.weeks()
    traffic.day(DAY, 300)
    check = judged(traffic)
    group = check.groups.get(rank=1)
    assert (group.kind, group.day_rows, group.baseline_rows) == ("shrunk", [], [])
    assert len(group.reference_rows) > 50
    assert (group.title, group.nearest) == ("please help with my crypto wallet 0", None)
    assert "crypto wallet" in group.keywords
    client = as_(annotator)
    page = client.get(PAGE)
    assertContains(page, "What the reference asks and production asks less:")
    assertContains(page, "please help with my crypto wallet 0", count=5)
    rows = client.get(f"{PAGE}1/")
    assertContains(rows, "please help with my crypto wallet 0", count=50)  # a page of them
    assertContains(client.get(f"{PAGE}1/?side=before&page=2"), "please help with my crypto wallet 0")
    alert = traffic.project.alerts.get()
    told = client.get(f"/p/shop/drift/alerts/{alert.pk}/")
    assertContains(told, "In the reference")
    sentence = alert_words.sentence(alert_words.told(alert.groups.get(), "UTC"))
    assert sentence.startswith("In the reference “Eval set”, but less in production: “")
    assertNotContains(told, "Label these rows")  # they are in a dataset already
    DatasetVersion.objects.filter(pk=reference.version_id).delete()
    assertContains(client.get(PAGE), "The reference has this one no more.", count=5)


@pytest.mark.parametrize(("crypto", "new"), [(0, 24), (60, 0)])
def test_what_is_called_expected_is_set_aside_as_long_as_the_eval_set_is_the_baseline(
    traffic, owner, crypto, new
):
    """An eval set does not learn: what it lacks, or has too much of, would be told each day."""
    compare_with(traffic, eval_set(traffic, 300, crypto=crypto))
    traffic.weeks()
    traffic.day(DAY, 150, new=new)
    traffic.day(DAY + timedelta(days=1), 150, new=new)
    traffic.day(DAY + timedelta(days=2), 150, new=new)
    assert judged(traffic).alarm
    alert = traffic.project.alerts.get()
    judged(traffic, DAY + timedelta(days=1))
    assert traffic.project.alerts.get() == alert  # seen again, and nobody is told twice
    assert alert.groups.get().seen.get().day == DAY + timedelta(days=1)
    alert_changes.change(alert, Do.EXPECT, by=owner, now=NEXT_MORNING)
    check = judged(traffic, DAY + timedelta(days=2))
    assert not check.alarm
    assert check.topics_p > 0.05
    assert check.baseline["aside"] >= (18 if new else 0)
    (known,) = taught.taught(traffic.project, traffic.space, DAY + timedelta(days=400))
    assert known.group == alert.groups.get().pk


def test_a_day_like_the_eval_set_raises_nothing_whatever_days_are_under_alarm(traffic):
    compare_with(traffic, eval_set(traffic))
    traffic.weeks()
    for ago in range(1, 9):
        traffic.project.alerts.create(day=DAY - timedelta(days=ago))
    traffic.day(DAY, 150)
    check = judged(traffic)
    assert check.topics_p > 0.05
    assert (len(check.baseline["days"]), check.baseline["left_out"], check.baseline["frozen"]) == (8, [], {})


def test_the_same_draw_of_a_large_eval_set_and_no_more_than_a_baseline_has(traffic, monkeypatch):
    monkeypatch.setattr("drift.baseline.ROWS", 250)
    compare_with(traffic, eval_set(traffic, 400))
    traffic.weeks()
    traffic.day(DAY, 150)
    check = judged(traffic)
    again = judged(traffic, again=judge.again_of(check))
    assert check.then_compared == again.baseline["reference"]["inputs"] == 250
    assert again.reference_vectors == check.reference_vectors == sorted(check.reference_vectors)


def test_a_day_waits_for_its_eval_set_and_is_judged_when_that_is_embedded(traffic, monkeypatch, as_, owner):
    reference = eval_set(traffic, finished=False)
    compare_with(traffic, reference)
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    check = judged(traffic)
    assert (check.verdict, check.reason, check.p) == ("refused", "reference_not_embedded", None)
    assertContains(as_(owner).get(PAGE), "is being embedded: the day is judged as soon as that is done")
    EmbeddedReference.objects.all().update(read=240)
    (job,) = [runner_of(slot) for slot in references.slots(NEXT_MORNING) if slot.kind == references.EMBED]
    assert job.state == JobState.DONE, job.error
    waiting = Job.objects.get(kind="drift.judge")
    runner.run_claimed(leases.claim(waiting.pk))
    assert DriftCheck.objects.get().alarm


def runner_of(slot) -> Job:
    """All is read already: the cursor stands behind the last input."""
    job = jobs.ask(kind=slot.kind, key=slot.key, project=slot.project_id, arguments=slot.arguments)
    Job.objects.filter(pk=job.pk).update(cursor=10_000)
    runner.run_claimed(leases.claim(job.pk))
    job.refresh_from_db()
    return job


def test_vectors_of_another_space_are_no_baseline(traffic):
    reference = eval_set(traffic)
    other = Space.objects.create(
        project=traffic.project, encoder="other", fingerprint="1" * 64, rule={}, dimensions=48
    )
    EmbeddedReference.objects.update(space=other)
    compare_with(traffic, reference)
    traffic.weeks()
    traffic.day(DAY, 150)
    assert judged(traffic).reason == "reference_not_embedded"


def test_too_little_is_said(traffic, monkeypatch):
    compare_with(traffic, eval_set(traffic, 199))
    traffic.weeks(6)
    traffic.day(DAY, 150)
    assert (judged(traffic).reason, judged(traffic).facts) == (
        "few_reference_rows",
        {"found": 199, "needed": 200},
    )
    compare_with(traffic, eval_set(traffic, 200, name="Larger"))
    few = judged(traffic, again=judge.again_of(judged(traffic)))
    assert (few.reason, few.facts) == ("few_days_before", {"found": 6, "needed": 7})
    traffic.day(DAY - timedelta(days=7))
    monkeypatch.setattr(
        structure, "ensure_structure", lambda project, day: of_structure(hours=frozenset(range(18)))
    )
    part = judged(traffic, again=judge.again_of(few))
    assert (part.reason, part.verdict) == ("part_of_a_day", "refused")


def test_an_owner_chooses_it_in_the_browser(project, as_, owner, stranger):
    traffic = Traffic(project)
    small, fine = eval_set(traffic, 150, name="Small"), eval_set(traffic, 220, name="Fine")
    theirs = made.of_version(Project.objects.get(slug="elsewhere"), ["a", "b"], name="Theirs")
    form = {"baseline_kind": "reference", "baseline_days": "14"}
    client = as_(owner)
    page = client.get(BASELINE)
    assertContains(page, f'<option value="{fine.pk}">Fine</option>', html=True)
    assertNotContains(page, "Theirs")
    for reference, error in (
        ("", "Choose a reference."),
        (str(small.pk), "It has 150 different inputs; 200 are needed."),
        (str(theirs.pk), "is not one of the available choices"),
    ):
        refused = client.post(BASELINE, form | {"reference": reference})
        assertContains(refused, error, status_code=422)
    assert client.post(BASELINE, form | {"reference": str(fine.pk)}).status_code == 302
    plan = DriftPlan.objects.get()
    assert (plan.baseline_kind, plan.reference) == ("reference", fine)
    assertContains(client.get(BASELINE), f'<option value="{fine.pk}" selected>Fine</option>', html=True)
    client.post(BASELINE, {"baseline_kind": "rolling", "baseline_days": "14", "reference": str(fine.pk)})
    assert DriftPlan.objects.get().reference is None


def test_without_any_reference_the_form_says_where_one_is_made(project, as_, owner):
    page = as_(owner).post(BASELINE, {"baseline_kind": "reference", "baseline_days": "14"})
    assertContains(page, "Make a reference first, under References.", status_code=422)


def test_a_reference_that_is_deleted_gives_its_place_back_to_the_days_before(traffic, as_, owner):
    reference = eval_set(traffic)
    compare_with(traffic, reference)
    traffic.weeks()
    traffic.day(DAY, 150)
    client = as_(owner)
    assertContains(
        client.get(f"/p/shop/drift/references/{reference.pk}/"), "Each day is compared with this reference."
    )
    told = client.post(f"/p/shop/drift/references/{reference.pk}/delete/", follow=True)
    assertContains(told, "from now on it is compared with the days before")
    plan = DriftPlan.objects.get()
    assert (plan.baseline_kind, plan.reference) == ("rolling", None)
    check = judged(traffic)
    assert (check.baseline["kind"], check.reference_vectors, check.then_compared) == ("rolling", None, 720)


def test_programs_read_what_a_day_was_compared_with(traffic, client):
    reference = eval_set(traffic)
    compare_with(traffic, reference)
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    judged(traffic)
    token = make.api_key(traffic.project, scopes=("export",))
    (check,) = client.get("/api/v1/drift/checks", headers=make.bearer(token)).json()["checks"]
    assert check["then_compared"] == 240
    assert check["baseline"]["kind"] == "reference"
    assert check["baseline"]["reference"] == {
        "id": str(reference.pk),
        "name": "Eval set",
        "version": 1,
        "inputs": 240,
    }
    assert len(check["baseline"]["days"]) == 8
    assert check["groups"][0]["sentence"].startswith("New beside the reference “Eval set”: “")
