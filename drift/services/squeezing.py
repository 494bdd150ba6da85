"""A day's repeats in the database. Only the ml worker imports this module."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models.functions import Now

from drift import repeats, texts, vectors
from drift.models import EmbeddedDay
from drift.services import inputs


@dataclass(frozen=True)
class Found:
    """`ids`, `weights`: of the sampled inputs with a vector. `report`: see `EmbeddedDay.repeats`."""

    ids: vectors.Ints
    weights: vectors.Ints
    report: dict[str, Any]

    @property
    def inputs(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> int:
        """That are left to be tested."""
        return int((self.weights > 0).sum())


def squeezed(day: EmbeddedDay) -> Found:
    """Reads the day's texts once more, a few at a time: what is the same is told by words, not by numbers.

    Of an input that the log has lost since, nobody knows that it is a repeat."""
    every = vectors.of_embedded(day, all_of_them=True)
    mine = np.flatnonzero(every.sampled)
    if not len(mine):
        none = np.zeros(0, dtype=np.int64)
        return Found(none, none, {"rows": 0, "groups": {}, "inputs": {}, "largest": []})
    keys = [every.interactions[k] for k in mine]
    said = inputs.said(keys, texts.rule_of(day.space.rule))
    of_texts = [texts.key_of(said[key].made.text) if key in said else key.int % 2**63 for key in keys]
    squeeze = repeats.squeeze(
        np.array(of_texts, dtype=np.int64),
        every.vectors[mine],
        repeats.codes([said[key].end_user if key in said else "" for key in keys]),
        repeats.codes([said[key].session if key in said else "" for key in keys]),
    )
    report = squeeze.report()
    for one in report["largest"]:
        one["interaction"] = str(keys[one.pop("row")])
    return Found(every.ids[mine], squeeze.weights, report)


def store(day: EmbeddedDay, found: Found, *, fell_back: int) -> None:
    """The weights, and the day is finished."""
    if found.inputs:
        vectors.set_weights(found.ids, found.weights)
    EmbeddedDay.objects.filter(pk=day.pk).update(
        repeats={**found.report, "fell_back": fell_back}, finished_at=Now()
    )
    day.refresh_from_db(fields=["finished_at", "drawn_at"])
