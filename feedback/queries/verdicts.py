"""What the verdicts on a task's suggestions say: rates over time, by version and by value; lift; anchoring.

One query each, whatever their number; the statistics are those of `annotator.stats`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncDate, TruncWeek

from annotator.stats import medians
from annotator.stats.intervals import Estimate, newcombe, wilson
from feedback.models import Suggestion, SuggestionTask, Verdict

DAYS = 21  # by day up to this many, by week beyond
MOST_VALUES = 12
EXAMPLES = 3
MOST_LEARNED = 20_000  # suggestions of the learning curve, the newest
MOST_TIMES = 5_000


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


def overall(task: SuggestionTask) -> Rates:
    return Rates.of("", _counts(seen(task).values_list("verdict").annotate(n=Count("pk"))))


def over_time(task: SuggestionTask) -> list[Rates]:
    """By day; by week when there are more than DAYS of them. The oldest first."""
    zone = _zone(task)
    days = dict.fromkeys(seen(task).values_list(TruncDate("created_at", tzinfo=zone), flat=True).distinct())
    cut: Any = TruncDate if len(days) <= DAYS else TruncWeek
    rows = seen(task).annotate(day=cut("created_at", tzinfo=zone)).values_list("day", "verdict")
    found: dict[Any, Counter[str]] = {}
    for day, verdict, n in rows.annotate(n=Count("pk")):
        found.setdefault(day.date() if isinstance(day, datetime) else day, Counter())[verdict] += n
    return [Rates.of("", found[day], day) for day in sorted(found)]


def by_version(task: SuggestionTask) -> list[Rates]:
    """The newest version first, with its suggester."""
    rows = seen(task).values_list("version__number", "version__taxonomy__number", "suggester", "verdict")
    found: dict[tuple[int, int, str], Counter[str]] = {}
    for number, taxonomy, suggester, verdict, n in rows.annotate(n=Count("pk")):
        found.setdefault((number, taxonomy or 0, suggester), Counter())[verdict] += n
    return [
        Rates.of(f"{number}.{taxonomy} {suggester}" if taxonomy else f"{number} {suggester}", found[key])
        for key in sorted(found, reverse=True)
        for number, taxonomy, suggester in [key]
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
    """The newest of each, by one query."""
    if not values:
        return {}
    rows = Suggestion.objects.raw(
        """SELECT s.id, s.text, s.value, s.final_value, s.verdict, s.confidence
           FROM unnest(%s::text[]) AS wanted (value) CROSS JOIN LATERAL (
               SELECT * FROM feedback_suggestion
               WHERE task_id = %s AND value = wanted.value AND NOT hidden AND verdict IN ('edited', 'rejected')
               ORDER BY created_at DESC LIMIT %s) s""",
        [list(values), task.pk, EXAMPLES],
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


def lift(task: SuggestionTask) -> Lift:
    """Only where a value was proposed and the person left with one."""
    rows = task.suggestions.exclude(value="").exclude(final_value="")
    counted = rows.values_list("hidden").annotate(
        n=Count("pk"), same=Count("pk", filter=Q(final_value=F("value")))
    )
    counts = {hidden: (same, n) for hidden, n, same in counted}
    same_seen, n_seen = counts.get(False, (0, 0))
    same_hidden, n_hidden = counts.get(True, (0, 0))
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


def hits(task: SuggestionTask) -> list[bool]:
    """Of the verified suggestions, in the order of their verdicts: whether each was right."""
    newest = verified(task).order_by("-verdict_at", "-pk").values_list(RIGHT, flat=True)[:MOST_LEARNED]
    return list(newest)[::-1]


def left_out(task: SuggestionTask, found: Sequence[bool]) -> int:
    """How many were verified before those that `hits` found."""
    return verified(task).count() - len(found) if len(found) == MOST_LEARNED else 0


def confidences(task: SuggestionTask) -> tuple[list[float], list[bool]]:
    """What was said of verified suggestions, and whether they were right."""
    rows = verified(task).filter(confidence__isnull=False).order_by("-created_at")
    found = list(rows.values_list("confidence", RIGHT)[:MOST_LEARNED])
    return [one or 0.0 for one, _right in found], [right for _one, right in found]


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


def _counts(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for verdict, n in rows:
        found[verdict] += n
    return found


def _zone(task: SuggestionTask) -> ZoneInfo:
    return ZoneInfo(task.project.time_zone)
