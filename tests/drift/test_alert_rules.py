"""What may follow what, what is the same, and what rows have in common: worked by hand."""

from random import Random

import pytest

from drift.alert_rules import Candidate, Do, State, Thing, after, recognised
from drift.in_common import in_common


@pytest.mark.parametrize(
    ("state", "do", "then"),
    [
        ("open", "expect", "expected"),
        ("open", "fix", "fixed"),
        ("open", "reopen", None),
        ("expected", "reopen", "open"),
        ("expected", "fix", None),
        ("expected", "expect", None),
        ("fixed", "reopen", "open"),
        ("fixed", "expect", None),
    ],
)
def test_states_follow_each_other(state, do, then):
    assert after(State(state), Do(do)) == then


def known(key, state, thing, cosine=0.95):
    return Candidate(key, State(state), thing, cosine)


def test_an_open_alert_is_recognised_before_a_closed_one_and_the_nearest_first():
    topic = Thing("new", 0.05)
    one = [
        known(1, "fixed", topic, 0.99),
        known(2, "open", topic, 0.85),
        known(3, "open", topic, 0.9),
        known(4, "expected", topic, 0.95),
    ]
    assert recognised(topic, one).key == 3
    assert recognised(topic, one[:1] + one[3:]).key == 4
    assert recognised(topic, []) is None


def test_below_the_floor_or_the_other_way_it_is_another_thing():
    topic = Thing("new", 0.05)
    assert recognised(topic, [known(1, "open", topic, 0.79)]) is None
    assert recognised(topic, [known(1, "open", topic, 0.8)]) is not None
    assert recognised(Thing("shrunk", 0.01), [known(1, "open", topic)]) is None
    assert recognised(Thing("grown", 0.05), [known(1, "open", topic)]) is not None


def test_odd_inputs_are_known_only_while_an_alert_tells_of_them():
    odd = Thing("scattered", 0.05)
    assert recognised(odd, [known(1, "open", odd, None)]) is not None
    assert recognised(odd, [known(1, "expected", odd, None), known(2, "fixed", odd, None)]) is None


def test_expected_is_no_leave_to_go_on():
    topic = Thing("new", 0.05)
    assert recognised(Thing("grown", 0.1), [known(1, "expected", topic)]) is not None
    assert recognised(Thing("grown", 0.11), [known(1, "expected", topic)]) is None
    longer = Thing("structure", None, "output length ", 300, 400)
    again = Thing("structure", None, "output length ", 310, 480)
    much_more = Thing("structure", None, "output length ", 300, 600)
    from_there = Thing("structure", None, "output length ", 390, 500)
    assert recognised(again, [known(1, "expected", longer, None)]) is not None
    assert recognised(much_more, [known(1, "expected", longer, None)]) is None
    assert recognised(from_there, [known(1, "expected", longer, None)]) is None
    assert recognised(from_there, [known(1, "open", longer, None)]) is not None


def test_what_vanishes_cannot_go_further_than_expected():
    gone = [known(1, "expected", Thing("shrunk", 0.0))]
    assert recognised(Thing("shrunk", 0.001), gone) is not None
    assert recognised(Thing("new", 0.001), gone) is None


def test_what_is_in_common_is_fishers_test_with_holm():
    """8 of 10 against 10 of 100: sum over k = 8..10 of C(18, k) C(92, 10 - k) / C(110, 10) = 4.02e-6."""
    group = [{"model": "b" if n < 8 else "a"} for n in range(10)]
    baseline = [{"model": "b" if n < 10 else "a"} for n in range(100)]
    (found,) = in_common(group, baseline)
    assert (found.column, found.value, found.rows, found.then_rows) == ("model", "b", 8, 10)
    assert found.p == pytest.approx(2 * 4.02e-6, rel=0.01)  # two values were tried


def test_nothing_is_said_of_few_rows_of_empty_values_or_of_no_baseline():
    assert in_common([{"model": "b"}] * 2, [{"model": "a"}] * 50) == []
    assert in_common([{"model": ""}] * 20, [{"model": "a"}] * 50) == []
    assert in_common([{"model": "b"}] * 20, []) == []


def test_groups_dealt_at_random_are_said_to_share_something_in_at_most_one_of_twenty():
    chance, said = Random(6), 0
    for _try in range(400):
        rows = [
            {"a": chance.randrange(3), "b": chance.randrange(3), "c": chance.randrange(2)}
            for _n in range(120)
        ]
        said += bool(in_common(rows[:25], rows[25:]))
    assert said <= 0.05 * 400
