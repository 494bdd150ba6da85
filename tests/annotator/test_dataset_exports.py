"""A version as files: for whom, which splits, streamed or packed, whole or seen to be broken."""

import csv
import hashlib
import io
import json
import zipfile

import msgspec
import pytest
from django.core.management import CommandError, call_command

from annotator.datasets import export_job, exporting
from annotator.datasets.frozen import Gone
from annotator.jobs import runner
from annotator.models import DatasetExport, DatasetRow, DatasetVersion, Job, JobState
from annotator.services import datasets
from annotator.services.questions import set_question
from annotator.ways_out import folder
from annotator.ways_out.model import Refused
from tests import make
from tests.annotator import frozen
from tests.annotator.ways_out.talks import ORDER, TOOL, answered, called

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(project) -> DatasetVersion:
    set_question(project=project, key="good", text="Is it good?", desirable="yes")
    return frozen.version(project, rows=30)


def base(version: DatasetVersion) -> str:
    return f"/p/shop/datasets/{version.dataset_id}/{version.number}/"


def body(answer) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def run(job: Job) -> Job:
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    return job


def asked(version, key="trl-kto", splits=("train",), **options) -> exporting.Asked:
    return exporting.ask(version, key, splits, options)


def test_a_download_holds_one_line_a_row_in_order_under_a_name_that_says_what_it_is(version, owner, as_):
    answer = as_(owner).get(base(version) + "download/?format=trl-kto")

    lines = [json.loads(line) for line in body(answer).splitlines()]
    assert [line["label"] for line in lines] == [False] * 10 + [True] * 20
    assert lines[0]["prompt"] == [{"role": "user", "content": "Question 1"}]
    assert lines[0]["completion"] == [{"role": "assistant", "content": "Answer 1"}]
    assert "Answers v1 trl-kto train.jsonl" in answer["Content-Disposition"]


def test_csv_and_options_over_the_api(version, project):
    from django.test import Client

    keys = make.bearer(make.api_key(project, scopes=["export"]))
    program = Client(headers=keys)
    (told,) = program.get("/api/v1/datasets").json()
    (one,) = program.get(f"/api/v1/datasets/{told['id']}/versions").json()
    formats = {form["key"]: form for form in program.get("/api/v1/dataset-formats").json()}
    answer = program.get(
        f"/api/v1/datasets/{told['id']}/versions/{one['number']}/export?format=classification-csv&split=train"
    )

    assert (told["name"], told["rows"], one["splits"]) == ("Answers", 30, {"train": 30, "dev": 0, "test": 0})
    assert formats["trl-kto"]["takes"] == ["demonstration", "preference", "rated"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(io.StringIO(body(answer).decode())))) == 30


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "There is no format"),
        ("format=gold-bars", "There is no format"),
        ("format=trl-kto&split=all", "say train, dev or test"),
        ("format=trl-kto&split=dev", "This split is empty"),
        ("format=trl-kto&colour=red", "has no option"),
        ("format=hf-folder", "several files"),
        ("format=trl-preference", "lines came of 30 rows"),
    ],
)
def test_what_makes_no_sense_is_said_before_a_byte_is_sent(version, owner, as_, query, words):
    answer = as_(owner).get(f"{base(version)}download/?{query}")

    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_held_out_row_is_never_in_a_few_shot_prompt(project, owner, as_):
    version = frozen.version(project, rows=[frozen.rated(n, "yes") for n in range(3)], split="test")

    with pytest.raises(Refused, match="never go out"):
        asked(version, "few-shot-json", ["test"])
    answer = as_(owner).get(base(version) + "download/?format=few-shot-json&split=test")
    assert answer.status_code == 400


def test_a_training_file_and_what_it_is_measured_with_are_files_of_their_own(project, tmp_path):
    version = frozen.version(project, rows=4)
    DatasetRow.objects.filter(version=version, position=4).update(split="test")
    version.counts["splits"] = {"train": 3, "dev": 0, "test": 1}
    version.save()

    exporting.write_folder(asked(version, splits=["train", "test"]), tmp_path, progress=lambda _rows: None)

    train, test = ((tmp_path / f"{split}.jsonl").read_text() for split in ("train", "test"))
    assert "Question 4" not in train
    assert "Question 4" in test
    assert test.count("\n") == 1
    assert json.loads((tmp_path / "manifest.json").read_text())["counts"]["items"] == 4


