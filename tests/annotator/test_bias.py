"""Whether a rater prefers a place or a length: worked numbers, published judges, odd designs."""

import random
from math import comb, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.stats.bias import Duel, Undefined, both_orders, difference, even, mcnemar, one_order
from annotator.stats.pairs import Outcome
from tests.data import read

FIRST, TIE, SECOND = Outcome.FIRST, Outcome.TIE, Outcome.SECOND


def duels(first_won, second_won, *lengths_and_variants):
    return [Duel(FIRST, *lengths_and_variants)] * first_won + [
        Duel(SECOND, *lengths_and_variants)
    ] * second_won


# --- exact tests -----------------------------------------------------------------------------------


def test_two_raters_on_the_same_items():
    assert mcnemar(15, 5).p == pytest.approx(0.0413895, abs=5e-8)
    assert mcnemar(5, 15) == mcnemar(15, 5)
    assert mcnemar(15, 5).n == 20


def test_raters_who_never_differ_are_not_tested():
    assert mcnemar(0, 0).p is None
    assert mcnemar(0, 0).reason == Undefined.NO_VOTES


@given(st.integers(0, 150), st.integers(0, 150))
def test_the_exact_test_is_exact(one, other):
    n = one + other
    if n:
        tail = sum(comb(n, k) for k in range(max(one, other), n + 1))
        assert even(one, other).p == pytest.approx(min(1, 2 * tail / 2**n), rel=1e-9)


def test_large_numbers_are_no_trouble():
    assert even(0, 5000).p > 0
    assert even(50_000, 50_000).p == 1
    assert even(50_310, 49_690).p == pytest.approx(0.05, abs=0.001)


# --- both orders -----------------------------------------------------------------------------------


def test_pairs_that_were_judged_in_both_orders():
    found = both_orders(
        {(FIRST, SECOND): 40, (SECOND, FIRST): 25, (TIE, TIE): 5, (FIRST, FIRST): 24, (SECOND, SECOND): 6}
    )

    assert (found.consistent.value, found.consistent.n) == (0.7, 100)
    assert (found.consistent.low, found.consistent.high) == pytest.approx((0.604151, 0.781051), abs=5e-7)
    assert (found.first.value, found.first.n) == (0.8, 30)
    assert found.test.p == pytest.approx(0.00143091, abs=5e-9)
    assert found.unclear == 0


def test_a_tie_in_one_order_only_is_inconsistent_but_no_ones():
    found = both_orders({(TIE, FIRST): 3, (SECOND, TIE): 1, (FIRST, SECOND): 4})

    assert (found.consistent.value, found.unclear) == (0.5, 4)
    assert found.first.value is None
    assert found.test.p is None
    assert both_orders({}).consistent.value is None


# --- one order -------------------------------------------------------------------------------------


def test_position_alone():
    found = one_order([*duels(780, 347), *[Duel(TIE)] * 108], lengths=False)

    assert (found.position.value, found.position.se) == pytest.approx((0.809969, 0.064528), abs=5e-7)
    assert found.position.p < 1e-30
    assert (found.votes, found.ties) == (1127, 108)
    assert found.length.reason == Undefined.NOT_ASKED
    assert found.first.value == pytest.approx(780 / 1127)


def test_position_and_variants():
    found = one_order(
        [*duels(70, 30, 0, 0, "A", "B"), *duels(50, 50, 0, 0, "B", "A")], lengths=False, variants=True
    )

    assert (found.position.value, found.position.se) == pytest.approx((0.423649, 0.148003), abs=5e-7)


def test_position_and_length():
    found = one_order([*duels(70, 30, 199, 99), *duels(40, 60, 99, 199)])

    assert (found.position.value, found.position.se) == pytest.approx((0.220916, 0.149404), abs=5e-7)
    assert (found.length.value, found.length.se) == pytest.approx((0.903677, 0.215544), abs=5e-7)
    assert found.length.low == pytest.approx(0.903677 - 1.959964 * 0.215544, abs=1e-5)


