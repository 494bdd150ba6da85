"""How each rater of a queue works: how much, how fast, how right on gold items, how evenly.

Only answers that stand count; a skip is none. All of it is counted by the database, in as many
queries as there are kinds of facts, however many raters there are.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from annotator.models import Queue, QueueKind, User
from annotator.stats.intervals import Estimate, newcombe, wilson

MOST = 200  # raters on a page, the busiest first
SITTING_GAP = timedelta(minutes=30)  # a longer pause between two answers begins a new sitting
STREAK = 10  # answers in a row
FASTEST_MS = 1000  # an answer that took this long is never called fast
LEAST_MS = 250  # nobody sees a text, decides and moves a finger in less: also where all only click
OF_MEDIAN = 10  # fast: under a tenth of what people in this queue take
MOST_STREAKS = 100
LEAST = 10  # answers on each side before two rates are compared

# What may change over a sitting: how often people say yes, or cannot tell two answers apart.
WATCHED = {QueueKind.BINARY: ["yes"], QueueKind.PAIRWISE: ["tie", "both_bad"]}

# How people read a rater r with its user u, who may be none.
NAME = "coalesce(nullif(trim(concat(u.first_name, ' ', u.last_name)), ''), u.username, r.name)"

# %(user)s narrows to one person; null: everybody.
STANDING = """
    standing AS (
        SELECT l.*, r.kind, r.user_id
        FROM annotator_label l JOIN annotator_rater r ON r.id = l.rater_id
        WHERE l.queue_id = %(queue)s AND l.answer NOT IN ('undo', 'skip')
          AND (%(user)s::bigint IS NULL OR r.user_id = %(user)s)
          AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id))"""

WORK = f"""
    WITH {STANDING}
    SELECT r.id, {NAME}, r.kind, count(*), count(l.ms), count(l.wait_ms),
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY l.ms),
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY l.wait_ms)
    FROM standing l JOIN annotator_rater r ON r.id = l.rater_id LEFT JOIN annotator_user u ON u.id = r.user_id
    GROUP BY r.id, u.id ORDER BY count(*) DESC, r.id LIMIT {MOST}"""  # noqa: S608 - of constants

GOLD = f"""
    WITH {STANDING}
    SELECT l.rater_id, q.key, count(*) FILTER (WHERE i.gold ->> q.key = l.answer), count(*)
    FROM standing l JOIN annotator_item i ON i.id = l.item_id JOIN annotator_question q ON q.id = l.question_id
    WHERE i.gold IS NOT NULL AND i.gold ->> q.key IS NOT NULL
    GROUP BY l.rater_id, q.key ORDER BY l.rater_id, min(q.id)"""  # noqa: S608 - of constants

# Thirds are taken of each question's answers in a sitting: what is asked weighs the same in both.
DRIFT = f"""
    WITH {STANDING},
    pauses AS (
        SELECT *, (created_at - lag(created_at) OVER each > %(gap)s)::int AS pause
        FROM standing WHERE kind = 'human' WINDOW each AS (PARTITION BY rater_id ORDER BY created_at, id)),
    sittings AS (
        SELECT *, coalesce(sum(pause) OVER (PARTITION BY rater_id ORDER BY created_at, id), 0) AS sitting
        FROM pauses),
    thirds AS (
        SELECT rater_id, sitting, answer = ANY(%(watched)s) AS hit,
               row_number() OVER (PARTITION BY rater_id, sitting, question_id ORDER BY created_at, id) AS n,
               count(*) OVER (PARTITION BY rater_id, sitting, question_id) AS m
        FROM sittings)
    SELECT rater_id, count(DISTINCT sitting),
           count(*) FILTER (WHERE n <= m / 3 AND hit), count(*) FILTER (WHERE n <= m / 3),
           count(*) FILTER (WHERE n > m - m / 3 AND hit), count(*) FILTER (WHERE n > m - m / 3)
    FROM thirds GROUP BY rater_id"""  # noqa: S608 - of constants

STREAKS = f"""
    WITH {STANDING},
    ordered AS (
        SELECT *, coalesce(ms < %(bound)s, false) AS fast FROM standing WHERE kind = 'human'),
    runs AS (
        SELECT *, row_number() OVER (PARTITION BY rater_id ORDER BY created_at, id)
                - row_number() OVER (PARTITION BY rater_id, fast ORDER BY created_at, id) AS run
        FROM ordered)
    SELECT rater_id, min(created_at), max(created_at), count(*)
    FROM runs WHERE fast GROUP BY rater_id, run HAVING count(*) >= {STREAK}
    ORDER BY count(*) DESC, min(created_at) LIMIT {MOST_STREAKS}"""  # noqa: S608 - of constants

MEDIAN = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY l.ms)
    FROM annotator_label l JOIN annotator_rater r ON r.id = l.rater_id
    WHERE l.queue_id = %(queue)s AND r.kind = 'human' AND l.answer NOT IN ('undo', 'skip')
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""

PRELABELS = f"""
    WITH {STANDING}
    SELECT r.id, r.name, l.prelabel_shown, count(*) FILTER (WHERE p.answer = l.answer), count(*)
    FROM standing l JOIN annotator_prelabel p ON p.item_id = l.item_id AND p.question_id = l.question_id
    JOIN annotator_rater r ON r.id = p.rater_id
    WHERE l.kind = 'human' GROUP BY r.id, l.prelabel_shown ORDER BY r.name, r.id"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class Seconds:
    """Medians and 95th percentiles, of the answers that were timed."""

    n: int
    middle: float
    long: float


