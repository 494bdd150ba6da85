"""Which inputs of a day are embedded, and what each of them says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from annotator.models import Item, Project
from drift import texts
from drift.texts import Made, Rule
from feedback import days
from feedback.ingest.ids import ids_between
from feedback.models import AssertionResult, CheckOutcome, Environment, Interaction, VibeCheck
from feedback.queries.shifts import zone_of
from feedback.sampling import Urn, mark, together
from feedback.services.draw import production_of

KEYS = 20_000  # a round trip
PAYLOADS = 200  # read at a time: one may have a megabyte
MOST_TOUCHED = 2_000  # of a day


@dataclass(frozen=True)
class Drawn:
    """`keys`: ids in the log, in their order. Each of `population` was as likely."""

    population: int
    keys: list[UUID]


@dataclass(frozen=True)
class Said:
    """An input that the log still has. `made`: its text by the rule."""

    made: Made
    end_user: str
    session: str


def drawn(project: Project, day: date, most: int) -> Drawn:
    """A random sample of the day's production inputs, the same each time. Memory is the sample, however long the
    day: chance comes from a hash of the id (`feedback.sampling`)."""
    urn = Urn(f"drift:{project.pk}:{day.isoformat()}", most, together)
    ids = production_of(project, day).order_by().values_list("id", flat=True).iterator(chunk_size=KEYS)
    urn.add(("", key.bytes) for key in ids)
    found = [UUID(bytes=key) for _stratum, keys in urn.draw() for key in keys]
    return Drawn(urn.counts.get("", 0), sorted(found))


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
