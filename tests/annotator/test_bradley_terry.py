"""Which variant wins: worked numbers, published data, and what must hold of any votes."""

import random
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.stats.bradley_terry import Undefined, rank
from annotator.stats.pairs import Outcome, Vote
from tests.data import read
from tests.pace import at_most

FIRST, TIE, SECOND = Outcome.FIRST, Outcome.TIE, Outcome.SECOND
# Which journals cite which (Stigler 1994): Biometrika, CommStat, JASA, JRSSB.
JOURNALS = [
    (0, 1, 730, 33, 0),
    (0, 2, 498, 320, 0),
    (0, 3, 221, 284, 0),
    (1, 2, 68, 813, 0),
    (1, 3, 17, 276, 0),
    (2, 3, 142, 325, 0),
]
THREE = [(0, 1, 30, 20, 10), (0, 2, 40, 10, 5), (1, 2, 35, 15, 12)]
QUICK = settings(max_examples=60)


def votes(table):
    """Each vote on a prompt of its own."""
    rows = [
        (first, second, outcome)
        for first, second, *counts in table
        for outcome, times in zip((FIRST, SECOND, TIE), counts, strict=True)
        for _ in range(times)
    ]
    return [Vote(prompt, *row) for prompt, row in enumerate(rows)]


def values(part):
    """By variant."""
    return dict(zip(part.variants, part.strengths, strict=True))


def test_journals_that_cite_each_other():
    (part,) = rank(votes(JOURNALS), 4).parts
    found = values(part)

    assert part.variants == (3, 0, 2, 1)
    assert [found[n].value for n in range(4)] == pytest.approx(
        [0.789922, -2.159150, 0.310352, 1.058876], abs=1e-6
    )
    assert [found[n].vote_se for n in range(4)] == pytest.approx(
        [0.043330, 0.072580, 0.041641, 0.053047], abs=1e-6
    )
    apart = [part.difference(n, 0) for n in (1, 2, 3)]
    assert [one.value for one in apart] == pytest.approx([-2.949073, -0.479570, 0.268954], abs=1e-6)
    assert [one.vote_se for one in apart] == pytest.approx([0.102545, 0.060589, 0.070830], abs=1e-6)
    assert part.log_likelihood == pytest.approx(-1622.889809, abs=1e-6)
    assert (part.ties, part.helped) == (None, False)


def test_the_chance_that_one_beats_another():
    (part,) = rank(votes(JOURNALS), 4).parts
    found = part.beats(3, 1)

    assert found.value == pytest.approx(0.961507, abs=1e-6)
    assert found.low < found.value < found.high < 1
    assert part.chances(3, 1).first == pytest.approx(found.value)
    assert part.chances(3, 1).tie == 0
    assert part.beats(1, 3).low == pytest.approx(1 - found.high)


def test_two_variants_with_ties():
    ranking = rank(votes([(0, 1, 50, 25, 25)]), 2)
    (part,) = ranking.parts
    apart = ranking.difference(0, 1)

    assert (apart.value, apart.se) == pytest.approx((log(2), 0.244949), abs=1e-6)
    assert (part.ties.value, part.ties.se) == pytest.approx((log(0.5**0.5), 0.234521), abs=1e-6)
    chances = part.chances(0, 1)
    assert (chances.first, chances.tie, chances.second) == pytest.approx((0.5, 0.25, 0.25))


def test_three_variants_with_ties():
    (part,) = rank(votes(THREE), 3).parts
    apart = [part.difference(n, 0) for n in (1, 2)]

    assert [one.value for one in apart] == pytest.approx([-0.481222, -1.368765], abs=1e-6)
    assert [one.vote_se for one in apart] == pytest.approx([0.245258, 0.271726], abs=1e-6)
    assert part.ties.value == pytest.approx(log(0.401375), abs=2e-6)
    assert part.ties.vote_se == pytest.approx(0.212873, abs=1e-6)
    assert part.log_likelihood == pytest.approx(-164.448978, abs=1e-6)
    assert part.chances(1, 1).tie == pytest.approx(0.167144, abs=1e-6)