@dataclass(frozen=True)
class Hits:
    """`x` of `n`, and the rate that this is a sample of."""

    x: int
    n: int

    @property
    def rate(self) -> Estimate:
        return wilson(self.x, self.n)


@dataclass(frozen=True)
class Drift:
    """How often somebody said yes (of a pair: could not tell) early in their sittings, and late."""

    sittings: int
    early: Hits
    late: Hits

    @property
    def enough(self) -> bool:
        return min(self.early.n, self.late.n) >= LEAST

    @property
    def change(self) -> Estimate:
        return newcombe(self.late.x, self.late.n, self.early.x, self.early.n)


@dataclass(frozen=True)
class Streak:
    """Answers in a row that were each faster than the bound."""

    since: datetime
    until: datetime
    n: int


@dataclass
class Worker:
    """One rater. `gold` by question key, whatever was asked of them."""

    rater_id: int
    name: str
    kind: str
    answers: int
    thinking: Seconds | None
    waiting: Seconds | None
    gold: dict[str, Hits] = field(default_factory=dict)
    drift: Drift | None = None
    streaks: list[Streak] = field(default_factory=list)

    @property
    def all_gold(self) -> Hits:
        """Over all questions."""
        return Hits(sum(hits.x for hits in self.gold.values()), sum(hits.n for hits in self.gold.values()))


@dataclass(frozen=True)
class Workers:
    """`bound_ms`: under it an answer is fast; None while nothing was timed."""

    workers: list[Worker]
    bound_ms: float | None


def workers_of(queue: Queue, *, only: User | None = None, gold: bool = True) -> Workers:
    """The queue's raters, the busiest first; one person, if `only` they are asked about.

    Without `gold` nobody's answers are compared with the right ones: who knows how they did may
    know which items are gold.
    """
    asked: dict[str, Any] = {"queue": queue.pk, "user": only.pk if only else None}
    people = {row[0]: _worker(*row) for row in _rows(WORK, asked)}
    if gold:
        for rater, key, right, n in _rows(GOLD, asked):
            if rater in people:
                people[rater].gold[key] = Hits(right, n)
    watched = {"watched": WATCHED[QueueKind(queue.kind)], "gap": SITTING_GAP}
    for rater, sittings, early, early_n, late, late_n in _rows(DRIFT, asked | watched):
        if rater in people:
            people[rater].drift = Drift(sittings, Hits(early, early_n), Hits(late, late_n))
    bound = _bound(queue)
    for rater, since, until, n in _rows(STREAKS, asked | {"bound": bound or 0}):
        if rater in people:
            people[rater].streaks.append(Streak(since, until, n))
    return Workers(list(people.values()), bound)


def _worker(
    rater: int, name: str, kind: str, n: int, timed: int, waited: int, ms: list[float], wait: list[float]
) -> Worker:
    return Worker(rater, name, kind, n, _seconds(timed, ms), _seconds(waited, wait))


def _seconds(n: int, ms: list[float] | None) -> Seconds | None:
    if not n or not ms or ms[0] is None:
        return None
    return Seconds(n, ms[0] / 1000, ms[1] / 1000)


def _bound(queue: Queue) -> float | None:
    (median,) = next(iter(_rows(MEDIAN, {"queue": queue.pk})))
    return None if median is None else float(min(FASTEST_MS, max(LEAST_MS, median / OF_MEDIAN)))


@dataclass(frozen=True)
class Suggested:
    """How people's answers go with one model's pre-labels; without a name: with all of them.

    `shown` and `hidden`: agreement of those who saw them and of those from whom chance hid them.
    `unseen`: of all who did not see them, also where they came after the answer.
    """

    name: str
    shown: Hits
    hidden: Hits
    unseen: Hits

    @property
    def enough(self) -> bool:
        return min(self.shown.n, self.hidden.n) >= LEAST

    @property
    def change(self) -> Estimate:
        return newcombe(self.shown.x, self.shown.n, self.hidden.x, self.hidden.n)


def suggested_in(queue: Queue) -> list[Suggested]:
    """All models together, then each of them if there are several; nothing without pre-labels
    that somebody answered to."""
    found: dict[tuple[int, str], dict[bool | None, Hits]] = defaultdict(dict)
    for rater, name, shown, agreeing, n in _rows(PRELABELS, {"queue": queue.pk, "user": None}):
        found[rater, name][shown] = Hits(agreeing, n)
    each = [_suggested(name, [counts]) for (_, name), counts in found.items()]
    if len(each) == 1:
        return each
    return [_suggested("", found.values()), *each] if each else []


def _suggested(name: str, counts: Iterable[dict[bool | None, Hits]]) -> Suggested:
    every = list(counts)

    def summed(*which: bool | None) -> Hits:
        hits = [one[shown] for one in every for shown in which if shown in one]
        return Hits(sum(one.x for one in hits), sum(one.n for one in hits))

    return Suggested(name, summed(True), summed(False), summed(False, None))


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
