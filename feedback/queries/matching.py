"""Everything that filters of the log match: counted as far as that is cheap, and by key."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import itemgetter
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import MD5

from annotator.models import Project
from feedback.models import Interaction
from feedback.queries.interactions import FIRST_STEP, LONGEST_STEP, Where, span
from feedback.queries.texts import Stored

ROWS = 20_000  # keys a round trip
PATIENCE = 0.3  # seconds
APART = ("variant", "model", "prompt_version")  # what may tell the two sides of a pair apart


@dataclass(frozen=True, slots=True)
class Count:
    """`more`: counting stopped because these are enough. `searched_to`: it stopped at this id for
    want of time. Neither: `n` is all there are."""

    n: int
    more: bool = False
    searched_to: UUID | None = None

    @property
    def is_all(self) -> bool:
        return not self.more and self.searched_to is None


def counted(project: Project, where: Where, *, most: int, patience: float | None = None) -> Count:
    """How many match, newest first, in bounded steps: a rare match would walk the whole log."""
    rows, condition = span(project, where).order_by("-id"), where.condition()
    patience = PATIENCE if patience is None else patience
    n, left, step, began = 0, rows, FIRST_STEP, time.perf_counter()
    while True:
        edge = left.values_list("id", flat=True)[step : step + 1].first()
        looked_at = left if edge is None else left.filter(id__gte=edge)
        n += looked_at.filter(condition).order_by().count()
        if edge is None:
            return Count(n)
        if n > most:
            return Count(n, more=True)
        if time.perf_counter() - began > patience:
            return Count(n, searched_to=edge)
        left, step = rows.filter(id__lt=edge), min(step * 2, LONGEST_STEP)


def keys(project: Project, where: Where) -> Iterator[bytes]:
    """The id of each interaction, oldest first, by a cursor on the server."""
    found = span(project, where).filter(where.condition()).order_by("id").values_list("id", flat=True)
    return (key.bytes for key in found.iterator(chunk_size=ROWS))


def pair_keys(project: Project, where: Where, apart: str) -> Iterator[bytes]:
    """The ids, left then right, of interactions that answered the same input by different variants.

    `apart` is the column that names a variant. One pair for an input and two variants: of each
    variant the newest that has an output. Left is the name that comes first. The database sorts
    by a hash of the stored input, so that memory holds one input's variants at a time.
    """
    rows = (
        span(project, where)
        .filter(where.condition(), ~Q(**{apart: ""}), error="", output__isnull=False)
        .annotate(of_input=MD5(Stored(F("input"))))
        .order_by("of_input", apart, "-id")
        .distinct("of_input", apart)
        .values_list("of_input", apart, "id")
    )
    for _input, group in groupby(rows.iterator(chunk_size=ROWS), key=itemgetter(0)):
        variants = sorted((name, key) for _hash, name, key in group)
        for (_left, left), (_right, right) in combinations(variants, 2):
            yield left.bytes + right.bytes


def first_of_their_name(project: Project, names: set[str]) -> dict[str, UUID]:
    """An external id may come at several times: the earliest interaction of each."""
    rows = Interaction.objects.filter(project=project, external_id__in=names).order_by("-id")
    return dict(rows.values_list("external_id", "id"))