def test_ties_as_half_a_win_pull_together():
    (part,) = rank(votes(THREE), 3, halves=True).parts
    apart = [part.difference(n, 0) for n in (1, 2)]

    assert [one.value for one in apart] == pytest.approx([-0.398455, -1.132946], abs=1e-6)
    assert [one.vote_se for one in apart] == pytest.approx([0.222363, 0.241617], abs=1e-6)
    assert part.ties is None


@pytest.mark.parametrize(("many", "by_vote"), [(1, 0.204124), (2, 0.144338), (5, 0.091287)])
def test_the_same_vote_again_on_a_prompt_tells_nothing_new(many, by_vote):
    given_ = [Vote(p, 0, 1, FIRST if p < 60 else SECOND) for p in range(100) for _ in range(many)]
    ranking = rank(given_, 2)
    found = ranking.difference(0, 1)

    assert found.value == pytest.approx(0.405465, abs=1e-6)
    assert found.se == pytest.approx(0.204124, abs=1e-6)
    assert found.vote_se == pytest.approx(by_vote, abs=1e-6)
    assert ranking.wins[0].n_eff == pytest.approx(99)
    assert (ranking.votes, ranking.prompts) == (100 * many, 100)


def test_who_never_lost_gets_half_a_loss_and_it_is_said():
    ranking = rank(votes([(0, 1, 10, 0, 0)]), 2)
    (part,) = ranking.parts

    assert part.helped
    assert ranking.difference(0, 1).value == pytest.approx(3.044522, abs=1e-6)
    assert ranking.difference(0, 1).low > 0
    assert ranking.wins[0].value == 1
    assert ranking.wins[0].low == pytest.approx(0.7225, abs=5e-5)


def test_help_is_no_reason_to_be_surer():
    once = rank(votes([(0, 1, 10, 0, 0)]), 2).difference(0, 1)
    often = rank([Vote(p, 0, 1, FIRST) for p in range(10) for _ in range(4)], 2).difference(0, 1)

    assert often.se > once.se


@pytest.mark.parametrize(
    "table",
    [
        [(0, 1, 0, 0, 10)],  # ties only
        [(0, 1, 10, 0, 0), (0, 2, 0, 0, 5), (1, 2, 0, 0, 4)],  # everyone tied with a third
        [(0, 1, 5, 5, 0), (1, 2, 9, 0, 0)],  # two who beat a third always
    ],
)
def test_without_a_solution_help_gives_one(table):
    (part,) = rank(votes(table), 3).parts

    assert part.helped
    assert all(abs(one.value) < 5 and one.se > 0 for one in part.strengths)


def test_a_circle_of_wins_needs_no_help():
    (part,) = rank(votes([(0, 1, 9, 0, 0), (1, 2, 9, 0, 0), (2, 0, 9, 0, 0)]), 3).parts

    assert not part.helped
    assert [one.value for one in part.strengths] == pytest.approx([0, 0, 0], abs=1e-9)


def test_what_no_vote_compares_is_ranked_apart():
    ranking = rank(votes([(0, 1, 3, 10, 0), (4, 3, 20, 10, 5)]), 6)

    assert [part.variants for part in ranking.parts] == [(4, 3), (1, 0)]
    assert ranking.part(0, 3) is None
    assert ranking.difference(0, 3).reason == Undefined.APART
    assert ranking.needed(0, 3).reason == Undefined.APART
    assert (ranking.wins[2].value, ranking.wins[2].n) == (None, 0)
    assert [part.votes for part in ranking.parts] == [35, 13]


def test_of_no_votes_there_is_no_ranking():
    ranking = rank([], 3)

    assert (ranking.parts, ranking.reason) == ((), Undefined.NO_VOTES)
    assert [one.value for one in ranking.wins] == [None] * 3


def test_few_prompts_have_no_interval():
    ranking = rank([Vote(n % 4, 0, 1, FIRST if n % 3 else SECOND) for n in range(90)], 2)
    found = ranking.difference(0, 1)

    assert found.value == pytest.approx(log(2))
    assert (found.low, found.se, found.reason) == (None, None, Undefined.FEW_PROMPTS)
    assert ranking.parts[0].beats(0, 1).low is None
    assert ranking.needed(0, 1).reason == Undefined.FEW_PROMPTS
    assert (ranking.wins[0].n, ranking.wins[0].low) == (90, None)


