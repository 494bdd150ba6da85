"""A day's repeats in the database. Only the ml worker imports this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models.functions import Now

from drift import draw, repeats, texts, vectors
from drift.models import EmbeddedDay
from drift.repeats import Known
from drift.services import inputs


@dataclass(frozen=True)
class Found:
    """`ids`, `weights`: of the rows of the sample with a vector. `report`: see `EmbeddedDay.repeats`."""

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
    drawn = day.repeats.get("drawn", {})
    about = {"over": drawn.get("over", 0), "held": drawn.get("held", 0), "limit": drawn.get("limit", 0)}
    if not len(mine):
        none = np.zeros(0, dtype=np.int64)
        return Found(none, none, {"rows": 0, "groups": {}, "inputs": {}, "largest": [], **about})
    keys = [every.interactions[k] for k in mine]
    said = inputs.said(keys, texts.rule_of(day.space.rule))
    of_texts = [texts.key_of(said[key].made.text) if key in said else key.int % 2**63 for key in keys]
    told = [draw.told(drawn, key) for key in keys]
    squeeze = repeats.squeeze(
        np.array(of_texts, dtype=np.int64),
        every.vectors[mine],
        repeats.codes(
            [_one(one.one_user, said, key, "end_user") for one, key in zip(told, keys, strict=True)]
        ),
        repeats.codes(
            [_one(one.one_session, said, key, "session") for one, key in zip(told, keys, strict=True)]
        ),
        Known(
            np.array([one.n for one in told], dtype=np.int64),
            np.array([one.users for one in told], dtype=np.int64),
        ),
    )
    report = squeeze.report()
    for one in report["largest"]:
        one["interaction"] = str(keys[one.pop("row")])
    weights = repeats.summed(squeeze.stands_for, np.array([one.weight for one in told], dtype=np.int64))
    return Found(every.ids[mine], weights, report | about)


def _one(alone: bool, said: Mapping[UUID, inputs.Said], key: UUID, name: str) -> str:
    """Who sent all the inputs that the row stands for; empty if they were several."""
    return str(getattr(said[key], name)) if alone and key in said else ""


def store(day: EmbeddedDay, found: Found, *, fell_back: int) -> None:
    """The weights, and the day is finished."""
    if found.inputs:
        vectors.set_weights(found.ids, found.weights)
    EmbeddedDay.objects.filter(pk=day.pk).update(
        repeats={**found.report, "fell_back": fell_back}, finished_at=Now()
    )
    day.refresh_from_db(fields=["finished_at", "drawn_at"])
