"""What a task has learned: its verified examples with their vectors, kept up to date in memory.

In the suggest worker alone: numpy and the local model. One shelf a task and process; several
threads use it.
"""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotator.ordering import encoder
from annotator.ordering.embed import as_bytes, as_rows
from feedback import verdicts
from feedback.models import Suggestion
from feedback.similarity.names import text_of
from feedback.similarity.similar import Similar
from feedback.suggesters.registry import Scored
from feedback.suggesting.fair import Shares

Vector = NDArray[np.float32]

OVERLAP = timedelta(seconds=60)  # whoever commits late is found all the same
MOST = 20_000  # examples, the newest
AT_ONCE = 500


@dataclass(frozen=True)
class Example:
    """`right` and `wrong`: places in the values; None: not known."""

    at: datetime
    right: int | None
    wrong: int | None
    vector: Vector
    person: str
    text: UUID

    @property
    def said(self) -> tuple[str, UUID, int | None, int | None]:
        return self.person, self.text, self.right, self.wrong


class Shelf:
    """`values` in the order of the taxonomy."""

    def __init__(self, task: int, values: Sequence[str]) -> None:
        self.task = task
        self.values = tuple(values)
        self._place = {value: n for n, value in enumerate(values)}
        self._lock = threading.Lock()
        self._examples: dict[UUID, Example] = {}
        self._newest: datetime | None = None
        self._names = encoder.load()([text_of(value) for value in self.values])
        self._begin()

    def _begin(self) -> None:
        """Nothing is learned yet."""
        self._state = Similar(self._names)
        self._shares = Shares()

    @property
    def learned_at(self) -> datetime | None:
        """Of the newest example that it knows."""
        return self._newest

    def refresh(self) -> None:
        """Take in what became known since. A change of mind is learned anew, with all the rest."""
        with self._lock:
            new, changed = self._read()
            if changed:
                self._begin()
                self._learn(list(self._examples.values()))
            elif new:
                self._learn(new)

    def ranked(self, vector: Vector, allowed: Collection[str] | None, most: int) -> list[Scored]:
        """The likeliest values with their chances, which are of all values together."""
        with self._lock:
            chances = self._state.predict(vector[None, :])[0]
        if allowed is not None:
            inside = np.array([value in allowed for value in self.values])
            chances = np.where(inside, chances, 0.0)
            whole = chances.sum()
            chances = chances / whole if whole > 0 else chances
        best = np.argsort(-chances, kind="stable")[:most]
        return [Scored(self.values[n], float(chances[n])) for n in best if chances[n] > 0]

    def nearest(self, vector: Vector, most: int) -> list[UUID]:
        """Examples whose right value is known, the nearest first."""
        with self._lock:
            known = [(name, one.vector) for name, one in self._examples.items() if one.right is not None]
        if not known or not most:
            return []
        closeness = np.stack([one for _name, one in known]) @ vector
        best = np.argsort(-closeness, kind="stable")[:most]
        return [known[n][0] for n in best]

    # --- reading -------------------------------------------------------------------------------------
    def _read(self) -> tuple[list[Example], bool]:
        """New examples, and whether one that was known says something else now."""
        rows = Suggestion.objects.filter(task=self.task, held_out=False, learned_at__isnull=False)
        if self._newest is not None:
            rows = rows.filter(learned_at__gt=self._newest - OVERLAP)
        found = list(rows.defer("candidates", "alternatives").order_by("-learned_at")[:MOST])
        _embed([row for row in found if row.vector is None])
        new: list[Example] = []
        changed = False
        for row in reversed(found):
            one = self._example(row)
            before = self._examples.get(row.pk)
            if before is not None and (before.right, before.wrong) == (one.right, one.wrong):
                continue
            changed = changed or before is not None
            self._examples[row.pk] = one
            new.append(one)
        if found and found[0].learned_at is not None:
            self._newest = max(found[0].learned_at, self._newest or found[0].learned_at)
        return new, changed

    def _example(self, row: Suggestion) -> Example:
        state = verdicts.State(verdict=row.verdict, final=row.final_value or None)
        right, wrong = verdicts.right_and_wrong(state, row.value or None, seen=not row.hidden)
        assert row.learned_at is not None and row.vector is not None  # noqa: S101, PT018 - as they were read
        return Example(
            row.learned_at,
            self._of(right),
            self._of(wrong),
            as_rows([row.vector])[0],
            row.end_user,
            row.text_hash,
        )

    def _of(self, value: str | None) -> int | None:
        """Values of an older taxonomy teach nothing about this one."""
        return None if value is None else self._place.get(value)

    def _learn(self, examples: Sequence[Example]) -> None:
        telling = [one for one in examples if one.right is not None or one.wrong is not None]
        examples = [one for one in telling if self._shares.admits(*one.said)]
        right = [one for one in examples if one.right is not None]
        if right:
            self._state.learn(
                np.stack([one.vector for one in right]),
                np.array([one.right for one in right], dtype=np.int64),
            )
        wrong = [one for one in examples if one.right is None and one.wrong is not None]
        if wrong:
            self._state.reject(
                np.stack([one.vector for one in wrong]),
                np.array([one.wrong for one in wrong], dtype=np.int64),
            )


def vector_of(text: str) -> Vector:
    found: Vector = encoder.load()([text])[0]
    return found


def _embed(rows: Sequence[Suggestion]) -> None:
    """Vectors of suggestions that were answered before there was one: too late, or from the cache."""
    for at in range(0, len(rows), AT_ONCE):
        some = rows[at : at + AT_ONCE]
        for row, vector in zip(some, encoder.load()([row.text for row in some]), strict=True):
            row.vector = as_bytes(vector)
        Suggestion.objects.bulk_update(some, ["vector"])
