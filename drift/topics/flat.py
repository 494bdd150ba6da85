"""The flat map: a place for each topic, and of each input around its topic.

Topics that are alike lie side by side (t-SNE of their centroids: van der Maaten, Hinton, JMLR 2008), their circles
do not overlap, and their area is their share. An input lies in its topic's circle, the nearer to the middle the
more typical it is; one that counts for no topic lies between the three that it is nearest to. So the place of an
input follows from its vector and what is kept of the fit: later days are placed without a fit.

The map stays as it was from fit to fit: topics that live on stay where they were, and new ones come beside those
they are like. Where less than half of the rows are in topics that live on, it is laid anew, then turned, mirrored
and shifted so that those lie as near as can be to where they were (Procrustes).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.topics.nearest import UNSORTED, Counted
from drift.topics.neighbours import Floats

Places = NDArray[np.float64]
COVERED = 0.3  # the share of the map, 1 by 1, that circles cover before they are pushed apart
GAP = 0.008
ROUNDS = 400
PERPLEXITY = 8.0
FEW = 8  # up to so many topics lie by their two main directions
NEAR = 3
SHARPNESS = 12.0
SPREAD = 0.1  # of the map: apart what lies between the same three topics
STAYS = 0.5  # the share of rows in topics that live on, above which the map is kept
SEED = 7


@dataclass(frozen=True)
class Laid:
    """`places` (k, 2) and `radii` (k,) of topics, all in about 0 to 1."""

    places: Places
    radii: Places


def lay(centroids: Floats, sizes: NDArray[np.int64], before: Places | None = None) -> Laid:
    """`centroids` (k, d); `sizes` (k,) in rows; `before` (k, 2): where topics that live on were, NaN for new ones."""
    radii = np.sqrt(COVERED / np.pi * np.maximum(sizes, 1) / max(int(sizes.sum()), 1))
    known: NDArray[np.bool_] = np.zeros(len(centroids), np.bool_)
    if before is not None:
        known = np.asarray(~np.isnan(before).any(axis=1))
    if before is not None and sizes[known].sum() > STAYS * sizes.sum():
        return Laid(_apart(_kept(centroids, before, known), radii), radii)
    places = _principal(centroids)
    if len(centroids) > FEW:
        places = _embedded(centroids, places)
    places = _boxed(places)
    if before is not None and known.sum() >= NEAR:
        places = _onto(places, before, known)
    return Laid(_apart(places, radii), radii)


def axes_of(vectors: Floats, centroids: Floats, topic: NDArray[np.int64]) -> Floats:
    """(2, d): the two main directions in which inputs differ from their topics. Kept as long as the space is."""
    within = topic != UNSORTED
    rest = _aside(vectors[within], centroids[topic[within]])
    _values, directions = np.linalg.eigh(rest.T @ rest)
    return np.ascontiguousarray(directions[:, ::-1][:, :2].T, np.float32)


def put(
    vectors: Floats, counted: Counted, centroids: Floats, floor: float, laid: Laid, axes: Floats
) -> Places:
    """(n, 2): the place of each input."""
    places = np.empty((len(vectors), 2))
    inside = counted.topic != UNSORTED
    topic = counted.topic[inside]
    aside = _aside(vectors[inside], centroids[topic]) @ axes.T
    far = np.clip((1 - counted.cosine[inside]) / max(1 - floor, 1e-6), 0, 1)
    way = aside / np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    places[inside] = laid.places[topic] + way * (laid.radii[topic] * far)[:, None]
    loose = vectors[~inside]
    places[~inside] = _amid(loose, centroids, laid) + SPREAD * (loose @ axes.T)
    return places


def _aside(vectors: Floats, centroids: Floats) -> Floats:
    """What of each vector is at a right angle to its centroid."""
    along = np.einsum("ij,ij->i", vectors, centroids)
    rest: Floats = vectors - along[:, None] * centroids
    return rest


def _amid(vectors: Floats, centroids: Floats, laid: Laid) -> Places:
    """Between the three nearest topics, the nearer to each the more alike."""
    near = min(NEAR, len(centroids))
    cosines = vectors @ centroids.T
    some = np.argpartition(cosines, -near, axis=1)[:, -near:]
    weight = np.exp(SHARPNESS * np.take_along_axis(cosines, some, axis=1).astype(np.float64))
    weight /= weight.sum(axis=1, keepdims=True)
    mean: Places = np.einsum("nk,nkc->nc", weight, laid.places[some])
    return mean


def _principal(centroids: Floats) -> Places:
    middle = centroids.astype(np.float64) - centroids.mean(axis=0)
    _u, _s, directions = np.linalg.svd(middle, full_matrices=False)
    flat = np.zeros((len(centroids), 2))
    found = middle @ directions[:2].T
    signs = np.where(np.abs(found.max(axis=0)) >= np.abs(found.min(axis=0)), 1, -1)
    flat[:, : found.shape[1]] = found * signs
    return flat


def _kept(centroids: Floats, before: Places, known: NDArray[np.bool_]) -> Places:
    """Where topics were; a new one amid those of them that it is like."""
    places = before.copy()
    where = Laid(before[known], np.empty(0))
    places[~known] = _amid(centroids[~known], centroids[known], where)
    return places


def _embedded(centroids: Floats, begin: Places) -> Places:
    from sklearn.manifold import TSNE  # noqa: PLC0415 - the ml worker's

    start = (begin - begin.mean(axis=0)) / max(float(begin[:, 0].std()), 1e-9) * 1e-2
    found = TSNE(
        2,
        perplexity=min(PERPLEXITY, (len(centroids) - 1) / 3),
        init=start.astype(np.float32),
        method="exact",
        metric="euclidean",
        random_state=SEED,
    ).fit_transform(centroids)
    return np.asarray(found, np.float64)


def _onto(places: Places, before: Places, known: NDArray[np.bool_]) -> Places:
    """Turned, mirrored, scaled and shifted, so that known topics lie as near as can be to where they were."""
    here, there = places[known], before[known]
    from_, to = here.mean(axis=0), there.mean(axis=0)
    u, s, v = np.linalg.svd((here - from_).T @ (there - to))
    scale = s.sum() / max(float(((here - from_) ** 2).sum()), 1e-12)
    moved: Places = (places - from_) @ (u @ v) * scale + to
    return moved


def _boxed(places: Places) -> Places:
    """Turned so that it is wider than high, 1 wide."""
    middle = places - places.mean(axis=0)
    _u, _s, directions = np.linalg.svd(middle, full_matrices=False)
    turned = middle @ directions.T if len(places) > 1 else middle
    low, high = turned.min(axis=0), turned.max(axis=0)
    boxed: Places = (turned - (low + high) / 2) / max(float((high - low).max()), 1e-9) + 0.5
    return boxed


def _apart(places: Places, radii: Places) -> Places:
    """Circles that overlap push each other away, until none does."""
    places = places.copy()
    least = radii[:, None] + radii[None, :] + GAP
    np.fill_diagonal(least, 0)
    for _round in range(ROUNDS):
        across = places[:, None] - places[None, :]
        between = np.sqrt((across**2).sum(axis=-1))
        over = np.maximum(least - between, 0)
        if over.max() <= 1e-4:
            break
        same = (between < 1e-9) & (over > 0)
        across[same] = [1e-3, 0]  # two in one place: aside
        across[np.tril(same)] *= -1
        way = across / np.maximum(between, 1e-3)[..., None]
        places += (way * (over / 2)[..., None]).sum(axis=1) * 0.5
    return places
