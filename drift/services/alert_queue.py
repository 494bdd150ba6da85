"""A queue of the rows behind an alert: one for a group, however often it is asked for."""

from datetime import UTC, datetime
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.models import Queue, User
from annotator.services.items import NewItem, add_items
from annotator.services.queues import make_queue
from annotator.templatetags.estimates import whole
from drift import alert_words
from drift.models import AlertEvent, AlertGroup, Happened
from feedback.models import Interaction
from feedback.queries.matching import first_of_their_name
from feedback.services.from_log import ORIGIN as ITEM_ORIGIN
from feedback.services.lineage import lineage
from feedback.services.plans import ensure_plan
from feedback.templatetags.vibe import short_day

ORIGIN = "drift-alert"
MOST = 200  # items
NAME, REASON = 120, 200  # characters


class NothingLeft(ValueError):
    """The log has none of the group's rows any more."""


@transaction.atomic
def open_queue(group: AlertGroup, *, by: User) -> Queue:
    """The group's queue; made with copies of its rows if there is none. Raises NothingLeft.

    They are asked the question of the vibe check. Of more rows than MOST some are drawn at random; each
    item's probability is of its input on its day, through all draws, and None where a group has shrunk: its
    rows are of many days.
    """
    row = (
        AlertGroup.objects.select_for_update(of=("self",))
        .select_related("alert__project", "queue")
        .get(pk=group.pk)
    )
    if row.queue is not None:
        return row.queue
    project = row.alert.project
    ids = sorted(set(row.rows))
    drawn = set(ids if len(ids) <= MOST else Random(row.pk).sample(ids, MOST))
    there = list(Interaction.objects.filter(project=project, pk__in=drawn).order_by("pk"))
    if not there:
        raise NothingLeft
    queue = make_queue(
        project=project,
        name=_name(row),
        questions=[ensure_plan(project, now=datetime.now(UTC)).question],
        origin=ORIGIN,
        by=by,
    )
    add_items(queue, _items(row, there, len(drawn), len(ids)))
    row.queue = queue
    row.save(update_fields=["queue"])
    AlertEvent.objects.create(alert=row.alert, what=Happened.QUEUED, by=by, group=row)
    return queue


def _name(group: AlertGroup) -> str:
    known = {"day": short_day(group.alert.day), "name": alert_words.name(group)}
    return (_("Drift, %(day)s: %(name)s") % known)[:NAME]


def _items(group: AlertGroup, rows: list[Interaction], drawn: int, of: int) -> list[NewItem]:
    names = first_of_their_name(group.alert.project, {row.external_id for row in rows})
    reason, chance = _reason(group, drawn, of), group.chance * drawn / of if group.chance else None
    return [
        NewItem(
            external_id=row.external_id if names[row.external_id] == row.pk else str(row.pk),
            input=row.input,
            output=row.output,
            context=row.context,
            error=row.error,
            metadata={**lineage(row), "alert": group.alert_id, "group": group.rank},
            origin=ITEM_ORIGIN,
            reason=reason,
            stratum=alert_words.name(group)[:200],
            inclusion_probability=chance,
        )
        for row in rows
    ]


def _reason(group: AlertGroup, drawn: int, of: int) -> str:
    known = {
        "kind": group.get_kind_display(),
        "day": short_day(group.alert.day),
        "drawn": whole(drawn),
        "of": whole(of),
    }
    return (_("in a group of the drift alert of %(day)s (%(kind)s): %(drawn)s of its %(of)s rows") % known)[
        :REASON
    ]
