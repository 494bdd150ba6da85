"""What a check's answers say: counts by stratum, the day's rate, the items themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from annotator.models import Answer, Item, Project, User
from annotator.queries.labels import current_labels
from annotator.stats.hajek import Cell
from annotator.stats.intervals import Estimate
from feedback.days import monday_of
from feedback.ingest import preview
from feedback.models import VibeCheck
from feedback.queries.estimates import ANSWERS, Group, answered_of, day_rate, days_rate, group_rate

ITEMS = 25  # a page

# Programs fill places as people do; where they filled all, no person is asked.
TAKEN = """(SELECT bool_and(p.done_at IS NOT NULL AND o.kind <> 'human')
            FROM annotator_place p LEFT JOIN annotator_rater o ON o.id = p.owner_id
            WHERE p.item_id = a.item_id)"""
COUNTS = f"""
    SELECT queue_id, stratum, chance, count(*) FILTER (WHERE answer IN ('yes', 'no')),
           count(*) FILTER (WHERE bad), count(*) FILTER (WHERE answer = 'skip'),
           count(*) FILTER (WHERE answer IS NULL AND {TAKEN})
    FROM ({ANSWERS}) a GROUP BY queue_id, stratum, chance"""  # noqa: S608 - made of a constant
# What is not good first, then what was not answered, then the rest.
ONE_CHECK = f"""
    SELECT item_id, coalesce(answer, ''), coalesce(bad, false), coalesce(note, ''),
           coalesce(flagged, false), coalesce(rater, ''), coalesce(imported, false)
    FROM ({ANSWERS}) a
    ORDER BY bad IS NOT TRUE, coalesce(answer, 'skip') <> 'skip', position"""  # noqa: S608 - made of a constant


# By queue and stratum: rows of chance, answered, bad, skipped, taken.
Counts = dict[tuple[UUID, str], list[tuple[float, int, int, int, int]]]


@dataclass(frozen=True)
class Part:
    """One group of features of a check. `bad`: answered that the output is not good; `taken`: answered by
    programs alone, so that it is in no rate and waits for nobody."""

    check: VibeCheck
    group: Group
    features: tuple[str, ...]
    drawn: int
    skipped: int = 0
    taken: int = 0

    @property
    def name(self) -> str:
        return self.group.name

    @property
    def population(self) -> int:
        return self.group.population

    @property
    def answered(self) -> int:
        return self.group.answered

    @property
    def bad(self) -> int:
        return self.group.hits

    @cached_property
    def estimate(self) -> Estimate:
        return group_rate(self.check, self.group)


@dataclass(frozen=True)
class Looked:
    """A check with what was answered."""

    check: VibeCheck
    parts: tuple[Part, ...]

    @property
    def drawn(self) -> int:
        return sum(part.drawn for part in self.parts)

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.parts)

    @property
    def bad(self) -> int:
        return sum(part.bad for part in self.parts)

    @property
    def skipped(self) -> int:
        return sum(part.skipped for part in self.parts)

    @property
    def taken(self) -> int:
        return sum(part.taken for part in self.parts)

    @property
    def left(self) -> int:
        """Neither answered nor skipped, and open to a person."""
        return self.drawn - self.answered - self.skipped - self.taken

    @property
    def whole(self) -> bool:
        """Whether all that was known at the draw is answered."""
        return self.answered == self.check.population

    @property
    def state(self) -> str:
        """empty: nothing was logged; new; going; answered: a hand-over is missing; done."""
        if self.check.queue_id is None:
            return "empty"
        if self.check.finished_at is not None:
            return "done"
        if self.left == 0:
            return "answered"
        return "going" if self.left < self.drawn else "new"

    @property
    def minutes(self) -> int:
        """A first guess at what is left: half a minute an item."""
        return max(1, round(self.left / 2))

    @cached_property
    def estimate(self) -> Estimate:
        """The share of the day's interactions that are not good."""
        return day_rate(self.check, [part.group for part in self.parts])


