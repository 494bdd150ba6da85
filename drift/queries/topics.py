"""The topics of a project: how large each is, whether it grows, how often it fails. What both grows and fails
comes first. The number of queries does not depend on how many topics there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

from django.db.models import Prefetch

from annotator.models import Membership
from annotator.stats.intervals import Estimate, Undefined, bounds
from drift.models import MappedDay, Topic, TopicDay, TopicMap, TopicShape
from drift.queries.topic_rates import accepted_of, failures_of
from drift.topics import shares

NOW = 7  # days
BEFORE = 21
LEAST_BEFORE = 7  # days that were counted: of fewer nobody knows how much shares vary by themselves
SHOWN = 56  # days of a trend


@dataclass(frozen=True)
class OfTopic:
    """`now`: its share of the last NOW days, `before`: of the BEFORE days before. `change`: its interval holds for
    all topics together; the others for each alone. `line`: its share day by day as a
    path in a box of 100 by 100, the highest day at the top; empty for fewer than two days."""

    topic: Topic
    shape: TopicShape
    now: Estimate
    before: Estimate
    change: Estimate
    failed: Estimate
    accepted: Estimate
    fails_more: bool
    line: str

    @property
    def grows(self) -> bool:
        return self.change.low is not None and self.change.low > 0

    @property
    def shrinks(self) -> bool:
        return self.change.high is not None and self.change.high < 0

    @property
    def first(self) -> bool:
        """What to look at first."""
        return self.grows and self.fails_more


@dataclass(frozen=True)
class Standing:
    """The map in force with its topics. `unsorted` and `loose`: shares of the last NOW days."""

    map: TopicMap
    topics: list[OfTopic]
    unsorted: Estimate
    loose: Estimate
    failed: Estimate  # of all mapped inputs
    days: int
    suggests: bool
    withheld: bool  # of the failure rates: some answers are not for whoever looks


Day = shares.Day[int]
UNSORTED, LOOSE = 0, -1  # beside ids of topics, which are above 0


def standing(of: TopicMap, today: date, *, seen_by: Membership | None = None) -> Standing:
    """All that the page of topics tells, and `seen_by` may know."""
    days = counted_days(of.project_id, SHOWN, of.space_id)
    told = list(days.values())
    now, before = told[-NOW:], told[-NOW - BEFORE : -NOW]
    compared = before if sum(day.n > 0 for day in before) >= LEAST_BEFORE else []
    rho = shares.wobble([_only_topics(day) for day in before])
    shapes = list(of.shapes.select_related("topic").defer("centroid"))
    failures = failures_of(of.project, today, seen_by=seen_by)
    failed, overall = failures.of_topic, failures.overall
    accepted = accepted_of(of.project, list(days)[-NOW:])
    rows = [
        OfTopic(
            shape.topic,
            shape,
            shares.share(shape.topic_id, now, rho),
            shares.share(shape.topic_id, before, rho),
            shares.change(shape.topic_id, now, compared, rho, together=len(shapes)),
            failed.get(shape.topic_id, NOTHING),
            (accepted or {}).get(shape.topic_id, NOTHING),
            _fails_more(failed.get(shape.topic_id, NOTHING), overall, len(shapes)),
            _line(points_of(shape.topic_id, days)),
        )
        for shape in shapes
    ]
    rows.sort(
        key=lambda one: (-one.first, -one.fails_more, -one.grows, -(one.now.value or 0), one.topic.number)
    )
    return Standing(
        of,
        rows,
        shares.share(UNSORTED, now, rho),
        shares.share(LOOSE, now, rho),
        overall,
        len(now),
        accepted is not None,
        failures.withheld,
    )


NOTHING = Estimate(reason=Undefined.NO_ANSWERS)


def _fails_more(one: Estimate, overall: Estimate, together: int) -> bool:
    """Whether a topic fails more often than all inputs do, with so many topics looked at together."""
    if one.value is None or overall.value is None or not one.n_eff:
        return False
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, together))
    return bounds(one.value, one.n_eff, z)[0] > overall.value


def _only_topics(day: Day) -> Day:
    return shares.Day(day.n, {key: n for key, n in day.counts.items() if key > 0})


def counted_days(project: int, most: int, space: int | None = None) -> Mapping[date, Day]:
    """The newest days that were counted, in this space or in any, the oldest first. Two queries.

    Of a day that two maps counted the newer counts.
    """
    rows = MappedDay.objects.filter(map__project=project).exclude(map__in_force_at=None)
    if space is not None:
        rows = rows.filter(map__space=space)
    rows = rows.order_by("-day", "map__number").prefetch_related(
        Prefetch("topics", TopicDay.objects.only("day_id", "topic_id", "rows"))
    )
    found = {}
    for day in rows[:most]:
        counts = {one.topic_id: one.rows for one in day.topics.all()}
        found[day.day] = shares.Day(day.rows, {**counts, UNSORTED: day.unsorted, LOOSE: day.loose})
    return dict(sorted(found.items()))


def trend_of(topic: Topic) -> list[tuple[date, Estimate]]:
    """Its share of each counted day, with the interval of that day's draws. Two queries."""
    return points_of(topic.pk, counted_days(topic.project_id, SHOWN))


def other_space(project: int) -> date | None:
    """The newest day that was counted in another space than the newest of all, so that the two do not compare."""
    rows = MappedDay.objects.filter(map__project=project, map__in_force_at__isnull=False)
    counted = rows.order_by("-map__number", "-day").values_list("map__space", "day")
    newest = counted.first()
    other = newest and counted.exclude(map__space=newest[0]).order_by("-day").first()
    return other[1] if other else None


def points_of(topic: int, days: Mapping[date, Day]) -> list[tuple[date, Estimate]]:
    return [(day, shares.share(topic, [counts], 0.0)) for day, counts in days.items() if counts.n]


def _line(points: list[tuple[date, Estimate]]) -> str:
    if len(points) < 2:
        return ""
    top = max(estimate.value or 0.0 for _day, estimate in points) or 1.0
    first, days = points[0][0], (points[-1][0] - points[0][0]).days
    return "M" + "L".join(
        f"{100 * (day - first).days / days:.1f} {100 - 100 * (estimate.value or 0.0) / top:.1f}"
        for day, estimate in points
    )
