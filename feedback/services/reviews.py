"""What end users disliked comes before people, by the project's rule."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotator.models import Item, Project, QueueKind
from annotator.services.items import NewItem, add_items
from feedback.models import Interaction, Polarity, ReviewRule, Signal
from feedback.queries.matching import first_of_their_name
from feedback.services.from_log import ORIGIN
from feedback.services.lineage import lineage

DAY = timedelta(days=1)
STRATUM = "signals"  # of the items that came this way


def wants(rule: ReviewRule | None, signal: Signal) -> bool:
    if rule is None or rule.queue is None or rule.queue.closed_at is not None:
        return False
    bad = {Polarity.STRONG_NEGATIVE, *([Polarity.NEGATIVE] if rule.negatives else [])}
    return signal.polarity in bad


def offer(project: Project, rule: ReviewRule, signals: Sequence[Signal], now: datetime) -> int:
    """Copies of the interactions that these are about, as far as the day has room for them; how many."""
    queue = rule.queue
    if queue is None or queue.kind != QueueKind.BINARY:
        return 0
    room = rule.a_day - _of_today(rule, now).count()
    names = first_of_their_name(project, {one.interaction for one in signals})
    rows = Interaction.objects.in_bulk(list(names.values()))
    worst = sorted(signals, key=lambda one: (one.polarity != Polarity.STRONG_NEGATIVE, one.pk))
    why = {one.interaction: one for one in reversed(worst)}
    known = [one.interaction for one in worst if names.get(one.interaction) in rows]
    there = set(queue.items.filter(external_id__in=known).values_list("external_id", flat=True))
    items = [_item(rows[names[name]], why[name]) for name in dict.fromkeys(known) if name not in there]
    return add_items(queue, items[: max(room, 0)]).added


def _of_today(rule: ReviewRule, now: datetime) -> QuerySet[Item]:
    return Item.objects.filter(queue=rule.queue, stratum=STRATUM, created_at__gt=now - DAY)


def _item(row: Interaction, signal: Signal) -> NewItem:
    return NewItem(
        external_id=row.external_id,
        input=row.input,
        output=row.output,
        context=row.context,
        error=row.error,
        metadata=lineage(row),
        origin=ORIGIN,
        reason=_("end user: %(kind)s (%(polarity)s)")
        % {"kind": signal.kind, "polarity": signal.get_polarity_display()},
        stratum=STRATUM,
    )
