"""The page of a day and of a group, the baseline in the browser, a day judged again."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from annotator.jobs import leases, runner
from annotator.models import Job, JobState
from drift.models import BaselineKind, DriftCheck, DriftGroup, DriftPlan
from drift.services import judge
from feedback.models import Interaction
from tests.drift.traffic import Traffic
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING

PAGE = f"/p/shop/drift/{DAY:%Y-%m-%d}/"
BASELINE = "/p/shop/drift/baseline/"


@pytest.fixture
def check(project, next_morning):
    """The judged day of a project whose users have begun to ask for a crypto wallet."""
    traffic = Traffic(project)
    traffic.weeks()
    traffic.day(DAY, 150, new=14)
    return judge.judge(project=project, day=DAY, now=NEXT_MORNING)


@pytest.fixture
def refused(project):
    return DriftCheck.objects.create(
        project=project, day=DAY, verdict="refused", reason="few_rows", facts={"found": 12, "needed": 100}
    )


def test_the_morning_after_a_person_reads_what_is_new_and_opens_a_row(check, as_, annotator):
    client = as_(annotator)
    assertContains(client.get("/p/shop/drift/"), "crypto wallet")
    page = client.get(PAGE)
    assertContains(page, "This day is unlike the days before")
    assertContains(page, "crypto wallet")
    assertContains(page, "of 150")
    assertContains(page, "0 of 720")
    row = check.groups.get(rank=1).day_rows[0]
    assertContains(page, f"/p/shop/log/{row}/")
    assert client.get(f"/p/shop/log/{row}/").status_code == 200
    assertNotContains(page, "Judge again")  # owners alone
    rows = client.get(f"{PAGE}1/")
    assertContains(rows, "please help with my crypto wallet", count=len(check.groups.get(rank=1).day_rows))
    assertContains(client.get(f"{PAGE}1/?side=before"), "The days before have none like these.")


def test_what_the_log_has_lost_is_said_to_be_gone(check, as_, annotator):
    Interaction.objects.all().delete()
    assertContains(as_(annotator).get(PAGE), "The log has this one no more.", count=5)


def test_strangers_see_nothing_and_wrong_methods_are_refused(check, as_, owner, annotator, stranger):
    for path in (PAGE, f"{PAGE}1/"):
        assert as_(stranger).get(path).status_code == 404
        assert as_(owner).post(path).status_code == 405
    assert as_(owner).get(f"{PAGE}again/").status_code == 405
    assert as_(annotator).post(f"{PAGE}again/").status_code == 403
    assert as_(stranger).post(f"{PAGE}again/").status_code == 404
    assert as_(owner).get(f"{PAGE}9/").status_code == 404
    assert as_(owner).get("/p/shop/drift/2026-11-01/").status_code == 404


def test_an_owner_has_the_day_judged_again_in_the_ml_worker(check, as_, owner):
    DriftCheck.objects.update(judged_at=NEXT_MORNING - timedelta(hours=1))
    for _twice in range(2):
        assert as_(owner).post(f"{PAGE}again/").url == PAGE
    job = Job.objects.get(kind="drift.judge")
    assert job.celery_queue == "ml"
    runner.run_claimed(leases.claim(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.result["alarm"]
    fresh = DriftCheck.objects.get()
    assert (fresh.asked_by, fresh.p) == (owner, check.p)
    assert fresh.pk != check.pk


def test_a_day_that_was_not_judged_says_why(refused, as_, annotator):
    page = as_(annotator).get(PAGE)
    assertContains(page, "Only 12 different inputs came on this day; 100 are needed")
    assertContains(as_(annotator).get("/p/shop/drift/"), "Not judged")


def test_the_overview_draws_the_weeks_and_asks_the_same_however_many(
    project, as_, owner, django_assert_max_num_queries
):
    for back in range(40):
        one = DriftCheck.objects.create(
            project=project, day=DAY - timedelta(days=back), verdict="judged", p=0.02 if back == 3 else 0.4,
            topics_p=0.4, level=0.005, alarm=back == 5, rho=0.0025,
        )  # fmt: skip
        if one.alarm:
            DriftGroup.objects.create(
                check_of_day=one, rank=1, kind="new", p=0.0005, value=5, keywords=["wallet"]
            )
    client = as_(owner)
    with django_assert_max_num_queries(8):
        page = client.get("/p/shop/drift/")
    assertContains(page, "<svg")
    assertContains(page, "Marked", count=1)
    assertContains(page, "wallet", count=1)
    assertContains(page, "Topics normally vary by about 35")
    assertContains(page, "?before=")
    older = as_(owner).get(f"/p/shop/drift/?before={DAY - timedelta(days=29):%Y-%m-%d}")
    assertContains(older, "Quiet", count=10)
    assertNotContains(older, "<svg")


def test_a_group_of_many_rows_has_pages(project, as_, owner, django_assert_max_num_queries):
    rows = logged.interactions(project, 120)
    check = DriftCheck.objects.create(
        project=project, day=DAY, verdict="judged", p=0.001, topics_p=0.0005, alarm=True
    )
    DriftGroup.objects.create(
        check_of_day=check, rank=1, kind="grown", p=0.0005, value=5, day_rows=[row.pk for row in rows]
    )
    client = as_(owner)
    with django_assert_max_num_queries(8):
        page = client.get(f"{PAGE}1/?page=3")
    assertContains(page, "3 of 3")
    assertContains(page, "Question 119")
    assertNotContains(page, "Question 99<")
    assertContains(as_(owner).get(f"{PAGE}1/?page=99"), "3 of 3")
    assertContains(as_(owner).get(f"{PAGE}1/?page=x"), "1 of 3")


def test_an_owner_chooses_the_baseline_and_nobody_else(project, as_, owner, annotator, stranger):
    form = {
        "baseline_kind": "pinned",
        "baseline_days": "14",
        "pinned_first": "2026-11-01",
        "pinned_last": "2026-11-14",
    }
    assert as_(annotator).post(BASELINE, form).status_code == 403
    assert as_(stranger).get(BASELINE).status_code == 404
    assert as_(owner).get(BASELINE).status_code == 200
    assert as_(owner).post(BASELINE, form).url == "/p/shop/drift/"
    plan = DriftPlan.objects.get(project=project)
    assert plan.baseline_kind == BaselineKind.PINNED
    assert (plan.pinned_last - plan.pinned_first).days == 13
    assert as_(owner).post(BASELINE, {"baseline_kind": "rolling", "baseline_days": "21"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.baseline_kind, plan.baseline_days, plan.pinned_first) == ("rolling", 21, None)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"pinned_last": ""}, "Say which day."),
        ({"pinned_last": "2026-11-03"}, "Choose at least 7 days in a row."),
        ({"pinned_last": "2027-11-03"}, "Choose at most 92 days."),
        ({"baseline_days": "3"}, "7"),
    ],
)
def test_a_baseline_that_cannot_be_is_refused_at_its_field(project, as_, owner, change, error):
    form = {
        "baseline_kind": "pinned",
        "baseline_days": "14",
        "pinned_first": "2026-11-01",
        "pinned_last": "2026-11-14",
    }
    page = as_(owner).post(BASELINE, form | change)
    assert page.status_code == 422
    assertContains(page, error, status_code=422)
    assert not DriftPlan.objects.exists()
