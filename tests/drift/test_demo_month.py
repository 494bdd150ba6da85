"""The month of traffic, and the demo's help desk that is made of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from annotator.models import Project
from drift.demo import month, seed
from drift.demo.month import Month
from drift.models import DriftPlan
from feedback import days
from feedback.models import Interaction
from tests import make

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # half past midnight of the 25th in Seoul


@pytest.fixture(scope="module")
def lived():
    return dict(Month().days())


def share(said, topic: str) -> float:
    return Counter(one.topic for one in said)[topic] / len(said)


def mean(lived, topic: str, numbers) -> float:
    shares = [share(lived[day], topic) for day in numbers]
    return sum(shares) / len(shares)


def test_each_change_is_there_from_its_day_on(lived):
    before, after = range(1, 16), (25, 26, 27, 28, 29, 30, 32, 33, 35)
    assert mean(lived, month.NEW, range(1, 20 - 4)) == 0
    assert mean(lived, month.NEW, after) == pytest.approx(0.03, abs=0.01)
    assert mean(lived, month.DOUBLED, before) == pytest.approx(0.03, abs=0.01)
    assert mean(lived, month.DOUBLED, after) == pytest.approx(0.06, abs=0.012)
    assert mean(lived, month.GONE, before) == pytest.approx(0.03, abs=0.01)
    assert mean(lived, month.GONE, after) == 0
    assert mean(lived, "korean", range(27, 31)) == pytest.approx(0.05, abs=0.015)


def test_outputs_are_longer_from_one_prompt_version_on(lived):
    def length(version: str) -> float:
        outputs = [len(one.output) for one in lived[month.LONG_FROM] if one.prompt_version == version]
        return sum(outputs) / len(outputs)

    assert length("help-12") > 1.3 * length("help-11")
    assert {one.prompt_version for one in lived[month.LONG_FROM + 1]} == {"help-12"}


def test_bad_days_are_bad(lived):
    assert len(lived[month.NONE]) == 0
    assert len(lived[month.TEN]) == 10
    assert max(one.at_ms for one in lived[month.HALF]) < 12 * 3_600_000
    flood = Counter(one.input for one in lived[month.FLOOD]).most_common(1)[0][1]
    assert flood >= month.FLOODED


def test_a_day_is_the_same_whatever_was_asked_before(lived):
    assert Month().day(21) == lived[21]
    assert Month(seed=2).day(21) != lived[21]


def test_the_help_desk_has_17_days_until_yesterday_and_is_made_once(db):
    owner = make.user("boss")
    for _ in range(2):
        seed.make_help_desk(owner, "Asia/Seoul", NOW)
    project = Project.objects.get(slug="demo-help")
    zone = ZoneInfo("Asia/Seoul")
    rows = Interaction.objects.filter(project=project)
    per_day = Counter(days.day_of(at, zone) for at in rows.values_list("occurred_at", flat=True))
    yesterday = datetime(2026, 11, 24, tzinfo=UTC).date()
    assert sorted(per_day) == [yesterday - timedelta(days=n) for n in reversed(range(17))]
    assert min(per_day.values()) > 150  # enough for a day to be judged
    assert max(n for day, n in per_day.items() if day.weekday() >= 5) < min(
        n for day, n in per_day.items() if day.weekday() < 5
    )
    assert DriftPlan.objects.get(project=project).enabled
    assert not rows.exclude(environment="production").exists()
