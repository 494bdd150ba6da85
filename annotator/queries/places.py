"""SQL conditions on a place `p` in the eyes of one rater, shared by claim and shortage.

Parameters: rater, holder, take_over, have (lease ids), chain (number of questions).
The rater's own part is written as scalar subqueries, so that the planner looks at one item
at a time through an index and never builds a join over everything the person has done.
`rater_id + 0` and OPEN keep it from other indexes: right after a bulk load, without statistics,
it would read all labels of the rater, or all open places, for each single item.
"""

OPEN = "coalesce(p.done_at, 'infinity') = 'infinity'"

FREE = "(p.owner_id IS NULL OR p.lease_until <= clock_timestamp())"
MINE = "(p.owner_id = %(rater)s AND (p.holder = %(holder)s OR %(take_over)s))"
IN_HAND = "coalesce(p.owner_id = %(rater)s AND p.lease_id = ANY(%(have)s::uuid[]), false)"
OTHERWISE_MINE = """(
    (SELECT count(*) FROM annotator_place o
     WHERE o.item_id = p.item_id AND o.owner_id = %(rater)s AND o.id <> p.id) > 0)"""
# Skipped, or every question of the chain answered; what was taken back does not count.
ANSWERED = """
    coalesce((SELECT bool_or(l.answer = 'skip') OR count(*) >= %(chain)s
              FROM annotator_label l
              WHERE l.item_id = p.item_id AND l.rater_id + 0 = %(rater)s AND l.answer <> 'undo'
                AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)), false)"""
