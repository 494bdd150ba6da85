"""SQL conditions on a place `p` in the eyes of one rater, shared by claim and shortage.

Parameters: rater, holder, take_over, have (lease ids).
The rater's own part is written as scalar subqueries, so that the planner looks at one item
at a time through an index and never builds a join over everything the person has done.
`rater_id + 0` and OPEN keep it from other indexes: right after a bulk load, without statistics,
it would read all labels of the rater, or all open places, for each single item.
"""

from collections.abc import Sequence
from functools import lru_cache

from annotator.chain_rules import Step
from annotator.models import Answer

# The holder of a place that waits for its owner's next pass, or for its time. No tab is called so.
PARKED = "*parked*"

PARKED_SECONDS = 24 * 3600  # how long a place waits for its owner's next pass

OPEN = "coalesce(p.done_at, 'infinity') = 'infinity'"

# An extra place is its owner's alone. A lease that is over is anybody's, and still its owner's.
FREE = "(NOT p.extra AND (p.owner_id IS NULL OR p.lease_until <= clock_timestamp()))"
MINE = """(p.owner_id = %(rater)s AND (p.holder = %(holder)s OR %(take_over)s
           OR p.lease_until <= clock_timestamp()))"""
WAITING = f"(p.owner_id = %(rater)s AND p.holder = '{PARKED}' AND p.lease_until > clock_timestamp())"
IN_HAND = "coalesce(p.owner_id = %(rater)s AND p.lease_id = ANY(%(have)s::uuid[]), false)"
OTHERWISE_MINE = """(
    (SELECT count(*) FROM annotator_place o
     WHERE o.item_id = p.item_id AND o.owner_id = %(rater)s AND o.id <> p.id) > 0)"""
HAS_MINE = """(
    (SELECT count(*) FROM annotator_place o
     WHERE o.item_id = p.item_id AND o.owner_id = %(rater)s) > 0)"""

# What this rater's history with the item says now; what was taken back does not count.
_SAID = """
    FROM annotator_label l
    WHERE l.item_id = p.item_id AND l.rater_id + 0 = %(rater)s AND l.answer <> 'undo'
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""
ANSWERS_SO_FAR = f"(SELECT count(*) {_SAID})"


@lru_cache(maxsize=1000)
def answered(chain: Sequence[Step]) -> str:
    """Skipped, or nothing of the chain left to ask: the condition on a place's item."""
    if not any(step.after or step.stops_on for step in chain):
        enough = f"count(*) >= {len(chain)}"
        return f"coalesce((SELECT bool_or(l.answer = 'skip') OR {enough} {_SAID}), false)"
    return f"""
    coalesce((SELECT said.skipped OR {_walked(chain)}
              FROM (SELECT bool_or(l.answer = 'skip') AS skipped,
                           jsonb_object_agg(l.question_id, l.answer) AS answers {_SAID}) said
              WHERE said.answers IS NOT NULL), false)"""  # noqa: S608 - ids and known answers only


def _walked(chain: Sequence[Step]) -> str:
    """`chain_rules.next_question(…) is None`, as SQL over said.answers."""
    rest = "true"
    for step in reversed(chain):
        answer = f"said.answers ->> '{step.question:d}'"
        wanted, stops = "true", "false"
        if step.after is not None:
            wanted = f"coalesce(said.answers ->> '{step.after:d}' = '{Answer(step.after_answer)}', false)"
        if step.stops_on:
            stops = f"{answer} = '{Answer(step.stops_on)}'"
        rest = f"CASE WHEN NOT {wanted} THEN {rest} WHEN {answer} IS NULL THEN false ELSE {stops} OR ({rest}) END"
    return f"({rest})"
