"""The flat map: topics are islands, and stay where they were from fit to fit."""

import numpy as np
import pytest

from drift.topics import flat
from drift.topics.fit import fit
from drift.topics.nearest import UNSORTED, counted
from tests.drift import planted

SIZES = (90, 80, 70, 60, 50, 40, 40, 30, 30, 30)


@pytest.fixture(scope="module")
def mapped():
    vectors, _which = planted.topics(*SIZES, noise=40)
    found = fit(vectors)
    told = counted(vectors, found.centroids, found.floor)
    sizes = np.bincount(told.topic[told.topic != UNSORTED])
    laid = flat.lay(found.centroids, sizes)
    axes = flat.axes_of(vectors, found.centroids, told.topic)
    return vectors, found, told, sizes, laid, axes


def test_topics_do_not_overlap_and_inputs_lie_in_theirs(mapped):
    vectors, found, told, _sizes, laid, axes = mapped
    between = np.linalg.norm(laid.places[:, None] - laid.places[None], axis=-1)
    np.fill_diagonal(between, np.inf)
    assert (between >= laid.radii[:, None] + laid.radii[None]).all()
    places = flat.put(vectors, told, found.centroids, found.floor, laid, axes)
    inside = told.topic != UNSORTED
    away = np.linalg.norm(places[inside] - laid.places[told.topic[inside]], axis=1)
    assert (away <= laid.radii[told.topic[inside]] + 1e-9).all()
    assert np.isfinite(places).all()


def test_the_more_typical_the_nearer_to_the_middle(mapped):
    vectors, found, told, _sizes, laid, axes = mapped
    places = flat.put(vectors, told, found.centroids, found.floor, laid, axes)
    first = told.topic == 0
    away = np.linalg.norm(places[first] - laid.places[0], axis=1)
    assert np.argsort(away).tolist() == np.argsort(-told.cosine[first]).tolist()


def test_laid_again_it_is_the_same(mapped):
    _vectors, found, _told, sizes, laid, _axes = mapped
    again = flat.lay(found.centroids, sizes)
    assert np.array_equal(again.places, laid.places)


def test_topics_stay_and_a_new_one_comes_beside_what_it_is_like(mapped):
    _vectors, found, _told, sizes, laid, _axes = mapped
    near = found.centroids[3] + 0.3 * planted.middle(99)
    centroids = np.vstack([found.centroids, near / np.linalg.norm(near)]).astype(np.float32)
    before = np.vstack([laid.places, [[np.nan, np.nan]]])
    again = flat.lay(centroids, np.append(sizes, 20), before)
    moved = np.linalg.norm(again.places[:-1] - laid.places, axis=1)
    assert np.median(moved) < 0.02
    water = np.linalg.norm(again.places[:-1] - again.places[-1], axis=1) - again.radii[:-1]
    assert 3 in np.argsort(water)[:2]  # or pushed a hair further than another


def test_a_map_that_is_mostly_new_is_turned_back_onto_what_lives_on(mapped):
    _vectors, found, _told, _sizes, _laid, _axes = mapped
    sizes = np.ones(10, int)
    before = np.full((10, 2), np.nan)
    anew = flat.lay(found.centroids, sizes)
    turned = np.array([[0.0, -1.0], [1.0, 0.0]])
    before[:4] = anew.places[:4] @ turned + 3
    again = flat.lay(found.centroids, sizes, before)
    assert np.linalg.norm(again.places[:4] - before[:4], axis=1).max() < 0.1


def test_few_topics_have_places_too():
    centroids = np.stack([planted.middle(k) for k in range(2)])
    laid = flat.lay(centroids, np.array([10, 10]))
    assert np.linalg.norm(laid.places[0] - laid.places[1]) > laid.radii.sum()
    same = flat.lay(np.stack([planted.middle(0)] * 3), np.array([5, 5, 5]))
    assert np.isfinite(same.places).all()
