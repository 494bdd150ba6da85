"""Whether a project gets better: the last four weeks against the four before, figure by figure.

What rests on a sample has an interval, and says that it changed only where that of the change leaves 0
out (`annotator.stats.change`). What is counted whole is told as it is, without a word. The number of
queries does not depend on how much there is.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import connection
from django.db.models import Case, Count, DateTimeField, Q, Sum, Value, When
from django.utils.formats import number_format

from annotator import access
from annotator.models import Membership, Project, Queue
from annotator.queries import over_time
from annotator.stats import change as changes
from annotator.stats.change import Word
from annotator.stats.intervals import Estimate, wilson
from feedback import days
from feedback.models import Assertion, AssertionDay, AssertionVersion, Suggestion, Verdict, VibeCheck
from feedback.periods import LONG, Periods
from feedback.queries import modes, rates
from feedback.queries.estimates import ANSWERS, Given, days_rate, groups_of
from feedback.queries.shifts import zone_of
from feedback.queries.tally import PATIENCE
from feedback.services import assertions

MOST_VERSIONS = 8
MOST_NAMED = 6
MOST_TASKS = 5

VERSION = "CASE WHEN json_typeof(m.metadata) = 'object' THEN coalesce(m.metadata->>'{}', '') ELSE '' END"
ANSWERED = f"""
    SELECT a.queue_id, a.stratum, a.chance, a.item_id, a.bad,
           {VERSION.format("prompt_version")}, {VERSION.format("model")}
    FROM ({ANSWERS}) a JOIN annotator_item m ON m.id = a.item_id
    WHERE a.answer IN ('yes', 'no')"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Figure:
    """A rate of the last four weeks and of the four before."""

    now: Estimate
    before: Estimate
    less_is_better: bool

    @cached_property
    def change(self) -> Estimate:
        return changes.difference(self.now, self.before)

    @property
    def word(self) -> Word:
        return changes.word(self.change, less_is_better=self.less_is_better)


@dataclass(frozen=True)
class OfVersion:
    """The failure rate of one version of the product. `first` and `last`: days on which it was drawn."""

    prompt_version: str
    model: str
    estimate: Estimate
    first: date
    last: date


@dataclass(frozen=True)
class Failures:
    """`weeks`: the oldest first. `versions`: the one that came last first, of the last eight weeks."""

    figure: Figure
    weeks: list[rates.OfWeek]
    versions: list[OfVersion]
    more_versions: int = 0

    @cached_property
    def newest(self) -> Figure | None:
        """The newest version against the one before it."""
        if len(self.versions) < 2:
            return None
        return Figure(self.versions[0].estimate, self.versions[1].estimate, less_is_better=True)


def failures(project: Project, periods: Periods) -> Failures:
    """Two queries."""
    checks = rates.recent_checks(project, today=periods.today)
    given, bad, version_of = _answered(checks)
    lately = [one for one in checks if one.day >= periods.first]
    before = [one for one in checks if periods.first_before <= one.day < periods.first]
    versions = _versions([*before, *lately], given, bad, version_of)
    return Failures(
        Figure(_rate(lately, given, bad), _rate(before, given, bad), less_is_better=True),
        rates.by_week(checks, bad, given),
        versions[:MOST_VERSIONS],
        max(0, len(versions) - MOST_VERSIONS),
    )


def _answered(checks: Sequence[VibeCheck]) -> tuple[Given, frozenset[int], dict[int, tuple[str, str]]]:
    """The answered items with their chances, those that are not good, and the versions that made them."""
    given: Given = {}
    bad, version_of = set(), {}
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, [[check.queue_id for check in checks]])
        for queue, stratum, chance, item, is_bad, prompt_version, model in cursor.fetchall():
            given.setdefault((queue, stratum), []).append((chance, item))
            if is_bad:
                bad.add(item)
            if prompt_version or model:
                version_of[item] = (prompt_version, model)
    return given, frozenset(bad), version_of


def _rate(checks: Sequence[VibeCheck], given: Given, bad: frozenset[int]) -> Estimate:
    return days_rate([(check, groups_of(check, given, bad)) for check in checks])


