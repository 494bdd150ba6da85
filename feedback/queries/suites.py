"""Suites: those that were made, and those that features are; and their accepted runs."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from annotator.models import Project
from feedback.models import AcceptedRun, Assertion, AssertionVersion, Suite
from feedback.services.assertions import in_force, of_feature

MOST_NAMED = 20  # in a refusal


@dataclass(frozen=True)
class Found:
    """`suite` is None for a feature's own. `versions`: those in force, by name; a retired assertion has
    none."""

    key: str
    name: str
    versions: list[AssertionVersion]
    suite: Suite | None = None
    newest: AcceptedRun | None = None


def all_of(project: Project) -> list[Found]:
    """By name, made ones first: four queries, whatever their number."""
    versions = list(in_force(project))
    made = list(_made(project))
    newest = {one.suite: one for one in _newest_first(project).distinct("suite")}
    features = _features(versions) - {one.key for one in made}
    return [
        *(Found(one.key, one.name, _chosen(one, versions), one, newest.get(one.key)) for one in made),
        *(Found(name, name, _on(versions, name), None, newest.get(name)) for name in sorted(features)),
    ]


def find(project: Project, key: str) -> Found | None:
    """A suite that was made; or the feature of this name, if an assertion names it: all that are on
    for it. Three queries at most."""
    versions = list(in_force(project))
    suite = _made(project).filter(key=key).first()
    if suite is not None:
        return Found(suite.key, suite.name, _chosen(suite, versions), suite)
    if key in _features(versions):
        return Found(key, key, _on(versions, key))
    return None


def holding(assertion: Assertion) -> list[Found]:
    """The suites that run it, as `all_of` finds them."""
    found = all_of(assertion.project)
    return [one for one in found if any(each.assertion_id == assertion.pk for each in one.versions)]


def names(project: Project) -> list[str]:
    """The keys that `find` knows, the first of them."""
    return [one.key for one in all_of(project)][:MOST_NAMED]


def newest(project: Project, key: str) -> AcceptedRun | None:
    """The run that new ones are held against, whole."""
    return _newest_first(project).defer(None).filter(suite=key).first()


def retired(suite: Suite) -> list[Assertion]:
    """What it has and does not run, by name."""
    return list(suite.assertions.exclude(retired_at=None))


def runs(project: Project, key: str, size: int, before: datetime | None = None) -> list[AcceptedRun]:
    """The newest first, with their keys and without the outputs that failed."""
    rows = _newest_first(project).filter(suite=key)
    return list((rows.filter(created_at__lt=before) if before else rows)[:size])


def _made(project: Project) -> QuerySet[Suite]:
    chosen = Prefetch("assertions", Assertion.objects.only("pk"))
    return Suite.objects.filter(project=project).prefetch_related(chosen)


def _newest_first(project: Project) -> QuerySet[AcceptedRun]:
    rows = AcceptedRun.objects.filter(project=project).select_related("key").defer("failed")
    return rows.order_by("suite", "-created_at", "-pk")


def _chosen(suite: Suite, versions: list[AssertionVersion]) -> list[AssertionVersion]:
    """Switched on or not: whoever chose it wants it."""
    wanted = {one.pk for one in suite.assertions.all()}
    return [one for one in versions if one.assertion_id in wanted]


def _on(versions: list[AssertionVersion], feature: str) -> list[AssertionVersion]:
    return of_feature((one for one in versions if one.assertion.enabled), feature)


def _features(versions: list[AssertionVersion]) -> set[str]:
    return {name for one in versions if one.assertion.enabled for name in one.assertion.features if name}