def test_who_wins_always_has_a_rate_and_no_model():
    for votes in (duels(20, 0, 5, 9), duels(0, 20, 5, 9)):
        found = one_order(votes)
        assert (found.position.value, found.position.reason) == (None, Undefined.ONE_SIDED)
        assert found.length.reason == Undefined.ONE_SIDED
        assert found.first.low < found.first.high


def test_of_ties_only_there_is_nothing_to_say():
    found = one_order([Duel(TIE)] * 3)

    assert found.position.reason == Undefined.NO_VOTES
    assert (found.ties, found.first.value) == (3, None)
    assert one_order([]).position.reason == Undefined.NO_VOTES


def test_a_length_that_cannot_be_told_from_the_rest_is_left_out():
    same = one_order([*duels(30, 20, 50, 50)])
    always = one_order([*duels(30, 20, 99, 49)])
    tied = one_order([*duels(70, 30, 199, 99, "A", "B"), *duels(40, 60, 99, 199, "B", "A")], variants=True)

    for found in (same, always, tied):
        assert (found.length.value, found.length.reason) == (None, Undefined.LENGTH_NOT_IDENTIFIED)
        assert found.position.low is not None
    assert same.position.value == pytest.approx(log(1.5))


def test_who_stood_first_always_leaves_no_position():
    found = one_order(duels(70, 30, 0, 0, "A", "B"), variants=True)

    assert found.position.reason == Undefined.POSITION_NOT_IDENTIFIED
    assert found.first.value == 0.7


def test_a_length_that_decides_everything_has_no_number():
    found = one_order([*duels(20, 0, 200, 100), *duels(0, 20, 100, 200)])

    assert found.position.reason == Undefined.NO_SOLUTION
    assert found.first.value == 0.5


def test_variants_that_were_never_compared_do_no_harm():
    known = [*duels(70, 30, 0, 0, "A", "B"), *duels(50, 50, 0, 0, "B", "A")]
    apart = [*duels(70, 30, 0, 0, "C", "D"), *duels(50, 50, 0, 0, "D", "C")]
    found = one_order([*known, *apart], lengths=False, variants=True)

    assert found.position.value == pytest.approx(0.423649, abs=5e-7)
    assert found.position.se == pytest.approx(0.148003 / 2**0.5, abs=5e-7)


def test_the_same_vote_again_on_a_prompt_tells_nothing_new():
    once = [Duel(FIRST if n < 60 else SECOND, prompt=n) for n in range(100)]
    found = [one_order(once * many, lengths=False).position for many in (1, 4)]

    assert found[0].se == pytest.approx(found[1].se)
    assert found[1].vote_se == pytest.approx(found[0].vote_se / 2)
    assert found[1].prompt_se == pytest.approx(found[1].se)


def test_few_prompts_have_no_interval():
    found = one_order([Duel(FIRST if n % 3 else SECOND, prompt=n % 4) for n in range(90)], lengths=False)

    assert found.position.value == pytest.approx(log(2))
    assert (found.position.low, found.position.p) == (None, None)
    assert found.position.reason == Undefined.FEW_PROMPTS


def test_it_finds_the_bias_that_a_judge_has():
    chance = random.Random(8)
    strength, votes = {"A": 0.5, "B": 0.0, "C": -0.5}, []
    for _ in range(6000):
        first, second = chance.sample("ABC", 2)
        lengths = chance.randint(20, 900), chance.randint(20, 900)
        odds = 0.6 + strength[first] - strength[second] + 0.4 * log((lengths[0] + 1) / (lengths[1] + 1))
        won = chance.random() < 1 / (1 + 2.718281828**-odds)
        votes.append(Duel(FIRST if won else SECOND, *lengths, first, second))
    found = one_order(votes, variants=True)

    assert found.position.value == pytest.approx(0.6, abs=0.08)
    assert found.length.value == pytest.approx(0.4, abs=0.08)
    assert found.position.low < 0.6 < found.position.high


