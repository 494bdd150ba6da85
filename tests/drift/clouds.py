"""Inputs as vectors, made by hand: topics are directions, an input is its topic and noise."""

import numpy as np

DIMENSIONS = 48


class Clouds:
    """`topics`: unit vectors. Rows of a topic have a cosine of about `likeness` squared to each other."""

    def __init__(self, seed=0, topics=40, likeness=0.85):
        self.chance = np.random.default_rng(seed)
        self.likeness = likeness
        self.topics = _unit(self.chance.standard_normal((topics, DIMENSIONS)))

    def rows(self, counts):
        """`counts[k]` rows of topic k, in that order."""
        which = np.repeat(np.arange(len(counts)), counts)
        noise = _unit(self.chance.standard_normal((len(which), DIMENSIONS)))
        far = np.sqrt(1 - self.likeness**2)
        return _unit(self.likeness * self.topics[which] + far * noise).astype(np.float32), which

    def window(self, n, shares):
        return self.rows(self.chance.multinomial(n, shares))

    def odd(self, n):
        return _unit(self.chance.standard_normal((n, DIMENSIONS))).astype(np.float32)


def even(topics, *, without=()):
    """The same share for each topic but those that are not there."""
    shares = np.ones(topics)
    shares[list(without)] = 0
    return shares / shares.sum()


def days_of(rows, days=10):
    """A day number for each of so many rows, in turn."""
    return np.arange(rows) % days


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
