"""Three keywords and a title for each topic, from the texts in the log. The ml worker's alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from drift.keywords import Terms, keywords, terms_of
from drift.models import Space
from drift.services import inputs
from drift.services.naming import KEYWORD, TITLE
from drift.texts import rule_of
from drift.topics.nearest import Counted

READ = 60  # texts of a topic, the nearest to its middle first
LONGEST = 600  # characters that are read of one


@dataclass(frozen=True)
class Named:
    keywords: list[str] = field(default_factory=list)
    title: str = ""
    nearest: UUID | None = None


def names_of(space: Space, interactions: Sequence[UUID], counted: Counted, k: int) -> list[Named]:
    """For each of k topics; empty where the log has none of its inputs any more."""
    nearest = [_nearest(counted, topic) for topic in range(k)]
    texts = _texts(space, [interactions[at] for rows in nearest for at in rows])
    groups = [
        {interactions[at]: texts[interactions[at]] for at in rows if interactions[at] in texts}
        for rows in nearest
    ]
    terms = [terms_of(group.values()) for group in groups]
    everything = sum(terms, terms_of([]))
    return [_named(group, mine, everything) for group, mine in zip(groups, terms, strict=True)]


def _nearest(counted: Counted, topic: int) -> list[int]:
    rows = np.flatnonzero(counted.topic == topic)
    return [int(at) for at in rows[np.argsort(-counted.cosine[rows], kind="stable")][:READ]]


def _texts(space: Space, wanted: Sequence[UUID]) -> dict[UUID, str]:
    """Of those that the log has and that are not empty, the beginning of what was embedded."""
    said = inputs.texts_of(space.project_id, wanted, rule_of(space.rule))
    return {key: text[:LONGEST] for key, text in said.items() if text}


def _named(group: Mapping[UUID, str], mine: Terms, everything: Terms) -> Named:
    if not group:
        return Named()
    key, text = next(iter(group.items()))
    return Named([one[:KEYWORD] for one in keywords(mine, everything)], text[:TITLE], key)
