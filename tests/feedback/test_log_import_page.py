"""Uploading a log file in the browser: who may, what is guessed, what becomes of the lines."""

import errno
import gzip
import json
import secrets
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse

from annotator.jobs import runner
from annotator.models import Job, JobState
from annotator.reading import files as reading_files
from annotator.reading import plans
from annotator.reading.rejects import Rejects
from feedback.models import Interaction, LogImport
from feedback.services import imports
from feedback.services.uploads import LOGS
from tests.feedback.sending import record

NEW = "/p/shop/log/import/"
CSV = "When,prompt,Response,score\n2026-11-20 09:30,Where is it?,Tomorrow,0.5\nyesterday,And now?,Soon,\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def amir(as_, annotator):
    return as_(annotator)


def upload(amir, content: str | bytes = CSV, name: str = "log.csv"):
    data = content.encode() if isinstance(content, str) else content
    return amir.post(NEW, {"file": SimpleUploadedFile(name, data)})


def files() -> list[Path]:
    folder = LOGS.folder()
    return sorted(folder.iterdir()) if folder.exists() else []


def test_from_upload_to_the_log(amir, annotator):
    answer = upload(amir)
    kept = LogImport.objects.get()
    assert answer.url == reverse("log-import-file", args=["shop", kept.pk])
    assert [path.name for path in files()] == [str(kept.pk)]

    page = amir.get(answer.url).content.decode()
    assert "Where is it?" in page
    assert kept.mapping == {"input": "prompt", "output": "Response"}

    choices = {"column-0": "occurred_at", "column-1": "input", "column-2": "output", "column-3": ""}
    assert amir.post(answer.url, choices).url == answer.url
    job = Job.objects.get()
    assert (job.kind, job.asked_by, job.state) == ("import_logs", annotator, JobState.DUE)
    assert amir.post(answer.url, choices).url == answer.url
    assert Job.objects.count() == 1

    runner.run(job.pk, queue="default")

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, len(CSV), len(CSV))
    row = Interaction.objects.get()
    assert (row.input, row.output, row.metadata) == ("Where is it?", "Tomorrow", {"score": "0.5"})
    page = amir.get(answer.url).content.decode()
    assert "Line 3" in page
    assert "is not a time" in page
    assert str(kept.pk) not in [path.name for path in files()]

    kept_lines = amir.get(f"{answer.url}rejects.jsonl")
    assert kept_lines["Content-Disposition"] == 'attachment; filename="log.csv.rejects.jsonl"'
    refused = json.loads(b"".join(kept_lines.streaming_content))
    assert (refused["line"], refused["field"]) == (3, "occurred_at")


def test_a_job_that_was_killed_goes_on_behind_the_last_chunk(amir, monkeypatch):
    lines = [json.dumps(record(n, latency_ms="x") if n % 5 == 0 else record(n)) for n in range(1, 31)]
    where = upload(amir, "\n".join(lines), "day.jsonl").url
    amir.post(where, {f"column-{n}": name for n, name in enumerate(record(1, latency_ms=1))})
    job = Job.objects.get()
    monkeypatch.setattr(plans, "CHUNK_RECORDS", 7)
    stored, killed = imports.store_chunk, []

    def dies_in_the_third(project, plan, chunk):
        result = stored(project, plan, chunk)
        if chunk.line == 21 and not killed:
            killed.append(chunk.line)
            # As a kill would leave it: the rejects written, the transaction not committed.
            Rejects(LOGS.rejects_of(job.log_import), keep=_size(job)).add(chunk, result.rejected)
            raise ConnectionError("killed")
        return result

    monkeypatch.setattr(imports, "store_chunk", dies_in_the_third)
    runner.run(job.pk, queue="default")
    assert Interaction.objects.count() == 12
    Job.objects.update(due_at=job.created_at)
    runner.run(job.pk, queue="default")

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert (job.result["accepted"], job.result["duplicates"], job.result["rejected"]) == (24, 0, 6)
    assert Interaction.objects.count() == 24
    refused = [json.loads(line)["line"] for line in LOGS.rejects_of(job.log_import).read_text().splitlines()]
    assert refused == [5, 10, 15, 20, 25, 30]


def _size(job: Job) -> int:
    job.refresh_from_db()
    return (job.cursor or {})["rejects"]


