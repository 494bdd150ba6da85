"""Making, changing and retiring assertions. What an assertion says rests on its newest version."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator.models import Item, Project, User
from feedback.models import Assertion, AssertionVersion


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
    by: User | None = None,
) -> AssertionVersion:
    """`settings` as `registry.settings` read them. IntegrityError: the project has one of this key."""
    assertion = Assertion.objects.create(
        project=project,
        key=key,
        name=name,
        kind=kind,
        features=list(features),
        share=share,
        enabled=enabled,
        item=item,
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
    share and enabled, which change no result."""
    Assertion.objects.select_for_update().get(pk=assertion.pk)
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


def bring_back(assertion: Assertion) -> None:
    Assertion.objects.filter(pk=assertion.pk).update(retired_at=None)


def switch(assertion: Assertion, *, on: bool) -> None:
    """Whether it runs on new interactions, and in a guardrail that names none."""
    Assertion.objects.filter(pk=assertion.pk).update(enabled=on)


def in_force(project: Project | int) -> QuerySet[AssertionVersion]:
    """The newest version of each assertion that is not retired, with its assertion, by name."""
    newest = (
        AssertionVersion.objects.filter(assertion__project=project, assertion__retired_at=None)
        .order_by("assertion_id", "-number")
        .distinct("assertion_id")
    )
    rows = AssertionVersion.objects.filter(pk__in=newest.values("pk"))
    return rows.select_related("assertion").order_by("assertion__name", "pk")


def enabled(project: Project | int) -> list[AssertionVersion]:
    return [one for one in in_force(project) if one.assertion.enabled]


def of_feature(versions: Iterable[AssertionVersion], feature: str) -> list[AssertionVersion]:
    """Those that run on it: of all features, or of this one."""
    return [one for one in versions if not one.assertion.features or feature in one.assertion.features]