def test_an_archive_is_made_by_a_job_with_provenance_manifest_and_readme(version, owner, as_, project):
    browser = as_(owner)
    answer = browser.post(base(version) + "exports/", {"format": "trl-kto", "split": "train", "how": "file"})
    export = DatasetExport.objects.get()
    assert answer["Location"] == f"/p/shop/files/{export.pk}/"

    assert run(export.job).state == JobState.DONE

    page = browser.get(answer["Location"]).content.decode()
    assert "Download the archive" in page
    raw = body(browser.get(answer["Location"] + "archive/"))
    export.refresh_from_db()
    assert export.sha256 == hashlib.sha256(raw).hexdigest()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = {name.split("/", 1)[1]: name for name in archive.namelist()}
        assert set(names) == {"train.jsonl", "provenance.train.jsonl", "manifest.json", "README.md"}
        manifest = json.loads(archive.read(names["manifest.json"]))
        beside = archive.read(names["provenance.train.jsonl"]).decode().splitlines()
    assert manifest["version"] == 1
    assert manifest["selection"]["rows"] == 30
    assert manifest["questions"] == [
        {"key": "good", "version": 1, "text": "Is it good?", "desirable": "yes", "rows": 30}
    ]
    assert manifest["policy"]["shares"] == {"train": 80, "dev": 10, "test": 10}
    assert [json.loads(line)["external_id"] for line in beside] == [f"item-{n}" for n in range(1, 31)]


def test_rows_without_a_line_are_told_in_words(version, owner, as_):
    browser = as_(owner)
    answer = browser.post(base(version) + "exports/", {"format": "trl-sft", "split": "train", "how": "file"})
    done = run(DatasetExport.objects.get().job)

    page = browser.get(answer["Location"]).content.decode()

    assert done.state == JobState.DONE, done.error
    told = page[page.index('id="dropped"') :]
    assert "An answer was not the desirable one." in told
    (n,) = DatasetExport.objects.get().manifest["counts"]["dropped"].values()
    assert f'<span class="number row-end">{n}</span>' in told
    assert "not_desirable" not in page


def test_asking_twice_finds_the_same_file_until_it_is_gone(version):
    first, job = datasets.ask_dataset_export(asked(version))
    assert datasets.ask_dataset_export(asked(version))[0] == first
    assert datasets.ask_dataset_export(asked(version, "trl-sft"))[0] != first
    run(job)
    assert datasets.ask_dataset_export(asked(version))[0] == first

    exporting.path_of(first.pk).unlink()

    assert datasets.ask_dataset_export(asked(version))[0] != first


def test_a_killed_attempt_leaves_nothing_and_the_next_makes_the_same_file(version, monkeypatch):
    export, job = datasets.ask_dataset_export(asked(version))
    write = folder.write

    def die(*args, **more):
        write(*args, **more)
        raise SystemExit

    from annotator.jobs import leases
    from annotator.jobs.work import Work

    monkeypatch.setattr(exporting.folder, "write", die)
    monkeypatch.setattr(exporting.shutil, "rmtree", lambda *args, **more: None)  # nor is there time to tidy
    with pytest.raises(SystemExit):
        export_job.run(Work(leases.claim(job.pk)))
    assert list(exporting.path_of(export.pk).parent.glob(f"dataset-{export.pk}*"))
    monkeypatch.undo()
    Job.objects.update(lease_until="2026-01-01T00:00Z")

    assert run(job).state == JobState.DONE

    assert [path.name for path in exporting.path_of(export.pk).parent.glob(f"dataset-{export.pk}*")] == [
        f"dataset-{export.pk}.zip"
    ]


def test_why_rows_gave_no_line_is_said_in_words(project, owner, as_):
    version = frozen.version(project, rows=[frozen.rated(1), frozen.pair(2), frozen.pair(3, "tie")])
    export, job = datasets.ask_dataset_export(asked(version, "trl-preference"))
    run(job)

    page = as_(owner).get(f"/p/shop/files/{export.pk}/").content.decode()

    assert "A tie has no form in any trainer." in page
    assert "other_kind" not in page


