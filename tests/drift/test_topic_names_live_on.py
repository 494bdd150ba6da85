"""Which new topic is which old one: split, merged, gone, back again."""

import numpy as np

from drift.topics.matching import matched

A, B, C = "refunds", "deliveries", "passwords"


def rows(*counts):
    """`counts`: (before, now, how many rows)."""
    before = np.concatenate([np.full(n, old) for old, _new, n in counts])
    now = np.concatenate([np.full(n, new) for _old, new, n in counts])
    return before, now


def test_names_follow_most_of_their_inputs():
    before, now = rows((0, 1, 90), (0, 0, 10), (1, 0, 50), (1, 1, 2), (-1, 1, 8))
    found = matched([A, B], before, now, 2)
    assert found.goes_on == (B, A)
    assert found.parent == found.heir == {}


def test_of_a_split_the_larger_part_keeps_the_name_and_the_other_knows_where_it_is_from():
    before, now = rows((0, 0, 40), (0, 1, 60))
    found = matched([A], before, now, 2)
    assert found.goes_on == (None, A)
    assert found.parent == {0: A}


def test_of_a_merger_the_larger_one_lives_on_and_the_other_has_an_heir():
    before, now = rows((0, 0, 70), (1, 0, 30))
    found = matched([A, B], before, now, 1)
    assert found.goes_on == (A,)
    assert found.heir == {B: 0}
    assert found.gone == ()


def test_what_nobody_asks_any_more_is_gone():
    before, now = rows((0, 0, 70), (1, -1, 3))
    found = matched([A, B, C], before, now, 1)
    assert found.goes_on == (A,)
    assert found.gone == (B, C)
    assert found.heir == {}


def test_what_ended_is_back_under_its_name():
    """Ended topics are matched, too: theirs is where the new one lies."""
    before, now = rows((0, 0, 70), (1, 1, 40))
    assert matched([A, B], before, now, 2).goes_on == (A, B)


def test_a_topic_of_next_to_nothing_it_had_is_a_new_one():
    before, now = rows((0, 0, 15), (-1, 0, 85))
    found = matched([A], before, now, 1)
    assert found.goes_on == (None,)
    assert found.heir == {A: 0}  # where its inputs went
    assert found.parent == {}  # most of it is from nowhere


def test_the_sum_of_overlaps_decides_and_not_the_order():
    """Greedy would give new 0 to the first, and leave the second with nothing."""
    before, now = rows((0, 0, 50), (0, 1, 45), (1, 0, 48), (1, 1, 0))
    assert matched([A, B], before, now, 2).goes_on == (B, A)


def test_without_a_map_before_all_are_new():
    found = matched([], np.full(10, -1), np.zeros(10, int), 1)
    assert found.goes_on == (None,)
    assert found.parent == found.heir == {}
