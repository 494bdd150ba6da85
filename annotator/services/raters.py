"""Who a label is from: found or made once, whoever asks at the same time."""

from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction

from annotator.models import ApiKey, Project, Rater, RaterKind, User

# Raters are never deleted while their project stands, so what was once read stays true.
# A hint per process: it saves a query on each label, and may be empty at any time.
_known: dict[tuple[object, ...], Rater] = {}
MOST_KNOWN = 10_000


def rater_of(project: Project, user: User) -> Rater:
    """The rater of a signed-in person."""
    key = (project.pk, user.pk)
    if (known := _known.get(key)) is not None:
        return known
    found = Rater.objects.filter(project=project, user=user).first()
    if found is None:
        found = _make(
            Rater(project=project, user=user, kind=RaterKind.HUMAN, name=user.shown_name[:150])
        ) or Rater.objects.get(project=project, user=user)
    return _remember(key, found)


def named_rater(project: Project, name: str, kind: str = RaterKind.MODEL) -> Rater:
    """The rater that a program gives labels as."""
    key = (project.pk, kind, name)
    if (known := _known.get(key)) is not None:
        return known
    found = Rater.objects.filter(project=project, user=None, kind=kind, name=name).first()
    if found is None:
        found = _make(Rater(project=project, kind=kind, name=name)) or Rater.objects.get(
            project=project, user=None, kind=kind, name=name
        )
    return _remember(key, found)


def named_raters(project: Project, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Rater]:
    """The same for many, each by (kind, name), with one query for those that are there."""
    wanted = set(names)
    there = Rater.objects.filter(
        project=project,
        user=None,
        kind__in={kind for kind, _ in wanted},
        name__in={name for _, name in wanted},
    )
    found = {(rater.kind, rater.name): rater for rater in there}
    for kind, name in sorted(wanted - found.keys()):
        found[kind, name] = named_rater(project, name, kind)
    return found


def rater_of_key(key: ApiKey, name: str = "", kind: str = "") -> Rater:
    """The rater that a key's owner names, by default a model with the key's name."""
    return named_rater(key.project, name or key.name, kind or RaterKind.MODEL)


def _make(rater: Rater) -> Rater | None:
    """The saved rater; None when somebody else made it in this moment."""
    try:
        with transaction.atomic():
            rater.save(force_insert=True)
    except IntegrityError:
        return None
    return rater


def _remember(key: tuple[object, ...], rater: Rater) -> Rater:
    if not connection.in_atomic_block:  # a transaction may yet take the row back
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = rater
    return rater