def looked(checks: Sequence[VibeCheck]) -> list[Looked]:
    """One query for any number of checks."""
    queues = [check.queue_id for check in checks if check.queue_id]
    counts: Counts = {}
    if queues:
        with connection.cursor() as cursor:
            cursor.execute(COUNTS, [queues])
            for queue, stratum, *numbers in cursor.fetchall():
                counts.setdefault((queue, stratum), []).append(tuple(numbers))
    return [Looked(check, tuple(_parts(check, counts))) for check in checks]


def _parts(check: VibeCheck, counts: Counts) -> Iterable[Part]:
    for known in check.strata:
        name = known["name"]
        rows = counts.get((check.queue_id, name), []) if check.queue_id else []
        share = answered_of(known, sum(row[1] for row in rows))
        cells = tuple(
            Cell(chance, answered, bad, answered=share) for chance, answered, bad, _skipped, _taken in rows
        )
        yield Part(
            check,
            Group(name, known["population"], cells, asked=known["drawn"] > 0),
            tuple(known.get("features", [name])),
            known["drawn"],
            sum(row[3] for row in rows),
            sum(row[4] for row in rows),
        )


@dataclass(frozen=True)
class Seen:
    """An item with its answer, if it has one."""

    item: Item
    answer: str
    bad: bool
    note: str
    flagged: bool
    rater: str
    imported: bool

    @property
    def answered(self) -> bool:
        return self.answer in {"yes", "no"}

    @property
    def given(self) -> str:
        """The output in a few words."""
        text = preview.of_output(self.item.output)
        return f"{text}…" if len(text) >= preview.LENGTH else text

    @property
    def interaction(self) -> str:
        """The id in the log; empty for an item that tells none."""
        return str((self.item.metadata or {}).get("interaction", ""))


def items_of(check: VibeCheck, *, page: int = 0, most: int = ITEMS) -> list[Seen]:
    """A page of the check's items: two queries, payloads of this page's only."""
    if check.queue_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{ONE_CHECK} LIMIT %s OFFSET %s", [[check.queue_id], most, page * most])
        rows = cursor.fetchall()
    items = Item.objects.in_bulk([row[0] for row in rows])
    return [Seen(items[row[0]], *row[1:]) for row in rows]


def may_go_on(check: VibeCheck, user: User) -> bool:
    """Whether it has an item that this person could still answer; what they skipped, they may look at again."""
    if check.queue is None:
        return False
    mine = current_labels(check.queue).filter(item=OuterRef("item"), rater__user=user)
    answered = Exists(mine.exclude(answer=Answer.SKIP))
    return check.queue.places.filter(done_at=None).exclude(answered).exists()


def newest(project: Project, *, before: date | None = None, count: int) -> list[Looked]:
    """The checks of a project, the newest day first."""
    found = VibeCheck.objects.filter(project=project).select_related("person", "finished_by", "queue")
    if before is not None:
        found = found.filter(day__lt=before)
    return looked(list(found.order_by("-day")[:count]))


@dataclass(frozen=True)
class Week:
    """The checks of a week that have a rate, and their rate together."""

    monday: date
    checks: int
    estimate: Estimate


def weeks_of(rows: Sequence[Looked]) -> list[Week]:
    """The newest first. A week's days count by what was logged on them, not by what was looked at."""
    weeks: dict[date, list[Looked]] = {}
    for row in rows:
        weeks.setdefault(monday_of(row.check.day), []).append(row)
    return [
        Week(
            monday,
            sum(row.estimate.value is not None for row in found),
            days_rate([(row.check, [part.group for part in row.parts]) for row in found]),
        )
        for monday, found in sorted(weeks.items(), reverse=True)
    ]


def neighbours(check: VibeCheck) -> tuple[VibeCheck | None, VibeCheck | None]:
    """The check before and the one after."""
    mine = VibeCheck.objects.filter(project=check.project_id)
    return (
        mine.filter(day__lt=check.day).order_by("-day").first(),
        mine.filter(day__gt=check.day).order_by("day").first(),
    )
