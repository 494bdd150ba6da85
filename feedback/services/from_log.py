"""Filling a queue with copies of logged interactions: all that filters match, or a sample.

First all keys are chosen, then copied a chunk at a time. Chance comes from the seed, so choosing
again from the same log chooses the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from annotator.models import Job, Queue, QueueKind, User
from annotator.services import jobs
from annotator.services.items import MIRROR
from annotator.services.queues import NewItem
from feedback.models import Interaction
from feedback.queries import matching
from feedback.queries.interactions import Where
from feedback.sampling import Urn
from feedback.services.lineage import lineage

JOB_KIND = "feedback.fill_from_log"
MOST = 10_000  # items at a time
ORIGIN, PAIR_ORIGIN = "interaction", "interaction-pair"
ID = 16  # bytes


class TooMany(ValueError):
    """More than MOST match, and all of them are asked for."""


@dataclass(frozen=True)
class Wanted:
    """What to bring into a queue. `n` None: all. `apart`: the column that tells the two sides of
    a pair apart; empty for queues of single outputs."""

    where: Where
    n: int | None = None
    seed: int = 0
    apart: str = ""

    def as_json(self) -> dict[str, Any]:
        where = {name: str(value) if isinstance(value, UUID) else value for name, value in _set(self.where)}
        return {"where": where, "n": self.n, "seed": self.seed, "apart": self.apart}

    @classmethod
    def of_json(cls, found: dict[str, Any]) -> "Wanted":
        where = dict(found["where"])
        for name in {"first", "end"} & set(where):
            where[name] = UUID(where[name])
        where["equal"] = tuple((column, value) for column, value in where.get("equal", ()))
        return cls(Where(**where), found["n"], found["seed"], found["apart"])


def _set(where: Where) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in asdict(where).items() if value)


@dataclass(frozen=True)
class Chosen:
    """`keys` in the order of the queue: an id each, or two of a pair."""

    population: int
    keys: Sequence[bytes]


def start(queue: Queue, wanted: Wanted, *, token: UUID, by: User) -> Job:
    """The job. `token` is of the page that was sent: sent twice, it is one job."""
    arguments = {"queue": str(queue.pk), **wanted.as_json()}
    told = blake2b(repr(arguments).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return jobs.ask(
        kind=JOB_KIND,
        key=f"{queue.pk} {token} {told}",
        project=queue.project,
        arguments=arguments,
        by=by,
    )


def choose(queue: Queue, wanted: Wanted) -> Chosen:
    """Raises TooMany when all are wanted and there are more than MOST."""
    if queue.kind == QueueKind.PAIRWISE:
        found = matching.pair_keys(queue.project, wanted.where, wanted.apart)
    else:
        found = matching.keys(queue.project, wanted.where)
    return _all(found) if wanted.n is None else _sample(found, wanted.n, wanted.seed)


def _all(found: Iterator[bytes]) -> Chosen:
    keys: list[bytes] = []
    for key in found:
        keys.append(key)
        if len(keys) > MOST:
            raise TooMany
    return Chosen(len(keys), sorted(keys))  # by time, also pairs


def _sample(found: Iterator[bytes], n: int, seed: int) -> Chosen:
    """Each equally likely, in the order of their lots: memory is `n` keys."""
    urn = Urn(str(seed), n)
    urn.add(("", key) for key in found)
    keys = [key for _stratum, drawn in urn.draw() for key in drawn]
    return Chosen(sum(urn.counts.values()), keys)


@dataclass(frozen=True)
class Why:
    """With what chance the items of a draw came, and the words for it."""

    population: int
    drawn: int

    @property
    def probability(self) -> float:
        return self.drawn / self.population

    @property
    def reason(self) -> str:
        if self.drawn == self.population:
            return _("all %(population)s that matched in the log") % {"population": self.population}
        return _("drawn at random: %(drawn)s of %(population)s that matched in the log") % vars(self)


def items(queue: Queue, keys: Sequence[bytes], why: Why, *, apart: str = "") -> list[NewItem]:
    """Copies of those that the log still has; it may be rotated meanwhile."""
    ids = {UUID(bytes=key[at : at + ID]) for key in keys for at in range(0, len(key), ID)}
    rows = Interaction.objects.filter(project=queue.project_id, pk__in=ids).in_bulk()
    sides = [[rows.get(UUID(bytes=key[at : at + ID])) for at in range(0, len(key), ID)] for key in keys]
    there = [[row for row in side if row is not None] for side in sides if None not in side]
    if queue.kind == QueueKind.PAIRWISE:
        return [_pair(left, right, apart, why) for left, right in there]
    singles = [row for (row,) in there]
    names = matching.first_of_their_name(queue.project, {row.external_id for row in singles})
    return [_single(row, names, why) for row in singles]


def _single(row: Interaction, first: dict[str, UUID], why: Why) -> NewItem:
    """The log's external id is the item's, but that of a later one that came under the same."""
    own = first[row.external_id] == row.pk and not row.external_id.endswith(MIRROR)
    return NewItem(
        external_id=row.external_id if own else str(row.pk),
        input=row.input,
        output=row.output,
        context=row.context,
        error=row.error,
        metadata=lineage(row),
        origin=ORIGIN,
        reason=why.reason,
        inclusion_probability=why.probability,
    )


def _pair(left: Interaction, right: Interaction, apart: str, why: Why) -> NewItem:
    """A context that only one of them had would favour it: it is shown when both had the same."""
    return NewItem(
        external_id=f"{left.pk}:{right.pk}",
        input=left.input,
        left=left.output,
        right=right.output,
        left_variant=getattr(left, apart),
        right_variant=getattr(right, apart),
        context=left.context if left.context == right.context else None,
        metadata={"left": lineage(left), "right": lineage(right)},
        origin=PAIR_ORIGIN,
        reason=why.reason,
        inclusion_probability=why.probability,
    )
