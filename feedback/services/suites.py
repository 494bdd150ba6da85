"""Suites are made and changed; a run is accepted, once."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from annotator.models import ApiKey, Project, User
from feedback.models import AcceptedRun, Assertion, Suite
from feedback.queries import suites

MOST_ASSERTIONS = 100  # of a suite, of a check that names them, of a run
MOST_FAILED = 10_000  # outputs that a run keeps as failed


class Taken(Exception):
    """Another suite, or another project, has a run of this id."""


@transaction.atomic
def make(
    *, project: Project, key: str, name: str, assertions: Iterable[Assertion], by: User | None = None
) -> Suite:
    """IntegrityError: the project has a suite of this key."""
    made = Suite.objects.create(project=project, key=key, name=name, created_by=by)
    made.assertions.set(assertions)
    return made


@transaction.atomic
def change(suite: Suite, *, name: str, assertions: Iterable[Assertion]) -> None:
    """Its accepted runs stay: what an added assertion fails is new."""
    Suite.objects.filter(pk=suite.pk).update(name=name)
    suite.assertions.set(assertions)


@transaction.atomic
def remove(suite: Suite) -> None:
    """With its accepted runs, so that a new suite of this key begins anew."""
    AcceptedRun.objects.filter(project=suite.project_id, suite=suite.key).delete()
    suite.delete()


def accept(*, project: Project, suite: str, run: UUID, key: ApiKey, **said: Any) -> tuple[AcceptedRun, bool]:
    """The run, and whether it is new. `said`: the other fields of an `AcceptedRun`.

    Not new is one of a known id, and one that says the same as the newest: a build that ran again.
    """
    digest = hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
    known = _known(run, project, suite)
    if known is None:
        newest = suites.newest(project, suite)
        known = newest if newest is not None and newest.digest == digest else None
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            made = AcceptedRun.objects.create(
                id=run, project=project, suite=suite, key=key, digest=digest, **said
            )
    except IntegrityError:  # sent twice at once
        known = _known(run, project, suite)
        if known is None:
            raise
        return known, False
    made.refresh_from_db(fields=["created_at"])
    return made, True


def _known(run: UUID, project: Project, suite: str) -> AcceptedRun | None:
    found = AcceptedRun.objects.defer("failed").filter(pk=run).first()
    if found is not None and (found.project_id, found.suite) != (project.pk, suite):
        raise Taken
    return found