def test_a_variant_that_was_seen_on_few_prompts_has_no_interval():
    some = votes([(0, 1, 20, 10, 0)])
    (part,) = rank([*some, *[Vote("one", 0, 2, FIRST if n % 3 else SECOND) for n in range(30)]], 3).parts

    assert part.difference(0, 1).low is not None
    assert part.difference(0, 2).reason == Undefined.FEW_PROMPTS


def test_prompts_whose_votes_cancel_out_are_no_certainty():
    ranking = rank([Vote(n // 2, 0, 1, (FIRST, SECOND)[n % 2]) for n in range(60)], 2)

    assert ranking.difference(0, 1).prompt_se == pytest.approx(0, abs=1e-9)
    assert ranking.difference(0, 1).se == pytest.approx((4 / 60) ** 0.5)
    assert ranking.wins[0].low < 0.4


def test_how_many_more_votes_tell_two_apart():
    ranking = rank(votes([(0, 1, 33, 27, 0)]), 2)
    found, need = ranking.difference(0, 1), ranking.needed(0, 1)
    total = 60 * (1.959964 * found.se / found.value) ** 2

    assert found.low < 0 < found.high
    assert need.votes == pytest.approx(total - 60, abs=1.01)
    assert need.worthwhile > 0
    # With as many more votes of the same kind it is so, and before that it is not.
    times = (60 + need.votes) / 60
    assert 1.959964 * found.se / times**0.5 < found.value < 1.959964 * found.se / ((times - 2 / 60) ** 0.5)


def test_a_difference_too_small_to_matter_is_not_worth_its_votes():
    ranking = rank(votes([(0, 1, 30, 30, 0)]), 2)
    need = ranking.needed(0, 1)

    assert (need.votes, need.reason) == (None, Undefined.TOO_CLOSE)
    # 55 % against 45 %: s = ln(11/9), and 4 / n the variance of s.
    assert need.worthwhile == pytest.approx(4 * (1.959964 / log(11 / 9)) ** 2 - 60, abs=1.01)
    assert ranking.needed(0, 1, worthwhile=1).worthwhile == 0


def test_two_who_are_apart_need_nothing():
    assert rank(votes([(0, 1, 60, 20, 0)]), 2).needed(1, 0).votes == 0


def test_a_vote_compares_two():
    for wrong in (Vote(1, 0, 0, TIE), Vote(1, 0, 2, TIE), Vote(1, -1, 0, TIE)):
        with pytest.raises(ValueError, match="two different variants"):
            rank([wrong], 2)


def test_win_rates_count_a_tie_as_half():
    ranking = rank(votes([(0, 1, 50, 25, 25)]), 2)

    assert [one.value for one in ranking.wins] == [0.625, 0.375]
    assert ranking.wins[0].low == pytest.approx(1 - ranking.wins[1].high)
    assert ranking.wins[0].n_eff == 100


# Chains of comparisons, so that all variants are in one part.
tables = st.integers(2, 5).flatmap(
    lambda width: st.tuples(
        *[
            st.tuples(st.just(n), st.just(n + 1), *[st.integers(1, 9)] * 2, st.integers(0, 4))
            for n in range(width - 1)
        ]
    )
)


@QUICK
@given(tables)
def test_turning_all_sides_turns_every_sign(table):
    width = len(table) + 1
    (part,) = rank(votes(table), width).parts
    (turned,) = rank(votes([(one, two, lost, won, tied) for one, two, won, lost, tied in table]), width).parts
    (swapped,) = rank(
        votes([(two, one, lost, won, tied) for one, two, won, lost, tied in table]), width
    ).parts
    found = values(part)

    for n in range(width):
        assert values(turned)[n].value == pytest.approx(-found[n].value, abs=1e-7)
        assert values(swapped)[n].value == pytest.approx(found[n].value, abs=1e-7)
        assert values(swapped)[n].prompt_se == pytest.approx(found[n].prompt_se, abs=1e-7)
    assert sum(one.value for one in part.strengths) == pytest.approx(0, abs=1e-8)
    assert not part.helped


@QUICK
@given(tables)
def test_twice_the_votes_keep_the_strengths(table):
    width = len(table) + 1
    (part,) = rank(votes(table), width).parts
    (twice,) = rank(votes([(one, two, 2 * a, 2 * b, 2 * t) for one, two, a, b, t in table]), width).parts

    assert part.variants == twice.variants
    for one, two in zip(part.strengths, twice.strengths, strict=True):
        assert two.value == pytest.approx(one.value, abs=1e-7)
        assert two.vote_se == pytest.approx(one.vote_se / 2**0.5)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(list(Outcome))), max_size=40))
