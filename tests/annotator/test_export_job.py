"""Kept exports: made by a job from one snapshot, whole or not there, downloadable by who may."""

import hashlib
import json
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotator.exports import file as files
from annotator.exports import job as export_job
from annotator.exports.filters import Filters
from annotator.jobs import leases, runner
from annotator.models import Export, Job, JobState, Label, Membership, Place
from annotator.services import jobs
from annotator.services.exports import ask_export
from annotator.services.raters import named_rater
from tests import make
from tests.annotator.labeling import program

# The job reads its snapshot on a connection of its own, so that rows must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue(project):
    made = make.queue(project, items=30)
    worker = program(made, "robot")
    worker.submit(*({"lease": item["lease"]} for item in worker.items(30)))
    return made


def run(job: Job) -> Job:
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    return job


def ask(queue, **filters) -> tuple[Export, Job]:
    return ask_export(queue=queue, filters=Filters(**filters))


def test_the_file_is_the_download_with_a_manifest_that_fits(queue, owner, as_):
    export, job = ask(queue)

    assert run(job).state == JobState.DONE

    export.refresh_from_db()
    raw = files.path_of(export.pk).read_bytes()
    assert raw.count(b"\n") == 30 == export.rows == job.done
    assert export.sha256 == hashlib.sha256(raw).hexdigest() == export.manifest["sha256"]
    now = as_(owner).get(f"/api/v1/queues/{queue.pk}/export.jsonl")
    assert b"".join(now.streaming_content) == raw
    assert [path.suffix for path in files.folder().glob(f"{export.pk}*")] == [".jsonl"]


def test_asking_twice_finds_the_same_until_something_changed(queue):
    first, job = ask(queue)
    assert ask(queue)[0] == first
    run(job)
    assert ask(queue)[0] == first
    assert ask(queue, include=("skipped",))[0] != first

    Label.objects.filter(pk=Label.objects.earliest("pk").pk).update(surplus=True)
    second, _ = ask(queue)
    assert second != first
    files.path_of(first.pk).unlink()
    Label.objects.update(surplus=False)
    assert ask(queue)[0] not in {first, second}


def test_a_failed_or_cancelled_export_is_made_anew(queue):
    first, job = ask(queue)
    jobs.cancel(job=job)

    second, again = ask(queue)

    assert second != first
    assert run(again).state == JobState.DONE


def test_a_killed_attempt_leaves_no_file_and_the_next_begins_anew(queue, monkeypatch):
    export, job = ask(queue)
    monkeypatch.setattr(export_job, "SAY_EVERY", 0.0)
    claimed = leases.claim(job.pk)
    torn = files.part_of(files.path_of(export.pk), claimed.attempts)
    torn.parent.mkdir(parents=True, exist_ok=True)
    torn.write_bytes(b'{"cut": ')  # as a kill -9 leaves it
    Job.objects.update(lease_until="2026-01-01T00:00Z")

    assert run(job).state == JobState.DONE

    assert not torn.exists()
    assert files.path_of(export.pk).read_bytes().count(b"\n") == 30


def test_an_attempt_that_lost_its_lease_publishes_nothing(queue, monkeypatch):
    export, job = ask(queue)
    write = files.write

    def slow(*args, **more):
        described = write(*args, **more)
        Job.objects.update(attempts=7)  # somebody else has claimed it meanwhile
        return described

    monkeypatch.setattr(files, "write", slow)
    runner.run(job.pk, queue="default")

    assert not files.path_of(export.pk).exists()
    assert Export.objects.get().sha256 == ""


def test_an_older_label_that_comes_later_is_a_change(queue):
    """Its number is drawn before the commit, so a label of a smaller number may be stored later."""
    last = Label.objects.order_by("-pk")[0]
    Label.objects.filter(pk=last.pk).update(id=last.pk + 2)
    first, job = ask(queue)
    run(job)
    late = Label.objects.order_by("pk")[0]
    late.pk, late.rater = last.pk + 1, named_rater(queue.project, "slow")
    late.save(force_insert=True)

    assert ask(queue)[0] != first


def test_a_slow_export_keeps_its_lease_however_few_its_rows(queue, monkeypatch):
    """Rows may weigh a megabyte each: what counts is the time."""
    _, job = ask(queue)
    monkeypatch.setattr(export_job, "SAY_EVERY", 0.0)
    monkeypatch.setattr(files.manifest.rows, "FIRST_ROWS", 1)
    monkeypatch.setattr(files.manifest.rows, "MOST_ROWS", 1)
    tallied, untils = files.manifest.tallied, []

    def watched(*args):
        for encoded in tallied(*args):
            untils.append(Job.objects.get().lease_until)
            yield encoded

    monkeypatch.setattr(files.manifest, "tallied", watched)
    run(job)
    assert len(set(untils)) == 30


def test_a_cancelled_export_stops_in_the_middle(queue, monkeypatch):
    export, job = ask(queue)
    monkeypatch.setattr(export_job, "SAY_EVERY", 0.0)
    tallied = files.manifest.tallied

    def cancelled_meanwhile(*args):
        for encoded in tallied(*args):
            Job.objects.update(cancel_asked=True)
            yield encoded

    monkeypatch.setattr(files.manifest, "tallied", cancelled_meanwhile)

    assert run(job).state == JobState.CANCELLED
    assert not files.path_of(export.pk).exists()


