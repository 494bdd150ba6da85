"""Where there is a standing map, what a reference covers is told topic by topic."""

import numpy as np
import pytest

from drift.models import Coverage, Topic, TopicMap, TopicShape
from tests.drift import drifted
from tests.drift import references as made
from tests.drift.references import DAY, KINDS, texts


@pytest.fixture
def space(project, monkeypatch):
    made.use_the_fake(monkeypatch)
    found = drifted.space(project)
    made.plan(project, found)
    made.embedded_day(found, DAY, texts(KINDS, 25))
    return found


def _map(space, *kinds: str) -> dict[str, Topic]:
    """A map in force with these topics, and no others."""
    nothing = [0.0] * drifted.DIMENSIONS
    of = TopicMap.objects.create(
        project=space.project, number=1, space=space, first_day=DAY, last_day=DAY, rows=100, seed=1, how="eom",
        smallest=10, floor=0.5, edge=0.6, noise=0.1, across=nothing, up=nothing, in_force_at=made.NOW,
    )  # fmt: skip
    topics = {}
    for number, kind in enumerate(kinds, 1):
        centroid = made.FakeModel().encode(texts([kind], 25)).mean(axis=0)
        topics[kind] = Topic.objects.create(
            project=space.project, number=number, name=f"About a {kind}", since=DAY
        )
        TopicShape.objects.create(
            map=of,
            topic=topics[kind],
            rows=25,
            centroid=(centroid / np.linalg.norm(centroid)).tolist(),
            x=0.5,
            y=0.5,
            radius=0.1,
        )
    return topics


def test_topics_have_their_names_and_what_is_near_none_is_grouped(project, space, owner, as_):
    topics = _map(space, "refund", "size")
    found = made.of_version(project, texts(KINDS[:4], 8), by=owner)
    made.night()
    groups = list(Coverage.objects.get(reference=found).groups.all())
    by_topic = {group.topic: group for group in groups}
    assert by_topic[topics["size"]].covered == 0
    assert by_topic[topics["size"]].inputs == 25
    assert by_topic[topics["refund"]].covered > 15
    assert any(group.topic is None and group.title.startswith("colour") for group in groups)
    Topic.objects.filter(pk=topics["size"].pk).update(name="Sizes of shoes")
    page = as_(owner).get(f"/p/shop/drift/references/{found.pk}/").content.decode()
    assert "Sizes of shoes" in page
