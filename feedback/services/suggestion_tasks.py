"""Setting up what is suggested. What an answer rests on is a version, and never changed."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from annotator.models import Project, User
from feedback.models import SuggestionTask, Suggests, TaskVersion, Taxonomy
from feedback.taxonomy.as_json import of_stored


@transaction.atomic
def make_task(
    *,
    project: Project,
    key: str,
    name: str,
    suggests: str = Suggests.TAXONOMY,
    by: User | None = None,
    **more: Any,
) -> SuggestionTask:
    """IntegrityError: the project has a task of this key."""
    return SuggestionTask.objects.create(
        project=project, key=key, name=name, suggests=suggests, created_by=by, **more
    )


@transaction.atomic
def set_up(
    task: SuggestionTask,
    *,
    instruction: str,
    suggester: str,
    settings: dict[str, Any] | None = None,
    values: Sequence[Any] | None = None,
    by: User | None = None,
) -> TaskVersion:
    """The version in force from now on; the one before, when nothing is different.

    `values`: the taxonomy as `feedback.taxonomy` stores it; None: as before.
    """
    SuggestionTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    before = current(task)
    taxonomy = before.taxonomy if before else None
    if values is not None and (taxonomy is None or taxonomy.values != values):
        taxonomy = Taxonomy.objects.create(
            task=task, number=_next(task.taxonomies), values=values, count=len(of_stored(values).values)
        )
    wanted = (instruction, suggester, settings or {}, taxonomy)
    if before and wanted == (before.instruction, before.suggester, before.settings, before.taxonomy):
        return before
    return TaskVersion.objects.create(
        task=task,
        number=_next(task.versions),
        instruction=instruction,
        suggester=suggester,
        settings=settings or {},
        taxonomy=taxonomy,
        created_by=by,
    )


def current(task: SuggestionTask) -> TaskVersion | None:
    """The version in force, without the values of its taxonomy."""
    found = task.versions.select_related("taxonomy").defer("taxonomy__values").order_by("-number")
    return found.first()


def _next(numbered: Any) -> int:
    return int(numbered.aggregate(last=Max("number"))["last"] or 0) + 1
