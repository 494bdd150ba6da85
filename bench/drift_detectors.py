"""The daily judgement and four others, asked the same: is the day unlike the baseline, and which rows?"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from bench.drift_worlds import Sample
from drift.scan.judge import PERMUTATIONS, Judgement, judge


@dataclass
class Group:
    shrunk: bool
    day: np.ndarray
    baseline: np.ndarray
    p: float = 1.0


@dataclass
class Answer:
    """`p`: the detector's own, None if it has none. `stat`: larger is more unlike. `groups`: surest first."""

    stat: float
    p: float | None
    groups: list[Group] = field(default_factory=list)


def genba(baseline: Sample, day: Sample, seed: int) -> Answer:
    found = judge(
        baseline.vectors, baseline.days, day.vectors, seed=seed, level=0.05, permutations=PERMUTATIONS
    )
    assert isinstance(found, Judgement), found
    groups = [Group(one.kind == "shrunk", one.day, one.baseline, one.p) for one in found.groups]
    return Answer(found.stat, found.p, groups)


def kmeans(baseline: Sample, day: Sample, _seed: int) -> Answer:
    """Mini-batch k-means of both windows together, about 30 rows a cluster; each cluster tested."""
    from sklearn.cluster import MiniBatchKMeans

    rows = np.vstack([baseline.vectors, day.vectors])
    found = MiniBatchKMeans(
        max(8, len(rows) // 30), n_init=1, random_state=0, batch_size=2048, max_iter=20
    ).fit(rows)
    return by_cluster(found.labels_, len(baseline.texts))


def hdbscan(baseline: Sample, day: Sample, _seed: int) -> Answer:
    """HDBSCAN of 15 principal components of both windows together; each cluster tested."""
    from hdbscan import HDBSCAN
    from sklearn.decomposition import PCA

    rows = np.vstack([baseline.vectors, day.vectors])
    flat = PCA(15, random_state=0, svd_solver="randomized").fit_transform(rows).astype(float)
    labels = HDBSCAN(min_cluster_size=10, min_samples=5, core_dist_n_jobs=1).fit(flat).labels_
    return by_cluster(labels, len(baseline.texts))


def energy(baseline: Sample, day: Sample, _seed: int) -> Answer:
    """The energy distance of the two clouds: neither a p nor rows."""
    before, now = baseline.vectors, day.vectors

    def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.sqrt(np.maximum(2 - 2 * (one @ other.T), 0))

    inside = [apart(one, one).sum() / (len(one) * (len(one) - 1)) for one in (before, now)]
    return Answer(float(2 * apart(before, now).mean() - sum(inside)), None)


def classifier(baseline: Sample, day: Sample, _seed: int) -> Answer:
    """Logistic regression, “baseline or day?”, over two folds; p of its AUC by Mann and Whitney's normal."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    before, n = len(baseline.texts), len(day.texts)
    rows, is_day = np.vstack([baseline.vectors, day.vectors]), np.repeat([0, 1], [before, n])
    fold = np.random.default_rng(1).integers(0, 2, before + n)
    score = np.empty(before + n)
    for one in (0, 1):
        fitted = LogisticRegression(C=10.0, max_iter=60, class_weight="balanced")
        fitted.fit(rows[fold != one], is_day[fold != one])
        score[fold == one] = fitted.decision_function(rows[fold == one])
    auc = float(roc_auc_score(is_day, score))
    odd = np.flatnonzero(score[before:] > np.quantile(score[:before], 0.99))
    p = stats.norm.sf((auc - 0.5) / np.sqrt((before + n + 1) / (12.0 * before * n)))
    return Answer(auc, float(p), [Group(False, odd, np.array([], int))])


Detector = Callable[[Sample, Sample, int], Answer]
PEERS: dict[str, Detector] = {
    "k-means, each cluster tested": kmeans,
    "HDBSCAN, each cluster tested": hdbscan,
    "energy distance": energy,
    "classifier's AUC": classifier,
}
DETECTORS: dict[str, Detector] = {"Genba": genba, **PEERS}


def by_cluster(labels: np.ndarray, before: int) -> Answer:
    """A two-sided hypergeometric test of each cluster, corrected by Benjamini and Hochberg; -1 is noise."""
    there, now = labels[:before], labels[before:]
    names = [one for one in np.unique(labels) if one != -1]
    if not names:
        return Answer(0.0, 1.0)
    a = np.array([(now == one).sum() for one in names])
    m = a + np.array([(there == one).sum() for one in names])
    law = stats.hypergeom(len(labels), m, len(now))
    p = np.minimum(1, 2 * np.minimum(law.sf(a - 1), law.cdf(a)))
    order = np.argsort(p)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(
        1, np.minimum.accumulate((p[order] * len(p) / (np.arange(len(p)) + 1))[::-1])[::-1]
    )
    groups = [
        Group(
            bool(a[k] < m[k] * len(now) / len(labels)),
            np.flatnonzero(now == one),
            np.flatnonzero(there == one),
            float(corrected[k]),
        )
        for k, one in enumerate(names)
        if corrected[k] < 0.05
    ]
    least = float(corrected.min())
    return Answer(-np.log10(max(least, 1e-300)), least, sorted(groups, key=lambda one: one.p))


warnings.filterwarnings("ignore", module="sklearn")
