"""The rates of checks: of a day, of a group of features, of any set of its items, of several days together.

A check whose plan had one part, spread over the features, is told by its strata; one of several parts by
Hajek's estimate with each item's chance under the whole plan. With all answered the two are the same rate;
the strata's interval is the narrower one. Checks from before there were parts keep their numbers.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from annotator.queries.raters import NAME
from annotator.stats.hajek import Cell, of_cells, of_days
from annotator.stats.intervals import Estimate, Stratum, Undefined, stratified
from feedback.models import VibeCheck

SPREAD = "spread"  # the base that takes some of every feature

# The answer of an item is the newest that a person gave and that stands; one that fills the
# item's place before one that does not. The question is the first of the queue's chain.
# LIMIT and OFFSET keep the database at an item's few labels: free to join, it read all labels for
# each of them while its statistics were of a table that had just been filled.
ANSWERS = f"""
    SELECT i.id AS item_id, i.queue_id, i.stratum, i.position,
           coalesce(i.inclusion_probability, 0) AS chance, given.*
    FROM annotator_item i
    LEFT JOIN LATERAL (
        SELECT question_id FROM annotator_queuequestion c WHERE c.queue_id = i.queue_id
        ORDER BY c.position, c.id LIMIT 1) asked ON true
    LEFT JOIN LATERAL (
        SELECT l.answer, l.note, l.flagged, {NAME} AS rater, l.imported,
               l.answer IN ('yes', 'no') AND l.answer <> coalesce(nullif(v.desirable, ''), 'yes') AS bad
        FROM annotator_label l
        JOIN annotator_rater r ON r.id = l.rater_id AND r.kind = 'human'
        LEFT JOIN annotator_user u ON u.id = r.user_id
        JOIN annotator_questionversion v ON v.id = l.question_version_id
        WHERE l.item_id = i.id AND l.question_id = asked.question_id AND l.answer <> 'undo'
        AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id OFFSET 0)
        ORDER BY l.answer = 'skip', l.surplus, l.id DESC LIMIT 1) given ON true
    WHERE i.queue_id = ANY(%s::uuid[])"""  # noqa: S608 - constants only

GIVEN = f"""
    SELECT queue_id, stratum, chance, item_id, bad
    FROM ({ANSWERS}) a WHERE answer IN ('yes', 'no')"""  # noqa: S608 - made of a constant

Given = dict[tuple[UUID, str], list[tuple[float, int]]]  # by queue and stratum: chance, item
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Group:
    """A check's group of features. `asked`: anything of it was drawn."""

    name: str
    population: int
    cells: tuple[Cell, ...]
    asked: bool = True

    @property
    def answered(self) -> int:
        return sum(cell.n for cell in self.cells)

    @property
    def hits(self) -> int:
        return sum(cell.hits for cell in self.cells)

    @property
    def stratum(self) -> Stratum:
        return Stratum(self.name, self.population, self.answered, self.hits)


def by_strata(check: VibeCheck) -> bool:
    """Whether one spread part drew it all."""
    return all(part["source"] == SPREAD for part in check.parts)


def day_rate(check: VibeCheck, groups: Sequence[Group]) -> Estimate:
    """The rate among all production interactions of the day that were known at the draw."""
    if by_strata(check):
        return stratified(group.stratum for group in groups)
    found = of_cells(cell for group in groups for cell in group.cells)
    silent = tuple(group.name for group in groups if group.asked and not group.answered)
    if found.value is not None and silent and check.parts[0]["source"] == SPREAD:
        return Estimate(n=found.n, reason=Undefined.STRATUM_WITHOUT_ANSWERS, missing=silent)
    return found


def group_rate(check: VibeCheck, group: Group) -> Estimate:
    """The rate among its features."""
    return stratified([group.stratum]) if by_strata(check) else of_cells(group.cells)


def days_rate(days: Sequence[tuple[VibeCheck, Sequence[Group]]]) -> Estimate:
    """The rate of several days as one population; of one day, its own. Days that have none are in none."""
    told = [(check, groups) for check, groups in days if day_rate(check, groups).value is not None]
    if len(told) == 1:
        return day_rate(*told[0])
    return of_days(
        (check.population, [cell for group in groups for cell in group.cells]) for check, groups in told
    )


def rates_of(
    checks: Sequence[VibeCheck], bad: Mapping[K, Collection[int]], given: Given | None = None
) -> dict[K, Estimate]:
    """For each set of item ids, the rate of interactions that are such: a failure mode's, say.

    Among the answered items those in the set count, all others do not. One query, however many sets, and
    none where the answered items are `given`; several checks are taken together, as `days_rate` does.
    """
    given = given_of(checks) if given is None else given
    return {
        key: days_rate([(check, groups_of(check, given, frozenset(ids))) for check in checks])
        for key, ids in bad.items()
    }


def given_of(checks: Sequence[VibeCheck]) -> Given:
    """The answered items of these checks. One query."""
    return answers_of(checks)[0]


def answers_of(checks: Sequence[VibeCheck]) -> tuple[Given, frozenset[int]]:
    """The answered items of these checks, and which of them are not good. One query."""
    found: Given = {}
    failed = set()
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, [[check.queue_id for check in checks if check.queue_id]])
        for queue, stratum, chance, item, bad in cursor.fetchall():
            found.setdefault((queue, stratum), []).append((chance, item))
            if bad:
                failed.add(item)
    return found, frozenset(failed)


def groups_of(check: VibeCheck, given: Given, bad: frozenset[int]) -> list[Group]:
    """The check's groups, with the items in `bad` as hits."""
    groups = []
    for known in check.strata:
        rows = rows_of(check, known, given)
        cells = tuple(Cell(chance, 1, int(item in bad), answered=share) for chance, item, share in rows)
        groups.append(Group(known["name"], known["population"], cells, asked=known["drawn"] > 0))
    return groups


def rows_of(check: VibeCheck, group: Mapping[str, Any], given: Given) -> list[tuple[float, int, float]]:
    """The answered items of one of a check's strata: chance, item, and the share of the stratum's that is answered."""
    items = given.get((check.queue_id, group["name"]), []) if check.queue_id else []
    share = answered_of(group, len(items))
    return [(chance, item, share) for chance, item in items]


def answered_of(group: Mapping[str, Any], answers: int) -> float:
    """The share of a group's drawn items that is answered. `group`: one of a check's strata."""
    return min(answers / group["drawn"], 1.0) if group["drawn"] else 1.0
