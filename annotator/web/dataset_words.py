"""Datasets in words: their filters, their rows, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.datasets import narrowings, registry
from annotator.datasets.content import Mark as Span
from annotator.datasets.content import Row
from annotator.datasets.filters import PEOPLE, Filters
from annotator.datasets.told import SPLITS
from annotator.models import DatasetRow, Project, Queue, RaterKind
from annotator.queries.datasets import Listed
from annotator.web.item_parts import Part
from annotator.web.payload.marked import Mark
from annotator.web.render import documents_html, is_given, marked_payload_html

CHANGES = {
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "label": gettext_lazy("Another label"),
    "texts": gettext_lazy("Other texts"),
    "split": gettext_lazy("Moved to another split"),
}
DUPLICATES = {
    "near": gettext_lazy("the same and nearly the same left out"),
    "exact": gettext_lazy("the same left out"),
    "keep": gettext_lazy("duplicates kept"),
}


@dataclass(frozen=True)
class ShownRow:
    """`input`: what it was asked; `texts`: what was made."""

    row: DatasetRow
    input: str
    texts: Sequence[str]


def shown_rows(found: Sequence[Listed]) -> list[ShownRow]:
    return [ShownRow(one.row, one.input or one.row.key, one.made) for one in found]


def filters_in_words(filters: Filters, project: Project) -> list[tuple[str, str]]:
    """(what, which) of each that was set, and how it is divided."""
    names = {one.name: str(one.title) for one in registry.sources()}
    usual = [one.name for one in registry.taken(filters)]
    kinds = dict(RaterKind.choices)
    queues: Mapping[str, str] = {}
    if filters.queues:
        rows = Queue.objects.filter(project=project, pk__in=filters.queues).values_list("pk", "name")
        queues = {str(key): name for key, name in rows}
    told = [
        (_("Rows"), ", ".join(names.get(one, one) for one in filters.sources or usual)),
        (_("Queues"), ", ".join(queues.get(one, one) for one in filters.queues)),
        (_("Questions"), ", ".join(filters.questions)),
        (_("Features"), ", ".join(filters.features)),
        *_narrowed(filters, project),
        (
            _("Whose answers"),
            ", ".join(str(kinds[kind]) for kind in filters.rater_kinds)
            if filters.rater_kinds != PEOPLE
            else "",
        ),
        (_("Answers at least"), str(filters.min_votes) if filters.min_votes > 1 else ""),
        (_("Agreement at least"), f"{round(100 * filters.agreement)} %" if filters.agreement else ""),
        (_("Consensus"), _("several people, or adjudicated") if filters.consensus else ""),
        (_("Labelled"), _days(filters)),
        (_("Duplicates"), str(DUPLICATES[filters.duplicates])),
        (_("Train, dev, test"), f"{filters.train} / {filters.dev} / {filters.test} %"),
    ]
    return [(what, which) for what, which in told if which]


def _narrowed(filters: Filters, project: Project) -> list[tuple[str, str]]:
    """Of each narrowing, under its name, what was chosen; as it is stored where nobody knows it any more."""
    found = []
    for one in narrowings.narrowings():
        if values := filters.within.get(one.name, ()):
            names = dict(one.options(project, values))
            found.append((str(one.title), ", ".join(names.get(value, value) for value in values)))
    return found


def _days(filters: Filters) -> str:
    if filters.since and filters.until:
        return _("from %(since)s until %(until)s") % {"since": filters.since, "until": filters.until}
    if filters.since:
        return _("from %(since)s") % {"since": filters.since}
    return _("until %(until)s") % {"until": filters.until} if filters.until else ""


def labels_by_split(counts: Mapping[str, Any]) -> list[tuple[str, list[int], int]]:
    """(label, rows in each split, in all), the most frequent first."""
    by_split = counts["labels"]
    labels = dict.fromkeys(label for split in SPLITS for label in by_split[split])
    rows = [(label, [by_split[split].get(label, 0) for split in SPLITS]) for label in labels]
    return sorted(((label, each, sum(each)) for label, each in rows), key=lambda row: (-row[2], row[0]))


def parts_of(row: Row) -> list[Part]:
    """The texts of a row, with what was marked."""
    marks: dict[str, list[Mark]] = {}
    for mark in row.marks:
        marks.setdefault(mark.part, []).append(_mark(mark))
    found = []
    if is_given(row.input):
        found.append(_part("input", _("Input"), row.input, marks))
    if documents := documents_html(row.context):
        found.append(Part("context", _("Documents"), documents))
    if row.kind == "preference":
        return [
            *found,
            _part("left", _("Left"), row.left, marks, row.left_variant),
            _part("right", _("Right"), row.right, marks, row.right_variant),
        ]
    title = _("What is right") if row.kind == "demonstration" else _("Output")
    found.append(_part("output", title, row.output, marks))
    if row.rejected is not None:
        found.append(_part("rejected", _("What it took the place of"), row.rejected, marks))
    return found


def _mark(mark: Span) -> Mark:
    return Mark(mark.start, mark.end, mark.kind)


def _part(name: str, title: str, value: object, marks: dict[str, list[Mark]], variant: str = "") -> Part:
    return Part(name, title, marked_payload_html(value, sorted(marks.get(name, ()), key=_start)), variant)


def _start(mark: Mark) -> tuple[int, int]:
    return mark.start, mark.end
