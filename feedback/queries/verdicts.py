"""What the verdicts on a task's suggestions say: rates over time, by version and by value; lift; anchoring.

Few queries, whatever their number; the statistics are those of `annotator.stats`. Rates of all
verdicts leave out what is young (see `tally`); what rests on answers alone counts each at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TypeVar

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet

from annotator.stats import medians
from annotator.stats.intervals import Estimate, newcombe, wilson
from feedback.days import monday_of
from feedback.models import Suggestion, SuggestionTask, Verdict
from feedback.queries.tally import Tally, grown, known

DAYS = 21  # by day up to this many, by week beyond
MOST_VALUES = 12
EXAMPLES = 3
MOST_LEARNED = 20_000  # suggestions of the learning curve, the newest
MOST_TIMES = 5_000

Key = TypeVar("Key")


@dataclass(frozen=True)
class Rates:
    """Of the suggestions that were seen and judged: shares of each verdict. `n` of them."""

    name: str
    n: int
    accepted: Estimate
    edited: Estimate
    rejected: Estimate
    ignored: Estimate
    day: date | None = None

    @classmethod
    def of(cls, name: str, counts: Counter[str], day: date | None = None) -> "Rates":
        n = sum(counts.values())
        shares = {verdict: wilson(counts[verdict], n) for verdict in Verdict.values}
        return cls(name, n, day=day, **shares)


SEEN = Q(hidden=False) & ~Q(value="") & ~Q(verdict="")


def seen(task: SuggestionTask) -> QuerySet[Suggestion]:
    """What people saw and judged."""
    return task.suggestions.filter(SEEN)


def overall(counted: Sequence[Tally]) -> Rates:
    return Rates.of("", _counts(known(counted)))


def over_time(counted: Sequence[Tally]) -> list[Rates]:
    """By day; by week when there are more than DAYS of them. The oldest first."""
    by_day = _by(grown(counted), lambda one: one.day)
    if len(by_day) > DAYS:
        by_day = _by(grown(counted), lambda one: monday_of(one.day))
    return [Rates.of("", by_day[day], day) for day in sorted(by_day)]


def by_version(task: SuggestionTask, counted: Sequence[Tally]) -> list[Rates]:
    """The newest version first, with its suggester."""
    rows = task.versions.select_related("taxonomy").defer("taxonomy__values")
    names = {one.pk: one for one in rows}
    found = _by(
        [one for one in grown(counted) if one.version in names],
        lambda one: (names[one.version].number, names[one.version].name, one.suggester),
    )
    return [
        Rates.of(f"{name} {suggester}", found[number, name, suggester])
        for number, name, suggester in sorted(found, reverse=True)
    ]


@dataclass(frozen=True)
class Wrong:
    """A value that people did not take: with what they chose instead, and examples."""

    rates: Rates
    instead: Sequence[tuple[str, int]]
    examples: Sequence[Suggestion]


def by_value(task: SuggestionTask) -> list[Wrong]:
    """The values that are most often not right when suggested: the lower end of the interval decides."""
    rows = seen(task).exclude(verdict=Verdict.IGNORED).values_list("value", "verdict")
    found: dict[str, Counter[str]] = {}
    for value, verdict, n in rows.annotate(n=Count("pk")):
        found.setdefault(value, Counter())[verdict] += n
    rates = [Rates.of(value, counts) for value, counts in found.items()]
    wrong = [one for one in rates if one.accepted.value is not None and one.accepted.value < 1]
    worst = sorted(wrong, key=lambda one: (one.accepted.high or 1.0, one.name))[:MOST_VALUES]
    instead = _instead(task, [one.name for one in worst])
    examples = _examples(task, [one.name for one in worst])
    return [Wrong(one, instead.get(one.name, ()), examples.get(one.name, ())) for one in worst]


def _instead(task: SuggestionTask, values: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    rows = seen(task).filter(value__in=values).exclude(final_value="").exclude(final_value=F("value"))
    found: dict[str, list[tuple[str, int]]] = {}
    for value, final, n in rows.values_list("value", "final_value").annotate(n=Count("pk")).order_by("-n"):
        if len(found.setdefault(value, [])) < EXAMPLES:
            found[value].append((final, n))
    return found


def _examples(task: SuggestionTask, values: Sequence[str]) -> dict[str, list[Suggestion]]:
    """The newest of each, by one reading: a value that is rare would be looked for through the whole index."""
    if not values:
        return {}
    rows = Suggestion.objects.raw(
        """SELECT s.id, s.text, s.value, s.final_value, s.verdict, s.confidence
           FROM feedback_suggestion s JOIN (
               SELECT id, row_number() OVER (PARTITION BY value ORDER BY created_at DESC) AS place
               FROM feedback_suggestion
               WHERE task_id = %s AND value = ANY(%s) AND NOT hidden AND verdict IN ('edited', 'rejected')
           ) newest USING (id) WHERE place <= %s ORDER BY place""",
        [task.pk, list(values), EXAMPLES],
    )
    found: dict[str, list[Suggestion]] = {}
    for row in rows:
        found.setdefault(row.value, []).append(row)
    return found


@dataclass(frozen=True)
class Lift:
    """Those who saw a suggestion against those from whom chance hid it.

    `same_seen`, `same_hidden`: how often the value that was chosen is the one that was proposed;
    `sway`: their difference. Seconds from the question to the choice, as medians; `saved`: how many
    less they were for those who saw it.
    """

    seen: int
    hidden: int
    same_seen: Estimate
    same_hidden: Estimate
    sway: Estimate
    seconds_seen: Estimate
    seconds_hidden: Estimate

    @property
    def saved(self) -> Estimate:
        """Below 0 where seeing it took longer."""
        return medians.difference(self.seconds_hidden, self.seconds_seen)


def lift(task: SuggestionTask, counted: Sequence[Tally]) -> Lift:
    """Only where a value was proposed and the person left with one."""
    rows = task.suggestions.exclude(value="").exclude(final_value="")
    n_seen, n_hidden = (sum(one.chosen for one in counted if one.hidden == it) for it in (False, True))
    same_seen, same_hidden = (sum(one.same for one in counted if one.hidden == it) for it in (False, True))
    return Lift(
        n_seen,
        n_hidden,
        wilson(same_seen, n_seen),
        wilson(same_hidden, n_hidden),
        newcombe(same_seen, n_seen, same_hidden, n_hidden),
        _seconds(rows.filter(hidden=False)),
        _seconds(rows.filter(hidden=True)),
    )


def _seconds(rows: QuerySet[Suggestion]) -> Estimate:
    """The median of the newest. A choice of the very moment of its question was brought in from elsewhere,
    and tells nothing."""
    times = rows.filter(verdict_at__gt=F("created_at")).order_by("-created_at")
    took = [
        one.total_seconds()
        for one in times.values_list(F("verdict_at") - F("created_at"), flat=True)[:MOST_TIMES]
    ]
    return medians.with_interval(took)


RIGHT = ExpressionWrapper(Q(final_value=F("value")) & ~Q(verdict=Verdict.REJECTED), BooleanField())


def verified(task: SuggestionTask) -> QuerySet[Suggestion]:
    """Of which it is known whether they were right: the person chose a value, or rejected what was proposed."""
    rows = task.suggestions.exclude(value="").exclude(verdict=Verdict.IGNORED, hidden=False)
    return rows.filter(~Q(final_value="") | Q(verdict=Verdict.REJECTED, hidden=False))


@dataclass(frozen=True)
class Verified:
    """The newest of the verified suggestions, in the order of their verdicts: whether each was right.

    `before`: how many were verified before these. `confidences`: what was said of those of which
    something was, and whether they were right.
    """

    hits: Sequence[bool]
    before: int
    confidences: tuple[Sequence[float], Sequence[bool]]


def newest_verified(task: SuggestionTask, counted: Sequence[Tally]) -> Verified:
    """The newest by when they were made, for which there is an index: verdicts come soon after."""
    rows = verified(task).order_by("-created_at").values_list("verdict_at", "created_at", "confidence", RIGHT)
    found = sorted(rows[:MOST_LEARNED], key=lambda one: one[:2])
    said = [(confidence, right) for *_times, confidence, right in found if confidence is not None]
    return Verified(
        [right for *_rest, right in found],
        sum(one.verified for one in counted) - len(found) if len(found) == MOST_LEARNED else 0,
        ([confidence for confidence, _right in said], [right for _confidence, right in said]),
    )


@dataclass(frozen=True)
class Asked:
    """How questions were answered lately."""

    n: int
    hidden: int
    none: dict[str, int]  # by reason
    ms: tuple[float, float] | None  # median, and the slowest of 20


def asked(task: SuggestionTask, days: int = 7) -> Asked:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT reason, count(*), count(*) FILTER (WHERE hidden), array_agg(took_ms ORDER BY took_ms)
               FROM (SELECT * FROM feedback_suggestion WHERE task_id = %s AND created_at > now() - make_interval(days => %s)
                     ORDER BY created_at DESC LIMIT 20000) s GROUP BY reason""",
            [task.pk, days],
        )
        rows = cursor.fetchall()
    times = sorted(ms for row in rows for ms in row[3] if ms is not None)
    return Asked(
        sum(row[1] for row in rows),
        sum(row[2] for row in rows),
        {reason: n for reason, n, *_ in rows if reason},
        (median(times), times[int(len(times) * 0.95)]) if times else None,
    )


def _by(counted: Iterable[Tally], key: Callable[[Tally], Key]) -> dict[Key, Counter[str]]:
    found: dict[Key, Counter[str]] = {}
    for one in counted:
        found.setdefault(key(one), Counter())[one.verdict] += one.n
    return found


def _counts(counted: Iterable[Tally]) -> Counter[str]:
    return _by(counted, lambda _one: 0).get(0, Counter())
