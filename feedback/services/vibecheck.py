"""Drawing a day's check: once, whoever asks, and either all of it or nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotator.models import Project, Queue
from annotator.services.queues import NewItem, add_items, make_queue
from feedback import days
from feedback.models import Interaction, VibeCheck, VibePlan
from feedback.queries.shifts import rota_of, zone_of
from feedback.sampling import Stratum, mark
from feedback.services import shadow_pairs
from feedback.services.draw import Draw, draw_of, production_of, seed_of
from feedback.services.lineage import lineage
from feedback.services.plans import ensure_plan
from feedback.sources import registry
from feedback.union import Chance

ORIGIN = "vibecheck"
REASON = 200
DRAWN_BY = "drawn_by"  # in an item's metadata: the parts that drew it


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
    drawn = draw_of(plan, day)
    copies = _items(plan, day, drawn)
    check, _new = VibeCheck.objects.update_or_create(
        project=project,
        day=day,
        defaults={
            "queue": _queue(plan, day, copies.items) if copies.items else None,
            "pairs": shadow_pairs.queue_of(plan, day) if copies.items else None,
            "person": rota_of(plan, day, day).person_for(day) if copies.items else None,
            "population": drawn.population,
            "strata": [_as_json(group, copies.by_group.get(group.name, 0)) for group in drawn.groups],
            "parts": drawn.parts_json(),
            "drawn_at": Now(),
        },
    )
    check.refresh_from_db()  # drawn_at is the database's
    return check


def _queue(plan: VibePlan, day: date, items: list[NewItem]) -> Queue:
    queue = make_queue(
        project=plan.project,
        name=_("Vibe check %(day)s") % {"day": day.isoformat()},
        questions=[plan.question],
        origin=ORIGIN,
    )
    add_items(queue, items)
    return queue


@dataclass(frozen=True)
class _Copies:
    items: list[NewItem]
    by_group: dict[str, int]


def _items(plan: VibePlan, day: date, drawn: Draw) -> _Copies:
    """In an order by lots of its own: whoever stops half-way has looked at a fair half, whichever part
    drew it."""
    seed = f"{seed_of(plan.project, day)}:order"
    group_of = {feature: group.name for group in drawn.groups for feature in group.features}
    found = production_of(plan.project, day).filter(pk__in=drawn.keys)
    rows = [row for row in found if row.feature in group_of]  # others came while it was drawn
    rows.sort(key=lambda row: (mark(seed, row.pk.bytes), row.pk))
    chances = drawn.chances({row.pk: row.feature for row in rows})
    used: set[str] = set()
    items: list[NewItem] = []
    by_group: dict[str, int] = {}
    for row in rows:
        # One external id may come at two times of a day; an item's is its queue's own.
        name = row.external_id if row.external_id not in used else str(row.pk)
        used.add(name)
        group = group_of[row.feature]
        by_group[group] = by_group.get(group, 0) + 1
        items.append(_item(row, name, group, chances[row.pk]))
    return _Copies(items, by_group)


def _item(row: Interaction, name: str, group: str, chance: Chance) -> NewItem:
    return NewItem(
        external_id=name,
        input=row.input,
        output=row.output,
        context=row.context,
        error=row.error,
        metadata=lineage(row) | {DRAWN_BY: [part for part, _stratum in chance.why]},
        origin=ORIGIN,
        reason=reason_of(chance.why),
        stratum=group,
        inclusion_probability=chance.probability,
    )


def reason_of(why: tuple[tuple[str, Stratum], ...]) -> str:
    """Why an item is here, in words: each part that drew it."""
    known = [(registry.find(part), stratum) for part, stratum in why]
    text = " · ".join(source.why(stratum) for source, stratum in known if source is not None)
    return text if len(text) <= REASON else f"{text[: REASON - 1]}…"


def _as_json(group: Stratum, drawn: int) -> dict[str, object]:
    known = {"name": group.name, "population": group.population, "drawn": drawn}
    return known if group.features == (group.name,) else {**known, "features": list(group.features)}
