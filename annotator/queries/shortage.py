"""Why a claim came back with nothing: looked up without locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.chain_rules import Step
from annotator.models import Queue
from annotator.queries.places import FREE, IN_HAND, MINE, OTHERWISE_MINE, WAITING, answered

FACING = f"""
    SELECT p.item_id, p.lease_until, {IN_HAND} AS in_hand, {{answered}} OR {OTHERWISE_MINE} AS settled,
           {FREE} OR {MINE} OR {WAITING} AS takeable,
           coalesce(p.owner_id = %(rater)s AND NOT {FREE}, false) AS mine
    FROM annotator_place p
    WHERE p.queue_id = %(queue)s AND p.done_at IS NULL
      AND (NOT p.extra OR p.owner_id = %(rater)s)"""  # noqa: S608 - constants only
OTHERS = "NOT takeable AND NOT mine AND NOT settled"
LOOK = f"""
    WITH facing AS ({{facing}})
    SELECT count(DISTINCT item_id),
           count(DISTINCT item_id) FILTER (WHERE takeable AND NOT in_hand AND NOT settled),
           count(DISTINCT item_id) FILTER (WHERE mine AND NOT takeable AND NOT in_hand AND NOT settled),
           count(DISTINCT item_id) FILTER (WHERE mine AND in_hand),
           count(DISTINCT item_id) FILTER (WHERE {OTHERS}),
           min(lease_until) FILTER (WHERE {OTHERS}),
           EXISTS (SELECT FROM annotator_item i WHERE i.queue_id = %(queue)s)
    FROM facing"""  # noqa: S608 - constants only


@dataclass(frozen=True)
class Shortage:
    """A code for programs, words for people; `until`: when to ask again, if that is known."""

    code: str
    text: str
    until: datetime | None = None


def closed() -> Shortage:
    return Shortage("closed", _("This queue is closed: no more answers are asked for."))


def look(*, queue: Queue, chain: Sequence[Step], facts: dict[str, Any]) -> Shortage:
    """The reason, in the order of what somebody can do about it. `facts` as in queries.places."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK.format(facing=FACING.format(answered=answered(chain))), facts)
        left, takeable, other_tab, in_hand, others, until, any_item = cursor.fetchone()
    if not any_item:
        return Shortage("no_items", _("There are no items in this queue yet."))
    if not left:
        return Shortage("done", _("Everything here is answered."))
    if takeable:
        return Shortage("busy", _("Others are taking the last items just now: ask again in a second."))
    if other_tab:
        return Shortage("other_tab", _other_tab(other_tab))
    if in_hand:
        return Shortage("in_hand", _("The last open items are the ones you hold."))
    if others:
        return Shortage("leased", _leased(others, until, queue.project.time_zone), until)
    return Shortage("answered", _answered(left))


def _other_tab(items: int) -> str:
    return ngettext(
        "%(items)d item is open in another tab or program of yours.",
        "%(items)d items are open in another tab or program of yours.",
        items,
    ) % {"items": items}


def _leased(items: int, until: datetime, time_zone: str) -> str:
    at = until.astimezone(ZoneInfo(time_zone))
    return ngettext(
        "%(items)d item is with others until %(at)s.", "%(items)d items are with others until %(at)s.", items
    ) % {"items": items, "at": f"{at:%H:%M}"}


def _answered(items: int) -> str:
    return ngettext(
        "You have answered or skipped all you can; %(items)d item waits for somebody else.",
        "You have answered or skipped all you can; %(items)d items wait for somebody else.",
        items,
    ) % {"items": items}