def _versions(
    checks: Sequence[VibeCheck], given: Given, bad: Collection[int], version_of: dict[int, tuple[str, str]]
) -> list[OfVersion]:
    day_of = {check.queue_id: check.day for check in checks}
    own = {key: rows for key, rows in given.items() if key[0] in day_of}
    seen: dict[tuple[str, str], set[date]] = {}
    for (queue, _stratum), rows in own.items():
        for _chance, item in rows:
            if item in version_of:
                seen.setdefault(version_of[item], set()).add(day_of[queue])
    found = [
        OfVersion(*key, estimate, min(seen[key]), max(seen[key]))
        for key, estimate in rates.by_key(checks, version_of, bad, own).items()
    ]
    return sorted(found, key=lambda one: (one.first, one.last, one.prompt_version, one.model), reverse=True)


@dataclass(frozen=True)
class Labels:
    """Answers that people gave, by day, the oldest first."""

    by_day: list[tuple[date, int]]

    @property
    def lately(self) -> list[tuple[date, int]]:
        return self.by_day[-LONG:]

    @property
    def now(self) -> int:
        return sum(n for _day, n in self.lately)

    @property
    def before(self) -> int:
        return sum(n for _day, n in self.by_day[:-LONG])

    @property
    def a_day(self) -> str:
        """On average, with a tenth where there are few."""
        found = self.now / LONG
        if 0 < found < 0.05:
            return "<0.1"
        digits = 1 if 0 < found < 9.95 else 0
        return number_format(round(found, digits), decimal_pos=digits, force_grouping=True)

    @property
    def most(self) -> int:
        return max(n for _day, n in self.lately)


def labels(project: Project, periods: Periods) -> Labels:
    counts = over_time.labels_between(project, periods.edges)
    return Labels(list(zip(periods.all_days, counts, strict=True)))


@dataclass(frozen=True)
class Agreement:
    """`queue`: where it was measured last."""

    figure: Figure
    several: int
    queue: Queue | None


def agreement(me: Membership, periods: Periods) -> Agreement | None:
    """None for somebody who must not know yet how others answered. Four queries."""
    edges = [periods.began, periods.begins, periods.edges[-1]]
    before, now = over_time.agreed_between(me.project, edges)
    newest = now.newest or before.newest
    several = Queue.objects.filter(project=me.project, overlap__gt=1)
    if access.is_blind_to_any(me, list(several.values_list("pk", flat=True))):
        return None
    figure = Figure(now.share, before.share, less_is_better=False)
    return Agreement(figure, now.several, newest.queue if newest else None)


@dataclass(frozen=True)
class OfTask:
    """How many of a task's suggestions that people saw and judged they took as they were."""

    key: str
    name: str
    figure: Figure


def accepted(project: Project, periods: Periods, now: datetime) -> list[OfTask]:
    """The task with the most verdicts first. What is so young that somebody may still answer counts
    nowhere. One query."""
    rows = (
        Suggestion.objects.filter(task__project=project, created_at__gte=periods.began, hidden=False)
        .exclude(value="")
        .exclude(verdict="")
        .exclude(shown_at__gt=Value(now, DateTimeField()) - PATIENCE)
        .annotate(newer=Case(When(created_at__gte=periods.begins, then=Value(1)), default=Value(0)))
    )
    taken = Count("pk", filter=Q(verdict=Verdict.ACCEPTED))
    found: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}
    for key, name, newer, n, hits in rows.values_list("task__key", "task__name", "newer").annotate(
        n=Count("pk"), hits=taken
    ):
        found.setdefault((key, name), {})[newer] = (hits, n)
    tasks = sorted(found.items(), key=lambda one: (-sum(n for _hits, n in one[1].values()), one[0]))
    return [
        OfTask(
            key,
            name,
            Figure(wilson(*counts.get(1, (0, 0))), wilson(*counts.get(0, (0, 0))), less_is_better=False),
        )
        for (key, name), counts in tasks[:MOST_TASKS]
    ]


@dataclass(frozen=True)
class Moved:
    """An assertion that fails clearly more or less often than before."""

    assertion: Assertion
    now: Estimate
    before: Estimate
    word: Word


