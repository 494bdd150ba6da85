"""What follows from signals: verdicts on suggestions, at once; labels and pairs, by a job.

A suggestion's row is locked, all its signals are folded anew, and the outcome is written: so late,
early and repeated events, and several at the same time, end in the same state.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from annotator.models import Project
from annotator.queries.datasets import tested
from feedback import verdicts
from feedback.models import Polarity, Signal, Suggestion
from feedback.queries.examples import tells
from feedback.verdicts import Event

FIELDS = (
    *("shown_at", "verdict", "verdict_at", "final_value", "answer_ms", "edit_distance"),
    *("labelled", "learned_at", "held_out"),
)
TELLING = ("shown", *verdicts.VERDICTS)  # all others change no suggestion, and may be very many


def suggestions(project: Project, names: Iterable[str]) -> list[Suggestion]:
    """Those among the interactions of these external ids that are suggestions, brought up to date."""
    ids = [found for name in names if (found := _as_id(name))]
    if not ids:
        return []
    rows = list(
        Suggestion.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids, task__project=project)
        .defer("text")
        .order_by("pk")
    )
    events = events_of(project, [str(row.pk) for row in rows], kinds=TELLING)
    silent = [row for row in rows if not tells(row)]
    changed = [row for row in rows if _apply(row, events[str(row.pk)])]
    _hold_out(project, [row for row in silent if tells(row) and not row.held_out])
    Suggestion.objects.bulk_update(changed, FIELDS, batch_size=500)
    _unseen(project, rows)
    return rows


def _hold_out(project: Project, new: list[Suggestion]) -> None:
    """What is in the test split of a dataset becomes no example. One that was an example before claims its input."""
    if not new:
        return
    texts = dict(Suggestion.objects.filter(pk__in=[row.pk for row in new]).values_list("pk", "text"))
    known = tested(project, texts.values())
    for row in new:
        row.held_out = texts[row.pk] in known


def _unseen(project: Project, rows: list[Suggestion]) -> None:
    """Whoever chose alone, with nothing to see, has ignored nothing: that is no word on any output."""
    names = [str(row.pk) for row in rows if row.hidden or not row.value]
    if names:
        ignored = Signal.objects.filter(project=project, interaction__in=names, kind="ignored")
        ignored.exclude(polarity=Polarity.NEUTRAL).update(polarity=Polarity.NEUTRAL)


def events_of(
    project: Project, names: list[str], kinds: Sequence[str] | None = None
) -> dict[str, list[Event]]:
    """The signals of these interactions, by external id: all, or those of some kinds."""
    found: dict[str, list[Event]] = defaultdict(list)
    rows = Signal.objects.filter(project=project, interaction__in=names)
    for one in rows if kinds is None else rows.filter(kind__in=kinds):
        found[one.interaction].append(Event(one.event_id, one.kind, one.occurred_at, one.value))
    return found


def _apply(row: Suggestion, events: list[Event]) -> bool:
    """Whether that changes anything."""
    before = [getattr(row, name) for name in FIELDS]
    state = verdicts.fold(events, row.value or None)
    final = state.final or (row.value if state.verdict == "accepted" else "")
    if (row.verdict, row.final_value) != (state.verdict, final):
        row.labelled = False
        row.learned_at = timezone.now()
    row.shown_at, row.verdict, row.verdict_at = state.shown_at, state.verdict, state.at
    row.final_value, row.answer_ms, row.edit_distance = final, state.ms, state.edit_distance
    return before != [getattr(row, name) for name in FIELDS]


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
