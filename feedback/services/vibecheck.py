"""Drawing a day's check: once, whoever asks, and either all of it or nothing."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotator.models import Project, Queue
from annotator.services.queues import NewItem, add_items, make_queue
from feedback import days
from feedback.ingest.ids import ids_between
from feedback.models import Environment, Interaction, VibeCheck, VibePlan
from feedback.queries.shifts import people_on, person_on, zone_of
from feedback.sampling import Stratum, Urn, mark
from feedback.services.lineage import lineage
from feedback.services.plans import ensure_plan

ORIGIN = "vibecheck"
ROWS = 20_000  # keys a round trip; payloads are read of the drawn ones only
REASON = 200
EXTERNAL_ID = 256

Drawn = list[tuple[Stratum, list[UUID]]]


class TooEarly(ValueError):
    """The day is not over; the text is for people."""


def draw(*, project: Project, day: date, now: datetime) -> VibeCheck:
    """The check of that day, drawn now if it was not. Raises TooEarly while the day lasts.

    One transaction: killed in the middle, it left nothing. What arrives for the day later is
    in no sample: the population is what was there at the draw. Only a day without anything to
    draw is looked at again, for a log may come late.
    """
    known = VibeCheck.objects.filter(project=project, day=day).first()
    if known and known.population:
        return known
    if not days.known(day) or not days.is_over(day, zone_of(project), now):
        raise TooEarly(
            _("%(day)s is not over yet in %(zone)s: its check can be drawn the day after.")
            % {"day": day.isoformat(), "zone": project.time_zone}
        )
    plan = ensure_plan(project, now=now)
    return _draw_once(plan, day)


@transaction.atomic
def _draw_once(plan: VibePlan, day: date) -> VibeCheck:
    project = plan.project
    VibePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)  # the second one waits here
    known = VibeCheck.objects.filter(project=project, day=day).first()
    if known and known.population:
        return known
    urn, drawn = _sample(plan, day)
    strata = [stratum for stratum, _keys in drawn]
    check, _new = VibeCheck.objects.update_or_create(
        project=project,
        day=day,
        defaults={
            "queue": _queue(plan, day, drawn) if drawn else None,
            "person": person_on(plan, people_on([plan])[plan.pk], day + days.DAY) if drawn else None,
            "population": sum(urn.counts.values()),
            "strata": [_as_json(stratum) for stratum in strata],
            "drawn_at": Now(),
        },
    )
    check.refresh_from_db()  # drawn_at is the database's
    return check


def _sample(plan: VibePlan, day: date) -> tuple[Urn, Drawn]:
    urn = Urn(seed_of(plan.project, day), plan.sample_size)
    urn.add((feature, key.bytes) for feature, key in _keys(plan.project, day))
    return urn, [(stratum, [UUID(bytes=key) for key in keys]) for stratum, keys in urn.draw()]


def seed_of(project: Project, day: date) -> str:
    return f"{project.pk}:{day.isoformat()}"


def _keys(project: Project, day: date) -> Iterator[tuple[str, UUID]]:
    """(feature, id) of the day's production interactions, by a cursor on the server.

    The id holds the time, so the day is a range of the primary key.
    """
    low, high = ids_between(*days.bounds(day, zone_of(project)))
    found = Interaction.objects.filter(
        project=project, id__gte=low, id__lt=high, environment=Environment.PRODUCTION
    )
    return found.order_by().values_list("feature", "id").iterator(chunk_size=ROWS)


def _queue(plan: VibePlan, day: date, drawn: Drawn) -> Queue:
    queue = make_queue(
        project=plan.project,
        name=_("Vibe check %(day)s") % {"day": day.isoformat()},
        questions=[plan.question],
        origin=ORIGIN,
    )
    add_items(queue, _items(seed_of(plan.project, day), drawn))
    return queue


def _items(seed: str, drawn: Drawn) -> list[NewItem]:
    """In the order of their lots, so that features come mixed."""
    stratum_of = {key: stratum for stratum, keys in drawn for key in keys}
    rows = sorted(
        Interaction.objects.filter(pk__in=stratum_of), key=lambda row: (mark(seed, row.pk.bytes), row.pk)
    )
    used: set[str] = set()
    items = []
    for row in rows:
        # One external id may come at two times of a day; an item's is its queue's own.
        name = row.external_id if row.external_id not in used else str(row.pk)
        used.add(name)
        items.append(_item(row, name, stratum_of[row.pk]))
    return items


def _item(row: Interaction, name: str, stratum: Stratum) -> NewItem:
    return NewItem(
        external_id=name,
        input=row.input,
        output=row.output,
        context=row.context,
        error=row.error,
        metadata=lineage(row),
        origin=ORIGIN,
        reason=reason_of(stratum),
        stratum=stratum.name,
        inclusion_probability=stratum.probability,
    )


def reason_of(stratum: Stratum) -> str:
    """Why an item is here, in words."""
    numbers = {"drawn": stratum.drawn, "population": stratum.population, "feature": "%s"}
    if len(stratum.features) > 1:
        words = _("drawn at random: %(drawn)s of %(population)s in the small features")
    elif not stratum.features[0]:
        words = _("drawn at random: %(drawn)s of %(population)s")
    elif stratum.drawn == stratum.population:
        words = _("all %(population)s of feature “%(feature)s” were taken")
    else:
        words = _("drawn at random: %(drawn)s of %(population)s in feature “%(feature)s”")
    text = words % numbers
    room = max(0, REASON - len(text) + 2)
    feature = stratum.features[0]
    return text.replace("%s", feature if len(feature) <= room else feature[: room - 1] + "…")[:REASON]


def _as_json(stratum: Stratum) -> dict[str, object]:
    known = {"name": stratum.name, "population": stratum.population, "drawn": stratum.drawn}
    return known if stratum.features == (stratum.name,) else {**known, "features": list(stratum.features)}