def test_what_is_deleted_while_it_is_packed_leaves_no_file(version, monkeypatch):
    export, job = datasets.ask_dataset_export(asked(version))
    of = exporting.sha256_of

    def deleted_meanwhile(file):
        datasets.delete_versions([version])
        return of(file)

    monkeypatch.setattr(exporting, "sha256_of", deleted_meanwhile)

    assert run(job).state == JobState.FAILED
    assert not exporting.path_of(export.pk).exists()


def test_nothing_useful_is_a_failed_job_that_says_why(version):
    _export, job = datasets.ask_dataset_export(asked(version, "trl-preference"))

    assert run(job).state == JobState.FAILED
    assert "lines came of 30 rows" in job.error


def test_a_download_whose_version_is_deleted_meanwhile_does_not_look_whole(project):
    version = frozen.version(project, rows=[frozen.rated(n, text="long " * 2000) for n in range(200)])
    chunks = exporting.stream(asked(version, "classification-jsonl"))
    next(chunks)
    DatasetRow.objects.filter(version=version).delete()

    rest = []
    with pytest.raises(Gone):
        for chunk in chunks:
            rest.append(chunk)  # noqa: PERF402 - what came before it broke is looked at

    with pytest.raises(json.JSONDecodeError):
        json.loads(rest[-1].splitlines()[-1])


def test_deleting_a_version_takes_its_files_along(version):
    export, job = datasets.ask_dataset_export(asked(version))
    run(job)

    datasets.delete_versions([version])

    assert not exporting.path_of(export.pk).exists()
    assert not DatasetExport.objects.exists()


def test_people_who_may_not_read_the_rows_may_not_export_them(project, owner, annotator, viewer, as_):
    """Two people are to answer each item: an annotator would see what the other said."""
    queue = make.queue(project, items=1, overlap=2)
    version = frozen.version(project)
    version.queues = [str(queue.pk)]
    version.save()
    pages = {
        person: [
            as_(person).get(base(version) + path).status_code
            for path in ("", "rows/", "rows/1/", "download/?format=trl-kto", "format/")
        ]
        for person in (owner, annotator, viewer)
    }

    assert pages == {
        owner: [200, 200, 200, 200, 200],
        annotator: [200, 403, 403, 403, 403],
        viewer: [200, 200, 200, 403, 403],
    }


def test_the_command_writes_the_same_without_a_worker(version, tmp_path, capsys):
    out = tmp_path / "out"

    call_command("export_dataset", str(version.dataset_id), format="trl-kto", out=str(out))

    assert (out / "train.jsonl").read_bytes() == b"".join(exporting.stream(asked(version)))
    assert "30 lines of 30 rows" in capsys.readouterr().out
    for wrong in (
        {"dataset": "nonsense"},
        {"out": str(out)},
        {"format": "gold-bars", "out": str(tmp_path / "new")},
        {"option": ["novalue"], "out": str(tmp_path / "new")},
    ):
        given = {"dataset": str(version.dataset_id), "format": "trl-kto", "out": str(out), **wrong}
        with pytest.raises(CommandError):
            call_command("export_dataset", given.pop("dataset"), **given)


def test_calls_of_tools_come_through_the_database_and_are_asked_for_by_an_option(project, owner, as_):
    """The list of rows is made of what is in PostgreSQL: arguments keep their text, and large numbers are whole."""
    set_question(project=project, key="good", text="Is it good?", desirable="yes")
    call = called("order", '{"number": 123456789012345678901234567890}', text="\u2028Let me look.")
    talk = {**ORDER, "messages": [*ORDER["messages"][:2], call, answered("sent")]}
    rows = [frozen.rated(n) for n in range(1, 12)]
    rows.append(msgspec.structs.replace(frozen.rated(12), input=talk))
    version = frozen.version(project, rows=rows)

    without = body(as_(owner).get(base(version) + "download/?format=trl-sft"))
    with_them = body(as_(owner).get(base(version) + "download/?format=trl-sft&tools=on"))
    chat = body(as_(owner).get(base(version) + "download/?format=chat-jsonl"))

    assert (without.count(b"\n"), with_them.count(b"\n"), chat.count(b"\n")) == (11, 12, 12)
    first = json.loads(with_them.split(b"\n")[0])  # rows with calls are before the others
    number = first["messages"][2]["tool_calls"][0]["function"]["arguments"]["number"]
    assert number == 123456789012345678901234567890
    assert json.loads(first["tools"]) == [TOOL]
    assert json.loads(chat.split(b"\n")[11])["messages"][2] == call
