"""What a queue's random share says about all of the queue."""

from dataclasses import dataclass

from django.db.models import Avg, Case, Count, FloatField, Q, When

from annotator.chance import in_random_share
from annotator.models import Queue
from annotator.ordering.answers import labels_of, own_items, pair_of
from annotator.stats.intervals import Estimate
from annotator.stats.random_share import random_share_rate


@dataclass(frozen=True)
class ShareEstimate:
    """`left_out`: answered items that were chosen by uncertainty, or brought in from elsewhere.

    `whole`: every item is answered, so that nothing is left to estimate.
    """

    estimate: Estimate
    left_out: int
    whole: bool = False


def estimate_of(queue: Queue) -> ShareEstimate:
    """The rate of yes to the first question among the queue's items. Two or three queries.

    Each item counts once, with the share of its people who say yes.
    """
    yes = Avg(Case(When(answer=pair_of(queue)[0], then=1.0), default=0.0, output_field=FloatField()))
    claimed = Count("pk", filter=Q(imported=False, chosen=False))
    rows = list(
        labels_of(queue)
        .order_by()
        .values("item")
        .annotate(yes=yes, claimed=claimed)
        .values_list("item__external_id", "yes", "claimed")
    )
    population = own_items(queue).count()
    if rows and len(rows) >= population:
        return ShareEstimate(random_share_rate([rate for _id, rate, _n in rows], population), 0, whole=True)
    drawn = [
        rate
        for external_id, rate, claimed_n in rows
        if claimed_n and in_random_share(queue.seed, external_id, queue.random_share)
    ]
    return ShareEstimate(random_share_rate(drawn, population), len(rows) - len(drawn))
