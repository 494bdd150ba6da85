"""Which inputs of a day are embedded, and what each of them says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, F, Func, QuerySet, Value

from annotator.models import Item, Project
from drift import draw, texts
from drift.draw import Draw, Lot
from drift.texts import Made, Rule
from feedback import days
from feedback.ingest.ids import ids_between
from feedback.models import AssertionResult, CheckOutcome, Environment, Interaction, VibeCheck
from feedback.queries.shifts import zone_of
from feedback.sampling import mark
from feedback.services.draw import production_of

KEYS = 5_000  # a round trip
AHEAD, FURTHER = (
    4,
    8,
)  # of so many times what is wanted the order is made first, and then of so many times as much
PAYLOADS = 200  # read at a time: one may have a megabyte
MOST_TOUCHED = 2_000  # of a day


@dataclass(frozen=True)
class Said:
    """An input that the log still has. `made`: its text by the rule."""

    made: Made
    end_user: str
    session: str


def drawn(project: Project, day: date, most: int) -> tuple[int, Draw]:
    """How many production inputs the day has, and a random sample of them, the same each time (`drift.draw`).

    Chance is a hash of the id, which PostgreSQL makes and sorts by. Memory here is the sample, however long the day.
    """
    rows = production_of(project, day)
    population = rows.count()
    seed = f"drift:{project.pk}:{day.isoformat()}"
    return population, draw.draw(lambda: _in_their_order(rows, seed, population, most), most)


def _in_their_order(rows: QuerySet[Interaction], seed: str, population: int, most: int) -> Iterator[Lot]:
    """All of them, by the hash. Some at a time: mostly the first few are enough, and sorted in no time."""
    lot = Func(
        Func(F("id"), function="uuid_send"),
        Value(seed.encode()),
        template="sha256(%(expressions)s)",
        arg_joiner=" || ",
        output_field=BinaryField(),
    )
    shuffled = rows.annotate(lot=lot).order_by("lot", "id")
    columns = "id", "input_hash", "end_user", "session"
    low: bytes | None
    low, share = b"", AHEAD * most / max(population, 1)
    while low is not None:
        high = int(share * 2**32).to_bytes(4, "big") if share < 1 else None
        some = shuffled.filter(lot__gte=low) if high is None else shuffled.filter(lot__gte=low, lot__lt=high)
        for key, same, user, session in some.values_list(*columns).iterator(chunk_size=KEYS):
            yield Lot(key, key if same is None else same, user, session)
        low, share = high, FURTHER * share


def touched(project: Project, day: date) -> list[UUID]:
    """What the day's vibe check drew, and outputs of the day that failed an assertion, in the order of ids."""
    low, high = ids_between(*days.bounds(day, zone_of(project)))
    failed = AssertionResult.objects.filter(
        project=project, outcome=CheckOutcome.FAILED, interaction__gte=low, interaction__lt=high
    )
    found = set(
        failed.order_by("interaction").values_list("interaction", flat=True).distinct()[: 10 * MOST_TOUCHED]
    )
    if len(found) > MOST_TOUCHED:
        found = set(sorted(found, key=lambda one: mark("drift:touched", one.bytes))[:MOST_TOUCHED])
    checks = VibeCheck.objects.filter(project=project, day=day).exclude(queue=None).values("queue")
    copied = Item.objects.filter(queue__in=checks).values_list("metadata__interaction", flat=True)
    found |= {UUID(one) for one in copied if isinstance(one, str) and len(one) == 36}
    mine = Interaction.objects.filter(
        project=project, pk__in=found, environment=Environment.PRODUCTION, id__gte=low, id__lt=high
    )
    return sorted(mine.values_list("id", flat=True))


def texts_of(project: int, keys: Iterable[UUID], rule: Rule) -> dict[UUID, str]:
    """The text of each of the project's inputs that the log still has; of some it is empty. One question, and of
    the payloads few are in memory at a time."""
    rows = Interaction.objects.filter(project=project, pk__in=set(keys)).values_list("pk", "input")
    return {key: texts.made(payload, rule).text for key, payload in rows.iterator(chunk_size=PAYLOADS)}


def said(keys: Sequence[UUID], rule: Rule) -> dict[UUID, Said]:
    """Of each interaction that the log still has. Of the payloads few are in memory at a time."""
    found: dict[UUID, Said] = {}
    for start in range(0, len(keys), PAYLOADS):
        part = keys[start : start + PAYLOADS]
        rows: Any = Interaction.objects.filter(pk__in=part).values_list("id", "input", "end_user", "session")
        for key, payload, end_user, session in rows:
            found[key] = Said(texts.made(payload, rule), end_user, session)
    return found