def test_the_snapshot_is_one_whatever_happens_meanwhile(queue, monkeypatch):
    _, job = ask(queue)
    chunks = files.manifest.rows.chunks

    def changing(*args):
        for chunk in chunks(*args):
            Place.objects.update(done_at=None)
            Label.objects.update(surplus=True)
            yield chunk

    monkeypatch.setattr(files.manifest.rows, "FIRST_ROWS", 3)
    monkeypatch.setattr(files.manifest.rows, "MOST_ROWS", 3)
    monkeypatch.setattr(files.manifest.rows, "chunks", changing)

    assert run(job).done == 30


def test_an_export_that_was_deleted_fails_at_once(queue):
    export, job = ask(queue)
    export.delete()

    assert run(job).state == JobState.FAILED


def test_pages_from_asking_to_the_file(queue, owner, as_):
    browser = as_(owner)

    asked = browser.post(
        f"/p/shop/queues/{queue.pk}/exports/", {"how": "file", "include": ["skipped", "surplus"]}
    )

    page = asked["Location"]
    waiting = browser.get(page)
    assert "every 1s" in waiting.content.decode()
    assert browser.get(page, headers={"HX-Request": "true"}).content.decode().lstrip().startswith("<div")
    run(Job.objects.get())
    ready = browser.get(page).content.decode()
    assert "30 labels" in ready
    assert "every 1s" not in ready
    got = browser.get(f"{page}labels.jsonl")
    assert got["Content-Disposition"] == 'attachment; filename="Check.jsonl"'
    assert b"".join(got.streaming_content).count(b"\n") == 30
    told = browser.get(f"{page}manifest.json")
    assert told["Content-Disposition"] == 'attachment; filename="Check.manifest.json"'
    assert json.loads(told.content)["filters"] == {"include": "skipped,surplus"}
    listed = browser.get(f"/p/shop/queues/{queue.pk}/").content.decode()
    assert page in listed


def test_the_page_sends_a_download_to_the_stream(queue, owner, as_):
    path = f"/p/shop/queues/{queue.pk}/exports/"

    answer = as_(owner).post(path, {"how": "download", "include": "skipped", "since": "2026-01-01"})

    assert answer["Location"] == (
        f"/p/shop/queues/{queue.pk}/export.jsonl?include=skipped&since=2026-01-01T00%3A00%3A00Z"
    )
    bad = as_(owner).post(path, {"how": "download", "since": "never"})
    assert bad["Location"] == f"/p/shop/queues/{queue.pk}/"
    assert not Export.objects.exists()


def test_who_may_have_it(queue, owner, annotator, viewer, stranger, as_):
    export, job = ask(queue)
    page = f"/p/shop/exports/{export.pk}/"
    assert as_(owner).get(f"{page}labels.jsonl").status_code == 404  # not finished
    run(job)

    for path in (page, f"{page}labels.jsonl", f"{page}manifest.json"):
        people = [as_(who).get(path).status_code for who in (owner, annotator, viewer, stranger)]
        assert people == [200, 200, 403, 404]
        assert Client().get(path).status_code == 302
        assert as_(owner).post(path).status_code == 405
    assert as_(owner).get(f"{page}other.txt").status_code == 404
    assert as_(owner).get(f"/p/shop/exports/{uuid4()}/").status_code == 404
    assert as_(stranger).get(f"/p/elsewhere/exports/{export.pk}/").status_code == 404
    make_path = f"/p/shop/queues/{queue.pk}/exports/"
    assert as_(viewer).post(make_path).status_code == 403
    assert as_(stranger).post(make_path).status_code == 404
    assert as_(owner).get(make_path).status_code == 405
    Membership.objects.filter(user=annotator).delete()
    assert as_(annotator).get(f"{page}labels.jsonl").status_code == 404


def test_a_file_that_is_gone_is_told(queue, owner, as_):
    export, job = ask(queue)
    run(job)
    files.path_of(export.pk).unlink()

    page = as_(owner).get(f"/p/shop/exports/{export.pk}/")

    assert "no longer on the disk" in page.content.decode()
    assert as_(owner).get(f"/p/shop/exports/{export.pk}/labels.jsonl").status_code == 404


def test_the_command_writes_the_same_without_a_worker(queue, tmp_path, capsys):
    out = tmp_path / "labels.jsonl"

    call_command("export", str(queue.pk), out=str(out))

    told = json.loads((tmp_path / "labels.jsonl.manifest.json").read_text())
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert "30 labels" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labels.jsonl", "labels.jsonl.manifest.json"]


@pytest.mark.parametrize(
    ("queue_id", "more"),
    [
        ("x", {}),
        ("00000000-0000-4000-8000-000000000000", {}),
        (None, {"since": "never"}),
        (None, {"out": "/nowhere/at/all/x"}),
    ],
)
def test_the_command_says_what_is_wrong(queue, tmp_path, queue_id, more):
    with pytest.raises(CommandError):
        call_command("export", queue_id or str(queue.pk), **{"out": str(tmp_path / "x"), **more})
    assert list(tmp_path.iterdir()) == []
