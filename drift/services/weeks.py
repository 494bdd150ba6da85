"""Judging the week that topics were just fitted to: at most once in seven days. The ml worker's alone."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from drift import budget
from drift.alert_rules import FLOOR
from drift.models import MappedDay, TopicDay, TopicMap, TopicShape, Verdict, WeekCheck, WeekGroup
from drift.queries import taught
from drift.scan.judge import seed_of
from drift.services import alerts
from drift.topics import weeks
from drift.topics.neighbours import unit

WEEK = timedelta(days=7)


@transaction.atomic
def judge(of: TopicMap) -> WeekCheck | None:
    """The last seven days that the map was fitted to, beside the three weeks before. None while a week of the last seven
    days was judged already, for fitted anew on demand nothing is tested again; and while there never were enough weeks.

    All days must be counted by it. Only days of the fit are compared, or those after it would be strange to it.
    """
    last = of.last_day
    earlier = WeekCheck.objects.filter(project=of.project_id)
    if earlier.filter(day__gt=last - WEEK).exists():
        return None
    days = _counted(of)
    out = taught.days_left_out(of.project)
    now = [one for one in days if one.day > last - WEEK]
    before = [one for one in days if one.day <= last - WEEK and one.day not in out]
    seed = seed_of(of.project_id, f"week {last.isoformat()}", 0)
    shapes = list(TopicShape.objects.filter(map=of))
    topics = [one.topic_id for one in shapes]
    middles = unit(np.array([one.centroid for one in shapes], np.float32))
    answer = weeks.judge(
        now,
        before,
        seed=seed,
        level=budget.LEVEL,
        together=weeks.neighbours(topics, middles),
        expected=_expected(of, topics, middles, now),
    )
    check = WeekCheck(
        project=of.project,
        day=last,
        map=of,
        level=budget.LEVEL,
        seed=seed,
        now=[one.day for one in now],
        before=[one.day for one in before],
        left_out=sorted(out & {one.day for one in days if one.day <= last - WEEK}),
    )
    if isinstance(answer, weeks.Why):
        if not earlier.exists():
            return None
        check.verdict, check.reason = Verdict.REFUSED, answer.value
        check.save()
        return check
    check.verdict, check.p, check.alarm = Verdict.JUDGED, answer.p, budget.alarms(answer.p)
    check.save()
    WeekGroup.objects.bulk_create(
        WeekGroup(check_of_week=check, rank=rank, **_columns(shift))
        for rank, shift in enumerate(answer.shifts, 1)
    )
    alerts.tell_week(check)
    return check


def _columns(shift: weeks.Shift) -> dict[str, Any]:
    return vars(shift) | {"topic_id": shift.topics[0], "topics": list(shift.topics)}


def _counted(of: TopicMap) -> list[weeks.Counted]:
    """The days that were fitted, as the map counts them, the oldest first."""
    days = MappedDay.objects.filter(map=of, day__gte=of.first_day, day__lte=of.last_day)
    counts: dict[date, dict[int, int]] = {
        day: {} for day in days.order_by("day").values_list("day", flat=True)
    }
    rows = TopicDay.objects.filter(day__in=days)
    for day, topic, n in rows.values_list("day__day", "topic", "rows"):
        counts[day][topic] = n
    return [weeks.Counted(day, found) for day, found in counts.items()]


def _expected(
    of: TopicMap, topics: list[int], middles: "np.typing.NDArray[np.float32]", now: list[weeks.Counted]
) -> set[int]:
    """Topics that are what somebody has called expected, and no larger than that: those that a week told of by name, and
    those that are like what a day told of."""
    n = max(1, sum(sum(day.counts.values()) for day in now))
    rows = {topic: sum(day.counts.get(topic, 0) for day in now) for topic in topics}
    expected = set()
    for one in taught.taught(of.project, of.space, of.last_day):
        like = middles @ unit(np.array([one.centroid], np.float32))[0] >= FLOOR if topics else []
        mine = set(one.topics) or {topic for topic, near in zip(topics, like, strict=True) if near}
        if sum(rows.get(topic, 0) for topic in mine) <= one.most * n:
            expected |= mine
    return expected
