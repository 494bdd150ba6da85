"""Making, changing and retiring assertions. What an assertion says rests on its newest version."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator.models import Item, Project, User
from feedback.models import Assertion, AssertionMark, AssertionVersion, FailureMode
from feedback.services import checking, modes


@transaction.atomic
def make(
    *,
    project: Project,
    key: str,
    name: str,
    kind: str,
    settings: Mapping[str, Any],
    features: Sequence[str] = (),
    share: float = 1.0,
    enabled: bool = True,
    item: Item | None = None,
    mode: FailureMode | None = None,
    by: User | None = None,
) -> AssertionVersion:
    """`settings` as `registry.settings` read them. IntegrityError: the project has one of this key."""
    begin(project)
    if mode is not None:
        modes.confirm(mode.pk)
    assertion = Assertion.objects.create(
        project=project,
        key=key,
        name=name,
        kind=kind,
        features=list(features),
        share=share,
        enabled=enabled,
        item=item,
        mode=mode,
        created_by=by,
    )
    return AssertionVersion.objects.create(
        assertion=assertion, number=1, settings=dict(settings), created_by=by
    )


@transaction.atomic
def change(
    assertion: Assertion, *, settings: Mapping[str, Any], by: User | None = None, **plain: Any
) -> AssertionVersion:
    """The version in force afterwards: a new one where the settings are others. `plain`: name, features,
    share, mode and enabled, which change no result."""
    Assertion.objects.select_for_update().get(pk=assertion.pk)
    if mode := plain.get("mode"):
        modes.confirm(mode.pk)
    if plain:
        Assertion.objects.filter(pk=assertion.pk).update(**plain)
    newest = assertion.versions.order_by("-number").first()
    if newest is not None and newest.settings == dict(settings):
        return newest
    number = newest.number + 1 if newest else 1
    return AssertionVersion.objects.create(
        assertion=assertion, number=number, settings=dict(settings), created_by=by
    )


def retire(assertion: Assertion) -> None:
    """It runs nowhere any more; its results stay."""
    Assertion.objects.filter(pk=assertion.pk, retired_at=None).update(retired_at=timezone.now())


@transaction.atomic
def bring_back(assertion: Assertion) -> None:
    """As it was, switched on or off."""
    begin(assertion.project)
    Assertion.objects.filter(pk=assertion.pk).update(retired_at=None)


@transaction.atomic
def switch(assertion: Assertion, *, on: bool) -> None:
    """Whether it runs on new interactions, and in a guardrail that names none."""
    if on:
        begin(assertion.project)
    Assertion.objects.filter(pk=assertion.pk).update(enabled=on)


def begin(project: Project) -> None:
    """Where nothing of a pace runs yet, what arrives from now on is checked, and not what came before: its
    mark stood still meanwhile."""
    now = {"received_at": timezone.now(), "interaction": UUID(int=0)}
    kinds = running().filter(project=project).values_list("kind", flat=True).distinct()
    moving = {checking.is_slow_kind(kind) for kind in kinds}
    for slow in {False, True} - moving:
        AssertionMark.objects.update_or_create(project=project, slow=slow, defaults=now)


def running() -> QuerySet[Assertion]:
    """Of all projects: switched on and not retired."""
    return Assertion.objects.filter(enabled=True, retired_at=None)


def newest_of(found: QuerySet[Assertion]) -> QuerySet[AssertionVersion]:
    """The version in force of each, with it, by name."""
    newest = (
        AssertionVersion.objects.filter(assertion__in=found)
        .order_by("assertion_id", "-number")
        .distinct("assertion_id")
    )
    rows = AssertionVersion.objects.filter(pk__in=newest.values("pk"))
    return rows.select_related("assertion").order_by("assertion__name", "pk")


def in_force(project: Project | int) -> QuerySet[AssertionVersion]:
    """Of each assertion of a project that is not retired."""
    return newest_of(Assertion.objects.filter(project=project, retired_at=None))


def enabled(project: Project | int) -> QuerySet[AssertionVersion]:
    return newest_of(running().filter(project=project))


def of_feature(versions: Iterable[AssertionVersion], feature: str) -> list[AssertionVersion]:
    """Those that run on it: of all features, or of this one."""
    return [one for one in versions if not one.assertion.features or feature in one.assertion.features]
