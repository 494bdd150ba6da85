"""After another model or rule was chosen: what was measured before is there, and is compared with nothing later."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from drift.models import Coverage, MappedDay, Topic, TopicDay, TopicShape
from drift.queries.topics import standing
from tests.drift import drifted, mapped, references
from tests.feedback.logged import DAY

TOLD = "Until Fri 13 Nov, inputs were embedded by another model or another rule"


@pytest.fixture
def spaces(project):
    return [drifted.space(project, encoder="Old one", fingerprint="1" * 64), drifted.space(project)]


def days():
    """The last 20, the oldest first; the first ten of the space before."""
    return [DAY - timedelta(days=19 - n) for n in range(20)]


def test_freshness_says_until_when_another_model_was_used(project, spaces, as_, viewer):
    reference = references.of_version(project, ["refund please"])
    page = f"/p/shop/drift/references/{reference.pk}/"
    for n, day in enumerate(days()):
        values = {"verdict": "judged", "share": 0.8, "low": 0.7, "high": 0.9, "inputs": 50, "covered": 40}
        Coverage.objects.create(reference=reference, space=spaces[n >= 10], day=day, **values)
    assertContains(as_(viewer).get(page), f"{TOLD} (Old one)")
    Coverage.objects.update(space=spaces[1])
    assertNotContains(as_(viewer).get(page), "another model")


def test_a_topic_grows_by_days_of_one_space_alone(project, spaces, as_, viewer):
    """Ten days at 10 % by the old model, then ten at 40 %: that is no growth."""
    topic = Topic.objects.create(project=project, number=1, since=DAY, title="refund")
    maps = [mapped.map_of(space, number) for number, space in enumerate(spaces, 1)]
    middle = [1.0] + [0.0] * 383
    for one in maps:
        TopicShape.objects.create(map=one, topic=topic, rows=9, centroid=middle, x=0, y=0, radius=1)
    for n, day in enumerate(days()):
        counted = MappedDay.objects.create(map=maps[n >= 10], day=day, rows=100)
        TopicDay.objects.create(day=counted, topic=topic, rows=40 if n >= 10 else 10)
    (told,) = standing(maps[1], DAY).topics
    assert told.now.value == told.before.value == pytest.approx(0.4)
    assert not told.grows
    assertContains(as_(viewer).get(f"/p/shop/drift/topics/{topic.pk}/"), TOLD)
    MappedDay.objects.filter(map=maps[0]).delete()
    assertNotContains(as_(viewer).get(f"/p/shop/drift/topics/{topic.pk}/"), "another model")
