"""Votes between two variants as arrays, and how likely they are under given strengths."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Outcome(StrEnum):
    FIRST = "first"
    SECOND = "second"
    TIE = "tie"


class Vote(NamedTuple):
    """`prompt`: whatever is the same for votes that depend on each other."""

    prompt: Hashable
    first: int
    second: int
    outcome: Outcome


@dataclass(frozen=True)
class Votes:
    """Arrays along the votes; `won` is 0 for the first, 1 for a tie, 2 for the second."""

    prompt: Integers
    first: Integers
    second: Integers
    won: Integers

    def only(self, kept: NDArray[np.bool_]) -> "Votes":
        return Votes(self.prompt[kept], self.first[kept], self.second[kept], self.won[kept])


def arrays(votes: Iterable[Vote], variants: int) -> Votes:
    codes = {Outcome.FIRST: 0, Outcome.TIE: 1, Outcome.SECOND: 2}
    prompts: dict[Hashable, int] = {}
    rows = [
        (prompts.setdefault(prompt, len(prompts)), first, second, codes[Outcome(outcome)])
        for prompt, first, second, outcome in votes
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    v = Votes(*columns)
    ends = columns[1:3]
    if ends.size and (ends.min() < 0 or ends.max() >= variants or (v.first == v.second).any()):
        raise ValueError("a vote compares two different variants")
    return v


def connected(v: Votes, variants: int) -> list[Integers]:
    """Variants that were compared, by chains of comparisons."""
    compared = np.zeros((variants, variants), dtype=bool)
    compared[v.first, v.second] = compared[v.second, v.first] = True
    reached = _closure(compared)
    groups = {tuple(np.flatnonzero(row)) for row in reached if row.any()}
    return [np.array(group) for group in sorted(groups)]


def _closure(arrows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which arrows lead where, over any number of them; whoever has one leads to itself."""
    reached = arrows | np.diag(arrows.any(axis=0) | arrows.any(axis=1))
    while True:
        further = (reached.astype(np.int64) @ reached.astype(np.int64)) > 0
        if (further == reached).all():
            return reached
        reached = further


@dataclass(frozen=True)
class Pairs:
    """(pairs) arrays: who was compared, and how often the first won, nobody, the second won."""

    first: Integers
    second: Integers
    counts: Floats  # (pairs, 3)
    variants: int
    tied: bool

    def function(self, at: Floats) -> tuple[float, Floats, Floats]:
        """The log-likelihood with its gradient and information, at the strengths and ln nu."""
        chances, logs = self.chances(at)
        total = self.counts.sum(axis=1)
        mean = (chances[:, 0] - chances[:, 2]) / 2
        pull = (self.counts[:, 0] - self.counts[:, 2]) / 2 - total * mean
        size = self.variants + self.tied
        gradient, information = np.zeros(size), np.zeros((size, size))
        np.add.at(gradient, self.first, pull)
        np.add.at(gradient, self.second, -pull)
        spread = total * ((chances[:, 0] + chances[:, 2]) / 4 - mean**2)
        for i, j, sign in (
            (self.first, self.first, 1),
            (self.second, self.second, 1),
            (self.first, self.second, -1),
            (self.second, self.first, -1),
        ):
            np.add.at(information, (i, j), sign * spread)
        information[: self.variants, : self.variants] += 1  # of all sums the one of 0
        if self.tied:
            tie = chances[:, 1]
            gradient[-1] = (self.counts[:, 1] - total * tie).sum()
            information[-1, -1] = (total * tie * (1 - tie)).sum()
            shared = -total * mean * tie
            for i, sign in ((self.first, 1), (self.second, -1)):
                np.add.at(information[-1], i, sign * shared)
            information[:-1, -1] = information[-1, :-1]
        return float((self.counts * np.where(self.counts > 0, logs, 0)).sum()), gradient, information

    def chances(self, at: Floats) -> tuple[Floats, Floats]:
        """(pairs, 3), and their logarithms."""
        half = (at[self.first] - at[self.second]) / 2
        nothing = np.full(len(half), at[-1] if self.tied else -np.inf)
        weights = np.stack([half, nothing, -half], axis=1)
        top = weights.max(axis=1, keepdims=True)
        logs = weights - top - np.log(np.exp(weights - top).sum(axis=1, keepdims=True))
        return np.exp(logs), logs


def beatable(pairs: Pairs) -> bool:
    """Everyone is beaten or tied, over some chain, by everyone: else strengths have no bound."""
    arrows = np.zeros((pairs.variants, pairs.variants), dtype=bool)
    for i, j, column in ((pairs.first, pairs.second, 0), (pairs.second, pairs.first, 2)):
        arrows[i, j] |= pairs.counts[:, [column, 1]].any(axis=1)
    return bool(_closure(arrows).all())


def scores_of(
    pairs: Pairs, at: Floats, pair: Integers, won: Integers, prompt: Integers, prompts: int
) -> Floats:
    """(prompts, strengths and ln nu): how much the votes of each prompt pull at each."""
    chances, _ = pairs.chances(at)
    mean = (chances[:, 0] - chances[:, 2]) / 2
    pull = (1 - won) / 2 - mean[pair]
    scores = np.zeros((prompts, pairs.variants + pairs.tied))
    np.add.at(scores, (prompt, pairs.first[pair]), pull)
    np.add.at(scores, (prompt, pairs.second[pair]), -pull)
    if pairs.tied:
        np.add.at(scores[:, -1], prompt, (won == 1) - chances[pair, 1])
    return scores