def test_the_same_file_twice_makes_no_double_rows(amir):
    for _ in range(2):
        where = upload(amir, "prompt,answer\nhi,ho\nhu,ha\n").url
        amir.post(where, {"column-0": "input", "column-1": "output"})
        job = LogImport.objects.first().job
        runner.run(job.pk, queue="default")
    job.refresh_from_db()
    assert (job.result["accepted"], job.result["duplicates"]) == (0, 2)
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "ZIP or Excel"),
        (b"a,a\n1,2\n", "Two columns"),
        (b"a,b\n", "a header and no rows"),
        (b"MZ\x00\x01", "not a text file"),
        (b"\xff\xfe", "The first line is empty"),
        (b"\n\na,b\n1,2\n", "The first line is empty"),
    ],
)
def test_a_file_that_is_no_log_is_refused_with_a_reason_and_not_kept(amir, content, words):
    answer = upload(amir, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert files() == []
    assert LogImport.objects.count() == 0


def test_a_file_over_the_limit(amir, settings):
    settings.UPLOAD_MAX_BYTES = 10
    answer = upload(amir)
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert files() == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "<img src=x onerror=alert(1)>.csv", "\u202evsc.exe", "a" * 300 + ".csv"]
)
def test_a_file_name_is_text_and_never_a_path(amir, name):
    where = upload(amir, name=name).url
    kept = LogImport.objects.get()
    assert [path.name for path in files()] == [str(kept.pk)]
    for page in (amir.get(where), amir.get(NEW)):
        assert page.status_code == 200
        assert "<img" not in page.content.decode()


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"column-0": "", "column-1": ""}, "which column is the input"),
        ({"column-0": "input", "column-1": "input"}, "Two columns cannot both be"),
        ({"column-0": "password", "column-1": "input"}, "password"),
        ({"column-0": "id__x", "column-1": "input"}, "id__x"),
    ],
)
def test_a_mapping_that_cannot_be_is_shown_again(amir, choices, words):
    where = upload(amir, "prompt,answer\nhi,ho\n").url
    answer = amir.post(where, choices)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Job.objects.count() == 0


def test_an_upload_can_be_deleted_before_it_starts(amir):
    where = upload(amir).url
    assert amir.get(f"{where}discard/").status_code == 405
    assert amir.post(f"{where}discard/").url == NEW
    assert files() == []
    assert LogImport.objects.count() == 0


def test_old_leftovers_go_with_the_next_upload(amir):
    from datetime import timedelta

    from django.utils import timezone

    upload(amir)
    LogImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    upload(amir)
    assert LogImport.objects.count() == 1
    assert len(files()) == 1


def test_who_may(as_, owner, annotator, viewer, stranger, client):
    where = upload(as_(owner)).url
    for person, status in ((owner, 200), (annotator, 200), (viewer, 403), (stranger, 404)):
        assert as_(person).get(NEW).status_code == status
        assert as_(person).get(where).status_code == status
        assert as_(person).get(f"{where}rejects.jsonl").status_code == (404 if status == 200 else status)
    for person, status in ((viewer, 403), (stranger, 404)):
        assert upload(as_(person)).status_code == status
        assert as_(person).post(where, {"column-1": "input"}).status_code == status
        assert as_(person).post(f"{where}discard/").status_code == status
    assert client.get(NEW).status_code == 302
    assert as_(owner).put(NEW).status_code == 405
    assert LogImport.objects.count() == 1


def test_another_projects_upload_is_not_there(as_, owner, stranger):
    where = upload(as_(owner)).url
    moved = where.replace("/p/shop/", "/p/elsewhere/")
    for path in (moved, f"{moved}rejects.jsonl"):
        assert as_(stranger).get(path).status_code == 404
    assert as_(stranger).post(f"{moved}discard/").status_code == 404
    assert len(files()) == 1


def test_the_list_asks_the_same_however_long_it_is(amir, django_assert_max_num_queries):
    for _ in range(8):
        upload(amir)
    with django_assert_max_num_queries(6):
        amir.get(NEW)


def test_a_request_far_over_the_limit_is_refused_before_it_is_read(amir, settings):
    settings.UPLOAD_MAX_BYTES = 10
    answer = upload(amir, b"id,input\n" + b"1,a\n" * 400_000)
    assert answer.status_code == 413
    assert "larger than 10 bytes" in answer.content.decode()
    assert files() == []


def test_nobody_uploads_before_they_have_signed_in(client, db, monkeypatch):
    """Files are read before any view asks who sends them: from nobody no more than a form."""
    large = SimpleUploadedFile("day.csv", b"id,input\n" + b"1,a\n" * 1_000_000)
    written = []
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", lambda *given, **more: written.append(given))
    answer = client.post("/signin/", {"username": "x", "password": "y", "file": large})
    assert answer.status_code == 413
    assert written == []


def test_a_full_disk_is_said_and_keeps_nothing(amir, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reading_files, "look", full)
    answer = upload(amir)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "The disk is full" in answer.content.decode()
    assert (files(), LogImport.objects.count()) == ([], 0)


def test_keys_that_come_late_in_a_long_file_find_their_fields(amir):
    lines = [f'{{"prompt": "{n}", "reply": "yes"}}' for n in range(1200)]
    lines[900] = '{"prompt": "in the look", "latency": 3}'
    lines[1100] = '{"prompt": "failed", "error_message": "timeout", "reply": null}'
    where = upload(amir, "\n".join(lines).encode(), "day.jsonl").url
    assert LogImport.objects.get().shape["columns"] == ["prompt", "reply", "latency"]
    amir.post(where, {"column-0": "input", "column-1": "output", "column-2": ""})
    runner.run(Job.objects.get().pk, queue="default")
    failed = Interaction.objects.get(input_preview="failed")
    assert (failed.error, failed.output, failed.metadata) == ("timeout", None, None)
    assert Interaction.objects.get(input_preview="in the look").metadata == {"latency": 3}