def test_any_votes_have_some_ranking(rows):
    given_ = [Vote(n // 2, *row) for n, row in enumerate(rows) if row[0] != row[1]]
    ranking = rank(given_, 4)

    seen = {variant for vote in given_ for variant in vote[1:3]}
    assert sorted(variant for part in ranking.parts for variant in part.variants) == sorted(seen)
    assert all(abs(one.value) < 50 for part in ranking.parts for one in part.strengths)


@QUICK
@given(tables)
def test_strengths_are_those_of_another_library(oracle, table):
    width, given_ = len(table) + 1, votes(table)
    (part,) = rank(given_, width, halves=True).parts
    names = {FIRST: oracle.Winner.X, SECOND: oracle.Winner.Y, TIE: oracle.Winner.Draw}
    found = oracle.bradley_terry(
        [vote.first for vote in given_],
        [vote.second for vote in given_],
        [names[vote.outcome] for vote in given_],
        tolerance=1e-12,
        limit=100_000,
    )
    for n in range(1, width):
        expected = log(found.scores[n] / found.scores[0])
        assert part.difference(n, 0).value == pytest.approx(expected, abs=1e-5)


@pytest.fixture(scope="module")
def oracle():
    """Another library's numbers. It takes seconds to import."""
    import evalica

    return evalica


def test_people_on_pairs_of_answers(oracle):
    pairs = read("llmfao")
    names = sorted({pair[side] for pair in pairs for side in ("model_a", "model_b")})
    won = {"a": FIRST, "b": SECOND, "tie": TIE}
    given_ = [
        Vote(pair["prompt_slug"], names.index(pair["model_a"]), names.index(pair["model_b"]), won[winner])
        for pair in pairs
        for _, winner in pair["votes"]
    ]
    (halves,), (ties,) = rank(given_, len(names), halves=True).parts, rank(given_, len(names)).parts

    assert (names[halves.variants[0]], halves.votes, halves.prompts) == ("GPT 4", 5138, 13)
    assert names[ties.variants[0]] == "GPT 4"
    assert ties.strengths[0].value > halves.strengths[0].value
    other = oracle.bradley_terry(
        [vote.first for vote in given_],
        [vote.second for vote in given_],
        [
            {FIRST: oracle.Winner.X, SECOND: oracle.Winner.Y, TIE: oracle.Winner.Draw}[vote.outcome]
            for vote in given_
        ],
        tolerance=1e-10,
        limit=10_000,
    ).scores
    top, last = halves.variants[0], halves.variants[-1]
    assert halves.difference(top, last).value == pytest.approx(log(other[top] / other[last]), abs=1e-4)


@pytest.mark.parametrize(("prompts", "many"), [(60, 1), (40, 3)])
def test_the_interval_holds_the_truth_when_votes_depend_on_prompts(prompts, many):
    """One of two is better by ln 1.5; the votes of a prompt are the same."""
    chance, held, draws = random.Random(13), 0, 400
    for _ in range(draws):
        wins = [chance.random() < 0.6 for _ in range(prompts)]
        given_ = [Vote(p, 0, 1, FIRST if won else SECOND) for p, won in enumerate(wins) for _ in range(many)]
        found = rank(given_, 2).difference(0, 1)
        held += found.low <= log(1.5) <= found.high

    assert 0.93 <= held / draws <= 0.98


def test_a_hundred_thousand_votes_take_seconds():
    chance = random.Random(6)
    given_ = [
        Vote(n % 5000, *chance.sample(range(20), 2), chance.choice((FIRST, SECOND, TIE)))
        for n in range(100_000)
    ]
    with at_most(10):
        (part,) = rank(given_, 20).parts

    assert len(part.variants) == 20
