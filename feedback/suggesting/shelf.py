"""What a task has learned: its verified examples with their vectors, kept up to date in memory.

In the suggest worker alone: numpy and the local model. One shelf a task and process; several
threads use it.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db import IntegrityError
from django.utils import timezone
from numpy.typing import NDArray

from annotator.ordering import encoder
from annotator.ordering.embed import as_bytes, as_rows
from feedback import verdicts
from feedback.models import Suggestion, SuggestionVector
from feedback.queries.examples import examples_of
from feedback.similarity.names import text_of
from feedback.similarity.similar import Similar
from feedback.similarity.types import Classes, Vectors
from feedback.suggesters.registry import Scored
from feedback.suggesting.fair import Shares

Vector = NDArray[np.float32]
Change = Callable[[Vectors, Classes], None]

MODEL = "all-MiniLM-L6-v2, 1"  # names what the numbers mean: of another one they are made anew
OVERLAP = timedelta(seconds=60)  # before the last reading: whoever commits late is found all the same
TELLING = ("end_user", "final_value", "hidden", "learned_at", "text_hash", "value", "verdict")
MOST = 20_000  # examples, the newest
AT_ONCE = 500


class Said(NamedTuple):
    """What somebody's verdict says of a text. `right` and `wrong`: places in the values; None: not known."""

    person: str
    text: UUID
    right: int | None
    wrong: int | None

    @property
    def tells(self) -> bool:
        return (self.right, self.wrong) != (None, None)


@dataclass(frozen=True)
class Example:
    said: Said
    vector: Vector


class Shelf:
    """`values` in the order of the taxonomy. None: free text, which has examples and no chances."""

    def __init__(self, task: int, values: Sequence[str] | None) -> None:
        self.task = task
        self.free = values is None
        self.values = tuple(values or ())
        self._place = {value: n for n, value in enumerate(self.values)}
        self._lock = threading.Lock()
        self._examples: dict[UUID, Example] = {}
        self._newest: datetime | None = None  # example that is known
        self._read_at: datetime | None = None
        self._names = None if self.free else encoder.load()([text_of(value) for value in self.values])
        self._begin()

    def _begin(self) -> None:
        """Nothing is learned yet."""
        self._state = None if self._names is None else Similar(self._names)
        self._shares = Shares()

    @property
    def learned_at(self) -> datetime | None:
        """Of the newest example that it knows."""
        return self._newest

    def refresh(self) -> None:
        """Take in what became known since. Of a change of mind, what was said before is taken back."""
        with self._lock:
            new, before = self._read()
            if self._unlearn(before):
                self._learn(new)
            else:
                self._begin()
                self._learn(list(self._examples.values()))

    def ranked(self, vector: Vector, allowed: Collection[str] | None, most: int) -> list[Scored]:
        """The likeliest values with their chances, which are of all values together."""
        if self._state is None:
            return []
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
        """Examples whose right value is known, the nearest first. They teach a language model under the
        same rule as everybody (see `fair`): each text with its value once, and nobody's too many."""
        shares = Shares()
        with self._lock:
            found = {
                (one.said.text, one.said.right): (name, one.vector)
                for name, one in self._examples.items()
                if one.said.right is not None and shares.admits(*one.said)
            }
        known = list(found.values())
        if not known or not most:
            return []
        closeness = np.stack([one for _name, one in known]) @ vector
        best = np.argsort(-closeness, kind="stable")[:most]
        return [known[n][0] for n in best]

    # --- reading -------------------------------------------------------------------------------------
    def _read(self) -> tuple[list[Example], list[Example]]:
        """New examples, and as they were before those that were known and say something else now."""
        began = timezone.now()
        rows = examples_of(self.task)
        if self._read_at is not None:
            rows = rows.filter(learned_at__gt=self._read_at - OVERLAP)
        found = list(rows.only(*TELLING).order_by("-learned_at")[:MOST])
        said = {row.pk: self._said(row) for row in reversed(found)}
        news = [name for name, one in said.items() if self._known(name) != one]
        vectors = _vectors(news)
        before = [self._examples[name] for name in news if name in self._examples]
        new = {name: Example(said[name], vectors[name]) for name in news if name in vectors}
        self._examples |= new
        for name in list(self._examples)[: max(0, len(self._examples) - MOST)]:
            del self._examples[name]
        self._read_at = began
        if found and (newest := found[0].learned_at) is not None:
            self._newest = newest if self._newest is None else max(newest, self._newest)
        return list(new.values()), before

    def _known(self, name: UUID) -> Said | None:
        return self._examples[name].said if name in self._examples else None

    def _said(self, row: Suggestion) -> Said:
        state = verdicts.State(verdict=row.verdict, final=row.final_value or None)
        right, wrong = verdicts.right_and_wrong(state, row.value or None, seen=not row.hidden)
        return Said(row.end_user, row.text_hash, self._of(right), self._of(wrong))

    def _of(self, value: str | None) -> int | None:
        """Values of an older taxonomy teach nothing about this one."""
        if self.free and value is not None:
            return self._place.setdefault(value, len(self._place))
        return None if value is None else self._place.get(value)

    def _learn(self, examples: Sequence[Example]) -> None:
        if self._state is not None:
            counted = [one for one in examples if one.said.tells and self._shares.admits(*one.said)]
            _apply(self._state.learn, self._state.reject, counted)

    def _unlearn(self, examples: Sequence[Example]) -> bool:
        """False: some are so old that only a new beginning forgets them."""
        if self._state is None:
            return True
        counted = [one for one in examples if one.said.tells and self._shares.gives_back(*one.said)]
        try:
            _apply(self._state.unlearn, self._state.unreject, counted)
        except ValueError:
            return False
        return True


def _apply(right: Change, wrong: Change, examples: Sequence[Example]) -> None:
    """`right` for those whose value is known, `wrong` for those of which only a wrong one is."""
    known = [(one.vector, one.said.right) for one in examples if one.said.right is not None]
    other = [(one.vector, one.said.wrong) for one in examples if one.said.right is None]
    for change, found in ((right, known), (wrong, other)):
        if found:
            vectors, places = zip(*found, strict=True)
            change(np.stack(vectors), np.array(places, dtype=np.intp))


def vector_of(text: str) -> Vector:
    found: Vector = encoder.load()([text])[0]
    return found


def _vectors(names: Sequence[UUID]) -> dict[UUID, Vector]:
    """Of the texts of these suggestions, as far as they are still there."""
    found: dict[UUID, Vector] = {}
    for at in range(0, len(names), AT_ONCE):
        some = names[at : at + AT_ONCE]
        rows = SuggestionVector.objects.filter(suggestion__in=some, model=MODEL)
        found |= {name: as_rows([vector])[0] for name, vector in rows.values_list("suggestion_id", "vector")}
        found |= _embedded([name for name in some if name not in found])
    return found


def _embedded(names: Sequence[UUID]) -> dict[UUID, Vector]:
    """Of what was answered before there was a vector (too late, or from the cache), or by another model."""
    texts = dict(Suggestion.objects.filter(pk__in=names).order_by("pk").values_list("pk", "text"))
    if not texts:
        return {}
    found = dict(zip(texts, encoder.load()(list(texts.values())), strict=True))
    made = [SuggestionVector(suggestion_id=n, model=MODEL, vector=as_bytes(v)) for n, v in found.items()]
    with suppress(IntegrityError):  # one was deleted meanwhile: the next process embeds the others again
        SuggestionVector.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["suggestion"], update_fields=["model", "vector"]
        )
    return found