def test_turning_all_pairs_turns_the_position_and_keeps_the_length():
    chance = random.Random(9)
    votes = [
        Duel(chance.choice((FIRST, SECOND)), chance.randint(0, 99), chance.randint(0, 99)) for _ in range(200)
    ]
    turned = [
        Duel(FIRST if one.outcome == SECOND else SECOND, one.second_length, one.first_length) for one in votes
    ]
    found, other = one_order(votes), one_order(turned)

    assert other.position.value == pytest.approx(-found.position.value)
    assert other.length.value == pytest.approx(found.length.value)


# --- a judge and people ----------------------------------------------------------------------------


def judged(pairs, winners, prompts=True):
    names = {"a": FIRST, "b": SECOND, "tie": TIE}
    return one_order(
        Duel(
            names[winner],
            pair["length_a"],
            pair["length_b"],
            pair["model_a"],
            pair["model_b"],
            pair["prompt_slug"] if prompts else None,
        )
        for pair in pairs
        for winner in winners(pair)
    )


def people(pair):
    return [winner for _, winner in pair["votes"]]


@pytest.mark.parametrize(
    ("winners", "position", "length", "votes"),
    [
        (people, (0.1380, 0.0361), (0.0303, 0.0120), 3099),
        (lambda pair: [pair["judges"]["gpt-4"]], (-0.1756, 0.0598), (-0.1522, 0.0195), 1194),
        (lambda pair: [pair["judges"]["gpt-3.5"]], (0.8422, 0.0661), (0.0999, 0.0207), 1127),
    ],
)
def test_people_and_two_judges_on_pairs_of_answers(winners, position, length, votes):
    found = judged(read("llmfao"), winners, prompts=False)

    assert (found.position.value, found.position.se) == pytest.approx(position, abs=6e-5)
    assert (found.length.value, found.length.se) == pytest.approx(length, abs=6e-5)
    assert found.votes == votes


def test_a_judge_that_loves_the_first_place_is_found_against_people():
    pairs = read("llmfao")
    humans = judged(pairs, people)
    judge = judged(pairs, lambda pair: [pair["judges"]["gpt-3.5"]])
    position, length = difference(judge, humans)

    assert judge.position.p < 1e-9
    assert judge.position.se > judge.position.vote_se  # thirteen prompts are not a thousand
    assert position.value == pytest.approx(0.8422 - 0.1380, abs=2e-4)
    assert position.low > 0.4
    assert position.se < (judge.position.se**2 + humans.position.se**2) ** 0.5
    assert length.low < 0 < length.high


def test_without_common_prompts_the_errors_add_up():
    one, other = one_order(duels(70, 30), lengths=False), one_order(duels(50, 50), lengths=False)
    position, length = difference(one, other)

    assert position.value == pytest.approx(one.position.value)
    assert position.se == pytest.approx((one.position.se**2 + other.position.se**2) ** 0.5)
    assert (length.value, length.reason) == (None, Undefined.NOT_ASKED)


def test_a_judge_that_answers_as_people_do_differs_by_nothing_certain():
    votes = [Duel(FIRST if n % 3 else SECOND, prompt=n // 2) for n in range(90)]
    found = one_order(votes, lengths=False)
    position, _ = difference(found, found)

    assert (position.value, position.low, position.reason) == (0, None, Undefined.NO_SPREAD)


def test_a_difference_from_few_prompts_has_no_interval():
    few = one_order([Duel(FIRST if n % 3 else SECOND, prompt=n % 4) for n in range(90)], lengths=False)
    many = one_order([Duel(FIRST if n % 3 else SECOND, prompt=n) for n in range(90)], lengths=False)
    position, _ = difference(few, many)

    assert position.value == pytest.approx(0, abs=1e-9)
    assert position.reason == Undefined.FEW_PROMPTS
