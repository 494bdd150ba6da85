"""What a check came to: who looked and how long, how outputs failed, what is new, what earlier notes say."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum

from annotator.models import Answer, Label, Project, Rater, RaterKind
from feedback.models import Expectation, FailureMode, InternAnswer, Sighting, VibeCheck
from feedback.queries.merged import roots_of
from feedback.queries.modes import counts

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Looker:
    """Somebody who looked: at how many items, for how many minutes that were measured (None: none were)."""

    name: str
    items: int
    minutes: int | None


@dataclass(frozen=True)
class Failed:
    """A mode with the check's items that showed it. `hits`: those of them that are such in its rates.
    `new`: nobody had seen it before that day, whatever came since."""

    mode: FailureMode
    shown: frozenset[int]
    hits: frozenset[int]
    new: bool

    @property
    def items(self) -> int:
        return len(self.shown)


@dataclass(frozen=True)
class Digest:
    """`minutes`: of all lookers; None where nothing was measured. `interns`: by answer, how many."""

    lookers: list[Looker]
    modes: list[Failed]
    expectations: int
    interns: dict[str, int]

    @property
    def is_any(self) -> bool:
        """Whether there is anything to tell. Answers that were imported have no looker, and may fail in named ways."""
        return bool(self.lookers or self.modes or self.expectations)

    @property
    def minutes(self) -> int | None:
        known = [one.minutes for one in self.lookers if one.minutes is not None]
        return sum(known) if known else None

    @property
    def new(self) -> list[Failed]:
        return [one for one in self.modes if one.new]


def digest(check: VibeCheck) -> Digest:
    """Eight queries, whatever was seen."""
    interns = InternAnswer.objects.filter(item__queue=check.queue_id, current=True)
    counted = interns.values("answer").annotate(n=Count("pk")).values_list("answer", "n")
    return Digest(
        lookers=_lookers(check),
        modes=_modes(check),
        expectations=Expectation.objects.filter(item__queue=check.queue_id, current=True).count(),
        interns=dict(counted.order_by("answer")),
    )


def _lookers(check: VibeCheck) -> list[Looker]:
    labels = Label.objects.filter(queue=check.queue_id, rater__kind=RaterKind.HUMAN)
    rows = (
        labels.exclude(answer__in=(Answer.UNDO, Answer.SKIP))
        .values_list("rater")
        .annotate(items=Count("item", distinct=True), ms=Sum("ms"))
        .order_by("-items", "rater")
    )
    found = list(rows)
    raters = Rater.objects.select_related("user").in_bulk([rater for rater, *_counts in found])
    return [Looker(_name(raters[rater]), items, _minutes(ms)) for rater, items, ms in found]


def _name(rater: Rater) -> str:
    return rater.user.shown_name if rater.user else rater.name


def _minutes(ms: int | None) -> int | None:
    return None if ms is None else max(1, round(ms / 60_000))


def _modes(check: VibeCheck) -> list[Failed]:
    roots = roots_of(check.project)
    seen = Sighting.objects.filter(item__queue=check.queue_id, current=True, present=True)
    items: dict[int, set[int]] = {}
    hits: dict[int, set[int]] = {}
    for mode, item, is_hit in seen.annotate(is_hit=counts()).values_list("mode", "item", "is_hit"):
        items.setdefault(roots[mode], set()).add(item)
        if is_hit:
            hits.setdefault(roots[mode], set()).add(item)
    known = FailureMode.objects.in_bulk(list(items))
    before = _seen_before(check, [mode for mode, root in roots.items() if root in items])
    old = {roots[mode] for mode in before}
    found = [
        Failed(known[root], frozenset(shown), frozenset(hits.get(root, ())), root not in old)
        for root, shown in items.items()
    ]
    return sorted(found, key=lambda one: (-one.items, one.mode.pk))


def _seen_before(check: VibeCheck, modes: list[int]) -> set[int]:
    """Of these, the modes that something showed in a check of an earlier day, or that somebody had seen
    elsewhere when this one was drawn: what comes later makes nothing of that day less new."""
    rows = Sighting.objects.filter(mode__in=modes, present=True)
    earlier = Q(item__queue__vibe_check__day__lt=check.day, current=True)
    elsewhere = Q(item__queue__vibe_check=None, created_at__lt=check.drawn_at)
    anew = Q(current=True) | Q(ended_by__present=True)  # said again since, under another wording
    rows = rows.filter(earlier | (elsewhere & anew))
    return set(rows.values_list("mode", flat=True).distinct())


def earlier_notes(project: Project, *, before: date) -> list[VibeCheck]:
    """The newest hand-over note before a day, and the newest that is at least a week older. Two queries."""
    noted = VibeCheck.objects.filter(project=project).exclude(note="").select_related("finished_by")
    newest = noted.filter(day__lt=before).order_by("-day").first()
    week = noted.filter(day__lte=before - WEEK).order_by("-day").first()
    return [check for check in (newest, week if week != newest else None) if check]
