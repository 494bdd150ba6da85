"""A day's structural changes as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from annotator.models import Project
from drift.models import StructuralChange, StructuralDay
from drift.queries import structural
from drift.structure.feature import Shape
from drift.structure.registry import FEATURES
from drift.structure.telling import each_once
from drift.web import structure_charts as charts
from drift.web import structure_said
from drift.web import structure_words as words
from feedback.models import Interaction

FIRST = 4  # changes that are shown at once


@dataclass(frozen=True)
class Example:
    """A row of the log; None where the log has lost it."""

    id: UUID
    row: Interaction | None
    preview: str


@dataclass(frozen=True)
class Shown:
    """One change. `then`, `now` with their ranges in words; a picture of one of two kinds."""

    change: StructuralChange
    sentence: str
    title: str
    side: str
    then: str
    then_range: str
    now: str
    now_range: str
    bars: charts.Bars | None
    lines: Sequence[charts.Line]
    then_rows: Sequence[Example]
    now_rows: Sequence[Example]


@dataclass(frozen=True)
class Quiet:
    """A line of the table of all features."""

    title: str
    side: str
    then: str
    now: str
    state: str
    told: bool


@dataclass(frozen=True)
class StructurePage:
    day: StructuralDay | None
    notes: Sequence[str]
    changes: Sequence[Shown]
    features: Sequence[Quiet]

    @property
    def first(self) -> Sequence[Shown]:
        return self.changes[:FIRST]

    @property
    def more(self) -> Sequence[Shown]:
        return self.changes[FIRST:]

    @property
    def judged(self) -> bool:
        return self.day is not None and self.day.judged is not None and not self.day.judged["why"]


def page_of(
    project: Project, changes: Sequence[StructuralChange], day: StructuralDay | None, *, week: bool = True
) -> StructurePage:
    """`week`: whether to say what weekdays are compared with."""
    zone = structural.zone(project)
    known = [one for one in changes if words.known(one)]
    told = _in_order([one for one in known if one.alarm])
    ids = [key for one in told for key in (*one.then_rows, *one.now_rows)]
    rows = structural.rows_of(project, ids) if ids else {}
    return StructurePage(
        day,
        words.notes(day, week=week),
        [_shown(one, rows, zone) for one in told],
        [_quiet(one) for one in known],
    )


def _in_order(changes: Sequence[StructuralChange]) -> list[StructuralChange]:
    """As the registry has them: all are sure, and what comes first there says most."""
    order = {key: at for at, key in enumerate(FEATURES)}
    return sorted(each_once(changes), key=lambda one: order[words.feature_of(one).key])


def _shown(change: StructuralChange, rows: dict[UUID, Interaction], zone: ZoneInfo) -> Shown:
    feature, facts = words.feature_of(change), change.facts
    bars = charts.histogram(feature, facts["chart"]) if feature.shape == Shape.AMOUNT else None
    lines: list[charts.Line] = []
    if feature.shape == Shape.SHARE:
        spans = [facts["then_range"], facts["now_range"]]
        lines = charts.lines([_(feature.title)], [["", change.then or 0, change.now or 0]], spans)
    elif feature.shape == Shape.CATEGORY:
        lines = charts.lines(
            [words.category(feature, name) for name, _t, _n in facts["chart"]], facts["chart"]
        )
    return Shown(
        change, words.sentence(change, zone), _(feature.title), _(words.SIDES[feature.side]),
        words.value(change, change.then or 0), words.span(change, *facts["then_range"]),
        words.value(change, change.now or 0), words.span(change, *facts["now_range"]), bars, lines,
        [_example(key, rows, change) for key in change.then_rows],
        [_example(key, rows, change) for key in change.now_rows],
    )  # fmt: skip


def _example(key: UUID, rows: dict[UUID, Interaction], change: StructuralChange) -> Example:
    row = rows.get(key)
    if row is None:
        return Example(key, None, "")
    return Example(
        key, row, row.input_preview if change.side == "input" else row.output_preview or row.error[:240]
    )


def _quiet(change: StructuralChange) -> Quiet:
    feature, facts = words.feature_of(change), change.facts
    if change.then is None or change.now is None:
        then = now = ""
    else:
        then, now = words.value(change, change.then), words.value(change, change.now)
    state = _("changed") if change.alarm else _("no change")
    if not change.alarm and facts.get("small"):
        state = _("changed, but too little to matter")
    return Quiet(structure_said.title(change), _(words.SIDES[feature.side]), then, now, state, change.alarm)
