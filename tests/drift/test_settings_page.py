"""What is embedded and by what: owners set it, see it before they save it, and members see what came of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from annotator.models import Job, JobState
from drift.models import DriftPlan, EmbeddedDay
from drift.services import plans
from drift.services.embedding import EMBED
from tests.drift import drifted
from tests.drift import embedding as doing
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING

PAGE, INPUTS = "/p/shop/drift/settings/", "/p/shop/drift/inputs/"
PREVIEW, EMBED_NOW = PAGE + "preview/", "/p/shop/drift/embed/"
SENT = {"enabled": "on", "hour": "6", "sample_size": "3000", "kind": "last_user", "path": "", "encoder": ""}


def sent(**more):
    return {**SENT, **more}


def test_owners_set_it_and_nobody_else(project, as_, owner, annotator, viewer, stranger, client):
    for person in (annotator, viewer):
        for address in (PAGE, PREVIEW):
            assert as_(person).get(address).status_code == 403
        assert as_(person).post(PAGE, SENT).status_code == 403
        assert as_(person).post(EMBED_NOW).status_code == 403
        assert as_(person).get(INPUTS).status_code == 200
    for address in (PAGE, PREVIEW, INPUTS, f"{INPUTS}{DAY}/"):
        assert as_(stranger).get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert as_(owner).post(PREVIEW).status_code == 405
    assert as_(owner).get(EMBED_NOW).status_code == 405
    assert as_(owner).get(f"{INPUTS}{DAY}/").status_code == 404
    assert Job.objects.count() == 0


def test_what_is_saved_holds_and_asks_for_nothing_where_vectors_stay_the_same(project, as_, owner):
    assert as_(owner).post(PAGE, SENT).status_code == 302
    plan = DriftPlan.objects.get()
    assert (plan.enabled, plan.hour, plan.sample_size, plan.encoder) == (True, 6, 3000, "")
    assert plan.rule == {"kind": "last_user"}
    assert Job.objects.count() == 0
    as_(owner).post(PAGE, sent(enabled=""))
    assert not DriftPlan.objects.get().enabled


def test_another_rule_or_model_has_the_days_before_embedded_anew(project, as_, owner, settings):
    settings.EMBEDDING_MODELS = ["korean=/srv/models/ko"]
    page = as_(owner).get(PAGE)
    assertContains(page, '<option value="korean">korean</option>', html=True)
    assertNotContains(page, "/srv/models")
    answer = as_(owner).post(PAGE, sent(kind="field", path=" question.text "), follow=True)
    assertContains(answer, "The days before are being embedded anew.")
    assert DriftPlan.objects.get().rule == {"kind": "field", "path": "question.text"}
    job = Job.objects.get(kind=EMBED)
    assert (job.arguments["others"], job.asked_by, job.celery_queue) == (True, owner, "ml")
    Job.objects.all().delete()
    as_(owner).post(PAGE, sent(kind="field", path="question.text", encoder="korean"))
    assert Job.objects.filter(kind=EMBED).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"kind": "field"}, "path", "Write names with dots between"),
        ({"kind": "field", "path": "a..b"}, "path", "Write names with dots between"),
        ({"sample_size": "10"}, "sample_size", "greater than or equal to 200"),
        ({"encoder": "/etc/passwd"}, "encoder", "not one of the available choices"),
        ({"hour": "24"}, "hour", "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_told_by_its_field_and_nothing_is_saved(project, as_, owner, wrong, field, words):
    answer = as_(owner).post(PAGE, sent(**wrong))
    assert answer.status_code == 422
    assert words in answer.context["form"].errors[field][0]
    assert DriftPlan.objects.get().sample_size == 5000


def test_the_newest_inputs_are_shown_by_a_rule_before_it_is_saved(project, as_, owner):
    logged.interactions(project, 3, name="old", input="too old to be shown")
    later = NEXT_MORNING
    logged.interactions(project, 5, name="new", at=later, input={"question": "What is <b>due</b>?", "n": 7})
    logged.interactions(project, 1, name="dev", at=later + timedelta(hours=1), environment="development")
    shown = as_(owner).get(PREVIEW, {"kind": "field", "path": "question"})
    assertContains(shown, "What is &lt;b&gt;due&lt;/b&gt;?", count=5)
    assertNotContains(shown, "not found")
    assertContains(
        as_(owner).get(PREVIEW, {"kind": "field", "path": "answer"}), "all texts stand in", count=5
    )
    assertContains(as_(owner).get(PREVIEW, {"kind": "field", "path": ""}), "Write the path of a field")
    assertNotContains(shown, "too old")
    assert DriftPlan.objects.count() == 0


def test_without_a_log_the_page_says_what_to_do(project, as_, owner):
    assertContains(as_(owner).get(PAGE), "The log has no production input yet.")
    assertContains(as_(owner).get(INPUTS), "No input was embedded yet.")


def test_what_hinders_is_said_on_the_page_until_it_is_mended(
    project, as_, owner, viewer, drift_plan, judged, settings
):
    small = settings.EMBEDDING_MODELS
    settings.EMBEDDING_MODELS = []
    doing.ask(project, DAY)
    doing.work()
    for person, address in ((owner, PAGE), (viewer, INPUTS)):
        assertContains(as_(person).get(address), "add it there or choose another")
    assertContains(
        as_(viewer).get(INPUTS, headers={"HX-Request": "true"}), "Inputs are not embedded at the moment."
    )
    settings.EMBEDDING_MODELS = small
    doing.embedded(project, DAY, key="again")
    assertNotContains(as_(viewer).get(INPUTS), "not embedded at the moment")


def test_asked_by_hand(project, as_, owner):
    answer = as_(owner).post(EMBED_NOW, follow=True)
    assertContains(answer, "Asked. The ml worker embeds what is missing.")
    assertContains(answer, "1 job is embedding inputs.")
    assertContains(as_(owner).post(EMBED_NOW, follow=True), "That is being done.")
    assert Job.objects.filter(state=JobState.DUE).count() == 1


def test_members_see_each_day_its_repeats_and_the_memory(
    project, as_, viewer, drift_plan, judged, django_assert_num_queries
):
    logged.interactions(project, 4)
    logged.interactions(
        project, 3, name="again", input="Where is it?", end_user="ann", input_preview="Where is it?"
    )
    doing.embedded(project, DAY)
    page = as_(viewer).get(INPUTS)
    assertContains(page, "23 Nov 2026")
    assertContains(page, f'<a href="{INPUTS}{DAY}/">2</a>', html=True)
    assertContains(page, " MB")
    assertNotContains(page, "Embed the missing days")
    repeats = as_(viewer).get(f"{INPUTS}{DAY}/")
    assertContains(repeats, "Where is it?")
    assertContains(repeats, "retries, or a program")
    with CaptureQueriesContext(connection) as of_one:
        as_(viewer).get(INPUTS)
    space = EmbeddedDay.objects.get().space
    for back in range(1, 25):
        drifted.embedded(space, DAY - timedelta(days=back), [], [])
    with django_assert_num_queries(len(of_one)):
        as_(viewer).get(INPUTS)


def test_a_plan_of_a_project_begins_with_yesterday(project):
    plan = plans.ensure_plan(project, now=NEXT_MORNING)
    assert plan.starts_on == DAY
    assert plans.ensure_plan(project, now=timezone.now()).pk == plan.pk
