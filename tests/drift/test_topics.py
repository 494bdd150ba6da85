"""Topics of a window: found where they were planted, the same each time, and told when there are none."""

import numpy as np
import pytest

from drift.topics.fit import LEAST_ROWS, NOISE, How, TooFew, collapsed, fit, smallest_topic
from drift.topics.nearest import UNSORTED, counted
from drift.topics.neighbours import blurred, graph, nearest, unit
from tests.drift import planted


def test_planted_topics_are_found_and_what_is_none_is_noise():
    vectors, which = planted.topics(120, 60, 90, 40, 30, noise=60)
    found = fit(vectors)
    assert found.how is How.EOM
    assert len(found.centroids) == 5
    for topic in range(5):
        assert len(set(which[found.labels == topic])) == 1
    # Blurring draws noise into topics; what is not like the others is taken out again.
    assert (found.labels[which == -1] == NOISE).all()
    assert found.noise == pytest.approx(60 / 400, abs=0.03)
    assert (counted(vectors, found.centroids, found.floor).topic[which == -1] == UNSORTED).all()


def test_the_largest_topic_comes_first():
    vectors, _which = planted.topics(40, 120, 90)
    sizes = np.bincount(fit(vectors).labels + 1)[1:]
    assert list(sizes) == sorted(sizes, reverse=True)


def test_fitted_again_it_is_the_same():
    vectors, _which = planted.topics(80, 80, 80, noise=40)
    one, again = fit(vectors), fit(vectors)
    assert np.array_equal(one.labels, again.labels)
    assert np.array_equal(one.centroids, again.centroids)
    assert one.floor == again.floor


def test_too_few_inputs_are_refused_with_their_number():
    vectors, _which = planted.topics(LEAST_ROWS - 1)
    with pytest.raises(TooFew) as refused:
        fit(vectors)
    assert refused.value.args == (LEAST_ROWS - 1,)


def test_where_there_are_no_topics_inputs_are_cut_by_nearness_and_it_says_so():
    """All inputs alike, and none like another: HDBSCAN names nearly none or calls all of it noise."""
    one_ball, _which = planted.topics(400)
    found = fit(one_ball)
    assert found.how is How.CELLS
    assert found.noise < 0.1
    assert len(found.centroids) == 4


@pytest.mark.parametrize(
    ("labels", "collapses"),
    [
        ([0] * 50 + [1] * 50, True),  # two topics
        ([0] * 60 + [1] * 20 + [2] * 20, True),  # one holds most
        ([0] * 10 + [1] * 5 + [2] * 4 + [NOISE] * 81, True),  # next to all noise
        ([0] * 30 + [1] * 20 + [2] * 20 + [NOISE] * 30, False),
    ],
)
def test_a_collapse_is_seen(labels, collapses):
    assert collapsed(np.array(labels)) is collapses


def test_larger_windows_have_larger_topics():
    assert [smallest_topic(n) for n in (200, 4_000, 5_000, 20_000)] == [8, 8, 10, 40]


def test_later_inputs_count_for_the_nearest_topic_or_are_unsorted():
    vectors, _which = planted.topics(100, 100, 100)
    found = fit(vectors)
    later, which = planted.topics(20, 20, 20, noise=20, seed=2)
    told = counted(later, found.centroids, found.floor)
    assert (told.topic[which == -1] == UNSORTED).all()
    same = [set(told.topic[which == k]) - {UNSORTED} for k in range(3)]
    assert sorted(map(len, same)) == [1, 1, 1]
    assert len(set.union(*same)) == 3
    assert (told.topic[which >= 0] == UNSORTED).mean() < 0.1


def test_neighbours_are_exact_over_the_edges_of_blocks(monkeypatch):
    monkeypatch.setattr("drift.topics.neighbours.BLOCK", 7)
    vectors, _which = planted.topics(20, 20, noise=10)
    found, cosines = nearest(vectors, 3)
    gram = vectors @ vectors.T
    np.fill_diagonal(gram, -2)
    assert np.array_equal(found, np.argsort(-gram, axis=1)[:, :3])
    assert cosines == pytest.approx(np.sort(gram, axis=1)[:, ::-1][:, :3], abs=1e-6)


def test_a_graph_in_pieces_is_joined():
    from scipy.sparse.csgraph import connected_components

    vectors, _which = planted.topics(30, 30, 30, spread=0.05)
    edges = graph(vectors, 5)
    assert connected_components(edges, directed=False)[0] == 1
    assert edges.max() == 2.0


def test_blurring_draws_a_topic_together():
    vectors, _which = planted.topics(50, 50)
    tight = blurred(vectors, 10)
    assert np.linalg.norm(tight, axis=1) == pytest.approx(np.ones(100), abs=1e-5)
    assert (tight[:50] @ unit(tight[:50].mean(0)[None])[0]).mean() > 0.97
    assert (vectors[:50] @ unit(vectors[:50].mean(0)[None])[0]).mean() < 0.9
