"""A project's list of what can be wrong with a text that somebody marks."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from annotator.models import DefectKind, Project

MOST = 30


class TooMany(ValueError):
    """A list that nobody reads to its end while marking."""


def ensure_defect_kinds(project: Project) -> None:
    """A project that has none yet begins with the three of the literature on faithfulness."""
    if DefectKind.objects.filter(project=project).exists():
        return
    first = (
        ("factual-inconsistency", _("Factual inconsistency")),
        ("irrelevance", _("Irrelevance")),
        ("style", _("Style")),
    )
    DefectKind.objects.bulk_create(
        (DefectKind(project=project, key=key, name=name, position=n) for n, (key, name) in enumerate(first)),
        ignore_conflicts=True,  # somebody else did the same in this moment
    )


@transaction.atomic
def add_defect_kind(project: Project, name: str) -> DefectKind:
    """At the end of the list. One of the same key that was retired comes back under this name."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    ensure_defect_kinds(project)
    kinds = DefectKind.objects.filter(project=project)
    key = slugify(name)[:60] or f"kind-{kinds.count() + 1}"
    if known := kinds.filter(key=key).first():
        known.name, known.retired_at = name, None
        known.save()
        return known
    if kinds.filter(retired_at=None).count() >= MOST:
        raise TooMany
    last = kinds.aggregate(last=Max("position"))["last"]
    return DefectKind.objects.create(
        project=project, key=key, name=name, position=0 if last is None else last + 1
    )


def rename_defect_kind(kind: DefectKind, name: str) -> None:
    """Its key stays, so that marks mean the same."""
    DefectKind.objects.filter(pk=kind.pk).update(name=name)


def retire_defect_kind(kind: DefectKind) -> None:
    """Nobody gets it offered any more; marks with it stay."""
    DefectKind.objects.filter(pk=kind.pk, retired_at=None).update(retired_at=timezone.now())


def restore_defect_kind(kind: DefectKind) -> None:
    DefectKind.objects.filter(pk=kind.pk).update(retired_at=None)
