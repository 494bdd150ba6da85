"""Versions of datasets written down as if they had been made, for tests that read them."""

from uuid import UUID, uuid4

import msgspec
from django.utils import timezone

from annotator.datasets import exporting
from annotator.datasets.content import Provenance, Row
from annotator.datasets.filters import Filters
from annotator.datasets.told import Tally
from annotator.datasets.words import digest, label_of
from annotator.jobs import runner
from annotator.models import DatasetExport, DatasetRow, DatasetVersion, JobState, Project
from annotator.services import datasets
from tests import make


def rated(n: int, answer: str = "yes", *, text: str = "", **more) -> Row:
    return Row(
        key=f"answers:{n}",
        kind="rated",
        input=f"Question {n}",
        output=text or f"Answer {n}",
        question="good",
        answers={"good": answer},
        good=answer == "yes",
        votes={answer: 1},
        agreement=1.0,
        provenance=Provenance(item=n, external_id=f"item-{n}", queue="", question_version=1),
        **more,
    )


def pair(n: int, winner: str = "left", **more) -> Row:
    return Row(
        key=f"preferences:{n}",
        kind="preference",
        input=f"Question {n}",
        left=f"Left {n}",
        right=f"Right {n}",
        winner=winner,
        question="better",
        answers={"better": winner},
        votes={winner: 3},
        agreement=1.0,
        provenance=Provenance(item=n, external_id=f"pair-{n}", queue="", question_version=1),
        **more,
    )


def version(project: Project, *, rows: int | list[Row] = 3, name: str = "Answers", split: str = "train"):
    """All in one split; the first third of a number of rows is labelled no."""
    made = datasets.make_dataset(project=project, name=name, filters=Filters())
    return _write(made, rows, split)


def another(of: DatasetVersion, rows: int | list[Row] = 3, split: str = "train") -> DatasetVersion:
    return _write(of.dataset, rows, split)


def _write(dataset, rows: int | list[Row], split: str) -> DatasetVersion:
    if isinstance(rows, int):
        rows = [rated(n, "no" if n <= rows / 3 else "yes") for n in range(1, rows + 1)]
    tally = Tally()
    found = DatasetVersion(dataset=dataset, number=dataset.versions.count() + 1, filters=dataset.filters)
    for row in rows:
        tally.add(row, split, {}, row.key)
    found.rows, found.sha256, found.made_at = len(rows), f"{found.number:064}", timezone.now()
    found.counts = {
        **tally.as_json(),
        **dict.fromkeys(
            ("inputs", "groups", "kept_inputs", "held_out_inputs", "crossing_inputs", "largest_group"), 0
        ),
        "left_out": {},
        "contradictions": 0,
        "pairs": [],
    }
    found.save()
    DatasetRow.objects.bulk_create(
        DatasetRow(
            version=found,
            position=at,
            key=row.key,
            kind=row.kind,
            split=split,
            group=UUID(int=at),
            label=label_of(row),
            digest=digest(row),
            content=msgspec.json.encode(row).decode(),
        )
        for at, row in enumerate(rows, 1)
    )
    return found


def export(of: DatasetVersion) -> DatasetExport:
    """A finished one, its file on disk."""
    job = make.job(of.dataset.project, state=JobState.DONE, finished_at=timezone.now())
    manifest = {"counts": {"items": 3, "written": 3, "lines": 3, "dropped": {}}, "warnings": []}
    made = DatasetExport.objects.create(
        version=of, job=job, format="trl-kto", splits=["train"], manifest=manifest, bytes=2, sha256="0" * 64
    )
    path = exporting.path_of(made.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK")
    return made


def made(project: Project, *, name: str = "", **filters) -> DatasetVersion:
    """A version made by its job of what is labelled now."""
    dataset = datasets.make_dataset(project=project, name=name or str(uuid4()), filters=Filters(**filters))
    return again(dataset)


def again(dataset) -> DatasetVersion:
    found, job = datasets.ask_version(dataset)
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    found.refresh_from_db()
    return found
