"""The pages of background work: who sees it, who may cancel and retry, what moves by itself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.jobs import registry
from annotator.jobs.registry import Kind
from annotator.models import Job, JobState
from tests import make


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    kind = Kind("test.nothing", lambda work: None, title="Export of labels", result_url=lambda job: "/made/")
    monkeypatch.setattr(registry, "_kinds", {kind.name: kind})


def page(name: str, job) -> str:
    return reverse(name, args=[job.project.slug, job.pk])


def text_of(response) -> str:
    return response.content.decode()


def test_every_member_sees_the_jobs_and_a_stranger_nothing(
    project, owner, annotator, viewer, stranger, as_, client
):
    job = make.job(project)
    for url in (reverse("jobs", args=[project.slug]), page("job", job)):
        for person in (owner, annotator, viewer):
            response = as_(person).get(url)
            assert response.status_code == 200
            assert "Export of labels" in text_of(response)
        assert as_(stranger).get(url).status_code == 404
        assert client.get(url).status_code == 302
        assert as_(owner).post(url).status_code == 405


def test_another_projects_job_is_not_there(project, owner, stranger, as_):
    theirs = make.job(stranger.projects.get())
    url = reverse("job", args=[project.slug, theirs.pk])

    assert as_(owner).get(url).status_code == 404
    for name in ("job-retry", "job-cancel"):
        assert as_(owner).post(reverse(name, args=[project.slug, theirs.pk])).status_code == 404


def test_owners_change_any_job_and_annotators_their_own(project, owner, annotator, viewer, stranger, as_):
    for name in ("job-cancel", "job-retry"):
        foreign, own = make.job(project, asked_by=owner), make.job(project, asked_by=annotator)
        assert as_(stranger).post(page(name, foreign)).status_code == 404
        assert as_(viewer).post(page(name, foreign)).status_code == 403
        assert as_(annotator).post(page(name, foreign)).status_code == 403
        assert as_(annotator).post(page(name, own)).status_code == 302
        assert as_(owner).post(page(name, own)).status_code == 302
        assert as_(owner).get(page(name, own)).status_code == 405


def test_a_viewer_is_offered_no_button(project, owner, viewer, as_):
    job = make.job(project, state=JobState.FAILED, error="The file is gone.")

    assert "Try again" in text_of(as_(owner).get(page("job", job)))
    seen = text_of(as_(viewer).get(page("job", job)))
    assert "Try again" not in seen
    assert "The file is gone." in seen


def test_cancel_and_retry_by_the_buttons(project, owner, as_, broker):
    job = make.job(project)

    seen = as_(owner).post(page("job-cancel", job), follow=True)
    assert "Cancelled. A step that is under way" in text_of(seen)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED

    seen = as_(owner).post(page("job-retry", job), follow=True)
    assert "It is tried again" in text_of(seen)
    job.refresh_from_db()
    assert job.state == JobState.DUE


@pytest.mark.django_db(transaction=True)
def test_a_retry_rings_at_once(project, owner, as_, broker):
    job = make.job(project, state=JobState.FAILED)

    as_(owner).post(page("job-retry", job))

    assert broker.rung() == [str(job.pk)]


def test_buttons_that_come_too_late_say_so(project, owner, as_):
    job = make.job(project, state=JobState.DONE)

    for name in ("job-cancel", "job-retry"):
        assert "Nothing to" in text_of(as_(owner).post(page(name, job), follow=True))
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_running_job_is_asked_about_each_second_and_an_ended_one_no_more(project, owner, as_):
    job = make.job(
        project,
        state=JobState.LEASED,
        lease_until=timezone.now() + timedelta(minutes=1),
        done=1200,
        total=4800,
    )
    htmx = {"HX-Request": "true"}

    live = text_of(as_(owner).get(page("job", job), headers=htmx))
    assert 'hx-trigger="every 1s"' in live
    assert "1,200 of 4,800 (25 %)" in live
    assert "<html" not in live

    Job.objects.update(state=JobState.DONE, done=4800)
    ended = text_of(as_(owner).get(page("job", job), headers=htmx))
    assert "hx-trigger" not in ended
    assert "/made/" in ended
    assert 'hx-swap-oob="true"' in ended


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "as soon as a worker is free"),
        ({"due_at": timezone.now() + timedelta(hours=1)}, "It starts at"),
        ({"due_at": timezone.now() + timedelta(hours=1), "error": "Busy."}, "The last attempt failed"),
        ({"state": JobState.LEASED, "lease_until": timezone.now() - timedelta(hours=1)}, "Another one takes over"),
        ({"state": JobState.LEASED, "lease_until": timezone.now(), "cancel_asked": True}, "It is cancelled as"),
    ],
)  # fmt: skip
def test_the_page_says_what_it_waits_for(project, owner, as_, more, words):
    assert words in text_of(as_(owner).get(page("job", make.job(project, **more))))


def test_errors_are_text(project, owner, as_):
    job = make.job(project, state=JobState.FAILED, error="<script>alert(1)</script>")

    for url in (page("job", job), reverse("jobs", args=[project.slug])):
        assert "<script>alert" not in text_of(as_(owner).get(url))


def test_a_kind_that_is_gone_is_shown_by_its_name(project, owner, as_):
    job = make.job(project, kind="test.gone", state=JobState.DONE)

    assert "test.gone" in text_of(as_(owner).get(page("job", job)))


def test_the_list_narrows_pages_and_survives_wrong_links(project, owner, as_):
    url = reverse("jobs", args=[project.slug])
    assert "No background work yet" in text_of(as_(owner).get(url))
    for _ in range(51):
        make.job(project, state=JobState.DONE)
    make.job(project, state=JobState.FAILED, error="Only this one failed.")

    first = as_(owner).get(url)
    assert text_of(first).count("jobs-title") == 50
    second = text_of(as_(owner).get(url, {"after": first.context["older"]}))
    assert second.count("jobs-title") == 2
    failed = text_of(as_(owner).get(url, {"which": "failed"}))
    assert failed.count("jobs-title") == 1
    assert "No job like that" in text_of(as_(owner).get(url, {"which": "active"}))
    for wrong in ({"which": "nonsense"}, {"after": "x\0"}, {"after": "0" * 32}):
        assert as_(owner).get(url, wrong).status_code == 200


def test_the_list_asks_the_database_as_often_for_two_jobs_as_for_forty(
    project, owner, as_, django_assert_num_queries
):
    browser, url = as_(owner), reverse("jobs", args=[project.slug])
    make.job(project, asked_by=owner)
    browser.get(url)
    for count in (1, 40):
        for _ in range(count):
            make.job(project, asked_by=owner)
        with django_assert_num_queries(4):
            browser.get(url)