def test_a_name_of_a_column_that_cannot_be_stored_is_no_choice(amir):
    where = upload(amir, b'{"input": "hi", "a\\u0000b": 1}\n', "day.jsonl").url
    assert LogImport.objects.get().shape["columns"] == ["input"]
    amir.post(where, {"column-0": "input"})
    runner.run(Job.objects.get().pk, queue="default")
    assert Interaction.objects.get().metadata == {"a\ufffdb": 1}


def test_half_a_surrogate_pair_in_a_line_of_another_tool_is_repaired(amir):
    where = upload(amir, b'{"prompt": "hi \\ud83d", "answer": "ho"}\n', "day.jsonl").url
    assert LogImport.objects.get().shape["columns"] == ["prompt", "answer"]
    assert "hi" in amir.get(where).content.decode()
    amir.post(where, {"column-0": "input", "column-1": "output"})
    runner.run(Job.objects.get().pk, queue="default")
    row = Interaction.objects.get()
    assert (row.input, row.output, row.repaired) == ("hi \ufffd", "ho", 1)


def test_a_header_with_what_cannot_be_stored(amir):
    upload(amir, "input,a\0b\nhi,1\n".encode("utf-16"))
    assert LogImport.objects.get().shape["columns"] == ["input", "a\ufffdb"]


def cut_in_half(*lines: str) -> bytes:
    packed = gzip.compress("\n".join(lines).encode())
    return packed[: len(packed) // 2]


@pytest.mark.parametrize("head", ["input,n", '{"input": "hi"}'])
def test_a_packed_file_that_breaks_off_is_refused_with_a_reason(amir, head):
    answer = upload(amir, cut_in_half(head, *(f"{n},{secrets.token_hex(9_000)}" for n in range(9))), "day.gz")
    assert answer.status_code == 422
    assert "breaks off" in answer.content.decode()
    assert files() == []


def test_columns_of_lines_that_are_long(amir):
    upload(amir, json.dumps({"prompt": "x" * 200_000, "answer": "y"}), "day.jsonl")
    assert LogImport.objects.get().shape["columns"] == ["prompt", "answer"]


def test_an_upload_whose_file_and_job_were_forgotten(amir):
    where = upload(amir).url
    LOGS.file_of(LogImport.objects.get()).unlink()
    answer = amir.get(where, follow=True)
    assert answer.redirect_chain == [(NEW, 302)]
    assert "upload it again" in answer.content.decode()


def test_an_import_that_is_killed_at_its_very_end_is_done(amir, monkeypatch):
    where = upload(amir, "prompt,answer\nhi,ho\n").url
    amir.post(where, {"column-0": "input", "column-1": "output"})
    job = Job.objects.get()

    def killed(_path, **_):
        raise ConnectionError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", killed)
        runner.run(job.pk, queue="default")
    job.refresh_from_db()
    assert (job.state, job.result["accepted"]) == (JobState.DONE, 1)


def test_the_jobs_say_which_file_and_how_much_of_it(amir, django_assert_num_queries):
    for name in ("monday.csv", "<b>.csv"):
        amir.post(upload(amir, name=name).url, {"column-0": "occurred_at", "column-1": "input"})
    job = LogImport.objects.get(name="monday.csv").job
    runner.run(job.pk, queue="default")

    with django_assert_num_queries(5):  # session, person, membership, jobs, their files
        listed = amir.get("/p/shop/jobs/").content.decode()
    assert "monday.csv" in listed
    assert "&lt;b&gt;.csv" in listed
    page = amir.get(f"/p/shop/jobs/{job.pk}/").content.decode().replace("\xa0", " ")
    assert "monday.csv" in page
    assert f"{len(CSV)} bytes of {len(CSV)} bytes (100 %)" in page


def test_the_way_on_leads_to_the_days_that_were_imported(amir, project, monkeypatch):
    project.time_zone = "Asia/Seoul"
    project.save()
    monkeypatch.setattr(plans, "CHUNK_RECORDS", 2)
    times = ("2026-11-20T14:59:00Z", "2026-11-18T16:00:00Z", "2026-11-19T03:00:00Z")
    content = "time,prompt\n" + "".join(f"{time},hi\n" for time in times)

    def done() -> str:
        where = upload(amir, content).url
        amir.post(where, {"column-0": "occurred_at", "column-1": "input"})
        runner.run(LogImport.objects.first().job_id, queue="default")
        return amir.get(where).content.decode()

    assert 'href="/p/shop/log/?since=2026-11-19&amp;until=2026-11-20"' in done()
    assert 'href="/p/shop/log/"' in done()  # nothing of it was new