@dataclass(frozen=True)
class Assertions:
    """`failing`: how many that run failed something in the last four weeks; `compared`: of how many that is
    known in both periods. A new version begins anew."""

    running: int
    added: int
    added_before: int
    checked: int
    failing: int
    compared: int
    moved: list[Moved]


def asserted(project: Project, periods: Periods) -> Assertions:
    """Three queries."""
    added = Assertion.objects.filter(project=project, created_at__gte=periods.began).aggregate(
        now=Count("pk", filter=Q(created_at__gte=periods.begins)), all=Count("pk")
    )
    versions = list(assertions.enabled(project))
    now, before = _outcomes(versions, periods)
    both = [one for one in versions if now[one.pk].total() and before[one.pk].total()]
    moved = [_moved(one, now[one.pk], before[one.pk], len(both)) for one in both]
    return Assertions(
        len(versions),
        added["now"],
        added["all"] - added["now"],
        sum(now[one.pk].total() for one in versions),
        sum(now[one.pk]["failed"] > 0 for one in versions),
        len(both),
        sorted(
            (one for one in moved if one.word in {"better", "worse"}),
            key=lambda one: (one.word != "worse", one.assertion.name),
        ),
    )


Outcomes = dict[int, Counter[str]]  # by version: passed and failed


def _outcomes(versions: Sequence[AssertionVersion], periods: Periods) -> tuple[Outcomes, Outcomes]:
    rows = AssertionDay.objects.filter(
        version__in=versions, day__gte=periods.first_before, day__lte=periods.today
    )
    summed = (
        rows.annotate(now=Case(When(day__gte=periods.first, then=Value(1)), default=Value(0)))
        .values_list("version", "now")
        .annotate(Sum("passed"), Sum("failed"))
    )
    found: tuple[Outcomes, Outcomes] = (
        {one.pk: Counter() for one in versions},
        {one.pk: Counter() for one in versions},
    )
    for version, now, passed, failed in summed:
        found[0 if now else 1][version].update(passed=passed, failed=failed)
    return found


def _moved(version: AssertionVersion, now: Counter[str], before: Counter[str], of: int) -> Moved:
    ours, theirs = (changes.of_several(one["failed"], one.total(), of) for one in (now, before))
    word = changes.word(changes.difference(ours, theirs), less_is_better=True)
    return Moved(
        version.assertion,
        wilson(now["failed"], now.total()),
        wilson(before["failed"], before.total()),
        word,
    )


@dataclass(frozen=True)
class Modes:
    """`open`: what was seen most lately first. Counts are of all there are, not of a sample."""

    open: list[modes.Seen]
    before: int
    found: int
    mended: int

    @property
    def back(self) -> int:
        return sum(one.state == "back" for one in self.open)

    @property
    def named(self) -> list[modes.Seen]:
        return self.open[:MOST_NAMED]


def open_modes(project: Project, periods: Periods) -> Modes:
    """Four queries."""
    seen, then = modes.seen_modes(project), periods.begins
    return Modes(
        [one for one in seen if one.state in {"open", "back"}],
        sum(_was_open(one, then) for one in seen),
        sum(one.mode.created_at >= then for one in seen),
        sum(one.state == "fixed" and (one.mode.fixed_at or then) > then for one in seen),
    )


def _was_open(one: modes.Seen, then: datetime) -> bool:
    mode = one.mode
    ended = [at for at in (mode.fixed_at, mode.retired_at) if at is not None]
    return mode.created_at < then and not any(at < then for at in ended)


@dataclass(frozen=True)
class Better:
    """All that the page tells."""

    periods: Periods
    failures: Failures
    labels: Labels
    agreement: Agreement | None
    tasks: list[OfTask]
    assertions: Assertions
    datasets: over_time.Datasets
    modes: Modes


def better(me: Membership, now: datetime) -> Better:
    project = me.project
    zone = zone_of(project)
    periods = Periods(days.day_of(now, zone), zone)
    return Better(
        periods,
        failures(project, periods),
        labels(project, periods),
        agreement(me, periods),
        accepted(project, periods, now),
        asserted(project, periods),
        over_time.datasets_since(project, periods.began, periods.begins),
        open_modes(project, periods),
    )
