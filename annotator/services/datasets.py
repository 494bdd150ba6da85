"""Datasets: making, asking for versions and files of them, deleting."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Max

from annotator.datasets import export_job
from annotator.datasets.exporting import Asked, path_of
from annotator.datasets.filters import Filters
from annotator.datasets.job import NAME
from annotator.models import Dataset, DatasetExport, DatasetVersion, Job, JobState, Project, User
from annotator.services import jobs


class Taken(ValueError):
    """The project has a dataset of this name."""


@transaction.atomic
def make_dataset(*, project: Project, name: str, filters: Filters, by: User | None = None) -> Dataset:
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if Dataset.objects.filter(project=project, name=name).exists():
        raise Taken(name)
    return Dataset.objects.create(project=project, name=name, filters=filters.as_json(), created_by=by)


@transaction.atomic
def change_dataset(dataset: Dataset, *, name: str, filters: Filters) -> None:
    """What the next version takes; those that are made stay as they are."""
    Project.objects.select_for_update(no_key=True).get(pk=dataset.project_id)
    if Dataset.objects.filter(project=dataset.project_id, name=name).exclude(pk=dataset.pk).exists():
        raise Taken(name)
    dataset.name, dataset.filters = name, filters.as_json()
    dataset.save(update_fields=["name", "filters"])


@transaction.atomic
def ask_version(dataset: Dataset, *, by: User | None = None) -> tuple[DatasetVersion, Job]:
    """A version of what the filters give now. While one with these filters is being made, that one."""
    row = Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    waiting = (
        DatasetVersion.objects.select_related("job")
        .filter(dataset=row, made_at=None, filters=row.filters, job__state__in=["due", "leased"])
        .first()
    )
    if waiting is not None and waiting.job is not None:
        return waiting, waiting.job
    number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = DatasetVersion(dataset=row, number=number, filters=row.filters, created_by=by)
    version.job = jobs.ask(kind=NAME, key=f"dataset version {version.pk}", project=row.project_id, by=by)
    version.save()
    return version, version.job


def delete_versions(versions: Sequence[DatasetVersion]) -> None:
    """With their rows and files. Inputs keep the split that they have."""
    files = [path_of(export.pk) for version in versions for export in version.exports.all()]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM annotator_datasetrow WHERE version_id = ANY(%s)", [[one.pk for one in versions]]
            )
        DatasetVersion.objects.filter(pk__in=[one.pk for one in versions]).delete()
    for file in files:
        file.unlink(missing_ok=True)


def delete_dataset(dataset: Dataset) -> None:
    delete_versions(list(dataset.versions.all()))
    dataset.delete()


@transaction.atomic
def ask_dataset_export(asked: Asked, *, by: User | None = None) -> tuple[DatasetExport, Job]:
    """The file of this with its job; the one there is: a version does not change."""
    DatasetVersion.objects.select_for_update(no_key=True).get(pk=asked.version.pk)  # two clicks find one
    found = (
        DatasetExport.objects.select_related("job")
        .filter(
            version=asked.version, format=asked.form.key, options=asked.options, splits=list(asked.splits)
        )
        .exclude(job__state__in=[JobState.FAILED, JobState.CANCELLED])
        .order_by("-created_at")
        .first()
    )
    if found is not None and found.job is not None and (not found.sha256 or path_of(found.pk).exists()):
        return found, found.job
    export = DatasetExport(
        version=asked.version,
        format=asked.form.key,
        options=asked.options,
        splits=list(asked.splits),
        created_by=by,
    )
    export.job = jobs.ask(
        kind=export_job.NAME,
        key=f"dataset export {export.pk}",
        project=asked.version.dataset.project_id,
        by=by,
    )
    export.save()
    return export, export.job
