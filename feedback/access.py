"""Fetching what belongs to a project: what is not there, or is another project's, is 404."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from annotator.models import Project
from feedback.models import (
    Absence,
    Assertion,
    Channel,
    Delivery,
    FailureMode,
    Holiday,
    Interaction,
    LogImport,
    SuggestionTask,
    Suite,
    Swap,
    VibeCheck,
    VibePlan,
    WidgetOrigin,
)


def interaction_of(project: Project, interaction_id: UUID) -> Interaction:
    """An interaction of this project's log."""
    found = get_object_or_404(Interaction, project=project, pk=interaction_id)
    found.project = project
    return found


def mode_of(project: Project, mode_id: int) -> FailureMode:
    """A failure mode of this project."""
    found = get_object_or_404(FailureMode.objects.select_related("merged_into"), project=project, pk=mode_id)
    found.project = project
    return found


def task_of(project: Project, key: str) -> SuggestionTask:
    """Something that this project suggests."""
    found = get_object_or_404(SuggestionTask.objects.select_related("queue"), project=project, key=key)
    found.project = project
    return found


def assertion_of(project: Project, key: str) -> Assertion:
    """An assertion of this project, retired or not."""
    found = get_object_or_404(Assertion.objects.select_related("item"), project=project, key=key)
    found.project = project
    return found


def suite_of(project: Project, key: str) -> Suite:
    """A suite that somebody made in this project; a feature's own is no row."""
    found = get_object_or_404(Suite, project=project, key=key)
    found.project = project
    return found


def origin_of(project: Project, origin_id: int) -> WidgetOrigin:
    """A site whose pages may send signals to this project."""
    return get_object_or_404(WidgetOrigin, project=project, pk=origin_id)


def find_check(project: Project, day: date) -> VibeCheck | None:
    """The check of a day, which may not be drawn."""
    return _with_project(_checks(project).filter(day=day), project)


def check_of(project: Project, day: date) -> VibeCheck:
    return _or_404(find_check(project, day))


def check_of_queue(project: Project, queue_id: UUID) -> VibeCheck:
    """The check whose queue this is, or whose pairs."""
    return _or_404(_with_project(_checks(project).filter(Q(queue=queue_id) | Q(pairs=queue_id)), project))


def _checks(project: Project) -> QuerySet[VibeCheck]:
    return VibeCheck.objects.filter(project=project).select_related("queue", "person", "finished_by")


def _with_project(found: QuerySet[VibeCheck], project: Project) -> VibeCheck | None:
    check = found.first()
    if check:
        check.project = project
    return check


def _or_404(check: VibeCheck | None) -> VibeCheck:
    if check is None:
        raise Http404
    return check


def import_of(project: Project, upload_id: UUID) -> LogImport:
    """An uploaded log file with its job; else 404."""
    found = get_object_or_404(LogImport.objects.select_related("job"), project=project, pk=upload_id)
    found.project = project
    return found


def plan_for(project: Project) -> VibePlan:
    """The project's plan of the check; 404 before it has one."""
    found = get_object_or_404(VibePlan.objects.select_related("question"), project=project)
    found.project = project
    return found


def absence_of(project: Project, absence_id: int) -> Absence:
    return get_object_or_404(Absence, project=project, pk=absence_id)


def holiday_of(project: Project, holiday_id: int) -> Holiday:
    return get_object_or_404(Holiday, project=project, pk=holiday_id)


def swap_of(project: Project, swap_id: int) -> Swap:
    found = get_object_or_404(Swap.objects.select_related("giver", "taker"), project=project, pk=swap_id)
    found.project = project
    return found


def channel_of(project: Project, channel_id: int) -> Channel:
    found = get_object_or_404(Channel, project=project, pk=channel_id)
    found.project = project
    return found


def delivery_of(project: Project, delivery_id: UUID) -> Delivery:
    """A delivery through one of this project's channels, with its notice; else 404."""
    rows = Delivery.objects.select_related("notice", "channel")
    return get_object_or_404(rows, channel__project=project, pk=delivery_id)
