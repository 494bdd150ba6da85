"""Failure modes: naming, rewording, merging, splitting, fixing, retiring. Nothing that was seen is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.models import Item, Project, User
from annotator.services.collisions import begins_anew
from feedback.models import FailureMode, FailureModeVersion, Severity, Sighting
from feedback.queries.merged import roots_of
from feedback.queries.modes import in_sight, newest_in
from feedback.services import sightings

MOST = 500  # offered at a time, in a project
WORDS = ("name", "description", "examples_bad", "examples_good")


class NameTaken(ValueError):
    """Another mode that is offered has this name. `mode` is it."""

    def __init__(self, mode: FailureMode) -> None:
        super().__init__(mode.name)
        self.mode = mode


class ChangedMeanwhile(Exception):
    """Somebody reworded it since the page was opened."""


class Circle(ValueError):
    """A mode cannot be merged into itself, nor into one that was merged into it."""


class SeenInIt(ValueError):
    """The version that is said to mend it shows it: seen there `at`, and not elsewhere since."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


class TooMany(ValueError):
    """A list that nobody can choose from."""


@dataclass(frozen=True)
class Words:
    """One wording."""

    name: str
    description: str = ""
    examples_bad: str = ""
    examples_good: str = ""


@begins_anew  # two people may name it in the same moment
@transaction.atomic
def named(project: Project, name: str, by: User | None, *, beside: bool = False) -> FailureMode:
    """The offered mode of that name, in whatever case; a new one if there is none. `beside`: an answer, so
    that a new one goes out of sight when the answer is taken back. Raises TooMany."""
    name = tidy(name)
    return _offered(project, name) or _make(project, Words(name), Severity.MAJOR, by, unconfirmed=beside)


@begins_anew
@transaction.atomic
def make(project: Project, words: Words, *, severity: str, by: User) -> FailureMode:
    """A new mode. Raises NameTaken, TooMany."""
    if taken := _taken(project, tidy(words.name)):
        raise NameTaken(taken)
    return _make(project, words, severity, by)


def _make(project: Project, words: Words, severity: str, by: User | None, **more: Any) -> FailureMode:
    name = tidy(words.name)
    offered = FailureMode.objects.filter(in_sight(), project=project, merged_into=None, retired_at=None)
    if offered.count() >= MOST:
        raise TooMany
    mode = FailureMode.objects.create(project=project, name=name, severity=severity, created_by=by, **more)
    mode.versions.create(number=1, created_by=by, **{**vars(words), "name": name})
    return mode


def tidy(name: str) -> str:
    """Blanks around and in the middle of a name say nothing."""
    return " ".join(name.split())


def _offered(project: Project, name: str) -> FailureMode | None:
    return FailureMode.objects.filter(
        project=project, name__iexact=name, merged_into=None, retired_at=None
    ).first()


def _taken(project: Project, name: str) -> FailureMode | None:
    """Who has the name; one that is out of sight gives it up."""
    found = _offered(project, name)
    if found and not FailureMode.objects.filter(in_sight(), pk=found.pk).exists():
        FailureMode.objects.filter(pk=found.pk).update(retired_at=timezone.now())
        return None
    return found


def confirm(*modes: int) -> None:
    """It stays, also when the answer that named it is taken back."""
    FailureMode.objects.filter(pk__in=modes, unconfirmed=True).update(unconfirmed=False)


@begins_anew
@transaction.atomic
def reword(
    mode: FailureMode, words: Words, *, severity: str, seen: int, by: User
) -> tuple[FailureModeVersion, bool]:
    """The newest version if it says this, else a new one; and whether it is new.

    What was seen under the older wording becomes stale. `seen` is the number of the version that the
    writer had before them. Raises ChangedMeanwhile, NameTaken.
    """
    row = FailureMode.objects.select_for_update(no_key=True).get(pk=mode.pk)
    newest = newest_version(row)
    if newest.number != seen:
        raise ChangedMeanwhile
    confirm(row.pk)
    told = {**vars(words), "name": tidy(words.name)}
    other = _taken(row.project, told["name"])
    if row.offered and other and other.pk != row.pk:
        raise NameTaken(other)
    row.severity, row.name = severity, told["name"]
    row.save(update_fields=["severity", "name"])
    if all(_same(getattr(newest, name), told[name]) for name in WORDS):
        return newest, False
    return row.versions.create(number=newest.number + 1, created_by=by, **told), True


def _same(old: str, new: str) -> bool:
    """Forms send other line ends than programs."""
    return old.replace("\r\n", "\n").strip() == new.replace("\r\n", "\n").strip()


def newest_version(mode: FailureMode) -> FailureModeVersion:
    """The wording in force."""
    return mode.versions.order_by("-number")[:1].get()


@transaction.atomic
def merge(mode: FailureMode, into: FailureMode) -> None:
    """From now on what was seen of `mode` counts for `into`. Raises Circle."""
    Project.objects.select_for_update(no_key=True).get(pk=mode.project_id)  # one merger at a time
    roots = roots_of(mode.project)
    if roots[into.pk] == mode.pk or into.pk == mode.pk:
        raise Circle
    confirm(into.pk)
    FailureMode.objects.filter(pk=mode.pk).update(merged_into=into, unconfirmed=False)


def unmerge(mode: FailureMode) -> None:
    """On its own again. Raises NameTaken when another one took its name meanwhile."""
    _come_back(mode, merged_into=None)


def retire(mode: FailureMode, now: datetime) -> None:
    """No longer offered; what was seen stays."""
    FailureMode.objects.filter(pk=mode.pk).update(retired_at=now, unconfirmed=False)


def bring_back(mode: FailureMode) -> None:
    """Offered again. Raises NameTaken when another one took its name meanwhile."""
    _come_back(mode, retired_at=None)


def _come_back(mode: FailureMode, **change: None) -> None:
    with transaction.atomic():
        confirm(mode.pk)
        other = _taken(mode.project, mode.name)
        if other and other.pk != mode.pk:
            raise NameTaken(other)
        FailureMode.objects.filter(pk=mode.pk).update(**change)


def fix(mode: FailureMode, version: str, now: datetime) -> None:
    """Said to be mended by this prompt or model version. Raises SeenInIt."""
    newest = newest_in(mode)
    if newest and version in newest[1]:
        raise SeenInIt(newest[0])
    FailureMode.objects.filter(pk=mode.pk).update(fixed_at=now, fixed_in=version, unconfirmed=False)


def open_again(mode: FailureMode) -> None:
    FailureMode.objects.filter(pk=mode.pk).update(fixed_at=None, fixed_in="")


@begins_anew
@transaction.atomic
def split(mode: FailureMode, words: Words, items: Sequence[Item], *, by: User) -> FailureMode:
    """A new mode that takes over what was seen on these items, whoever saw it. Raises NameTaken, TooMany."""
    if taken := _taken(mode.project, tidy(words.name)):
        raise NameTaken(taken)
    confirm(mode.pk)
    new = _make(mode.project, words, mode.severity, by, split_from=mode)
    version = newest_version(new)
    rows = list(
        Sighting.objects.select_for_update(no_key=True)
        .filter(mode=mode, item__in=items, current=True, present=True)
        .order_by("pk")
    )
    sightings.move(rows, version)
    return new
