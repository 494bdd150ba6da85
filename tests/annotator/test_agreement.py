"""How far raters agree: worked numbers, published data, and what must hold of any labels."""

from collections import Counter
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.stats.agreement import Metric, Undefined, ac1, alpha, cohen, fleiss, raw
from tests.data import majority, patterns, read
from tests.pace import at_most

ONE = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
T1 = patterns(["".join(column).replace(".", "") for column in zip(*ONE, strict=True)], "12345")
T2 = patterns(zip("0100000010", "1110010000", strict=True), "01")
T3 = {(2, 0): 118, (1, 1): 7, (0, 2): 0}
T4 = Counter(
    [
        (0, 0, 0, 0, 14),
        (0, 2, 6, 4, 2),
        (0, 0, 3, 5, 6),
        (0, 3, 9, 2, 0),
        (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0),
        (3, 2, 6, 3, 0),
        (2, 5, 3, 2, 2),
        (6, 5, 2, 1, 0),
        (0, 2, 2, 3, 7),
    ]
)
QUICK = settings(max_examples=100)
PLACES = [1, 2, 3, 4, 5]


@pytest.fixture(scope="module")
def oracle():
    """Another library's numbers. It takes seconds to import."""
    import evalica
    import pandas

    return evalica, pandas


def pattern(width):
    return st.tuples(*[st.integers(0, 4)] * width)


tables = st.integers(2, 5).flatmap(
    lambda width: st.dictionaries(pattern(width), st.integers(1, 20), max_size=8)
)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_alpha_of_four_raters_and_gaps(metric, expected):
    found = alpha(T1, Metric(metric), PLACES)

    assert found.value == pytest.approx(expected, abs=5e-7)
    assert (found.items, found.labels, found.single) == (11, 40, 1)


@pytest.mark.parametrize(
    ("measure", "table", "expected"),
    [
        (alpha, T2, 0.0952381),
        (alpha, T3, -0.024691),
        (alpha, T4, 0.215574),
        (fleiss, T1, 0.761169),
        (fleiss, T4, 0.209931),
        (ac1, T1, 0.775444),
        (ac1, T3, 0.940776),
        (ac1, T4, 0.225614),
        (raw, T1, 0.818182),
        (raw, T3, 0.944),
        (raw, T4, 0.378022),
    ],
)
def test_worked_numbers(measure, table, expected):
    assert measure(table).value == pytest.approx(expected, abs=5e-7)


def test_one_item_after_another_left_out_gives_the_interval():
    found = alpha(T1)

    assert found.se == pytest.approx(0.146327, abs=5e-7)
    assert (found.low, found.high) == (pytest.approx(0.456626, abs=5e-7), 1)
    assert ac1(T3).se == pytest.approx(0.022897, abs=5e-7)


@pytest.mark.parametrize("metric", list(Metric))
def test_items_that_look_alike_are_computed_once_as_if_they_were_many(metric):
    """By hand: each item left out, one by one."""
    table = {(3, 0, 0): 3, (2, 1, 0): 2, (0, 1, 2): 1, (1, 0, 1): 2}
    found = alpha(table, metric, [1, 2, 5])
    thetas = []
    for one, times in table.items():
        thetas += [alpha({**table, one: times - 1}, metric, [1, 2, 5]).value] * times
    n, mean = len(thetas), sum(thetas) / len(thetas)

    assert found.se == pytest.approx(((n - 1) / n * sum((theta - mean) ** 2 for theta in thetas)) ** 0.5)


def test_rare_answers_are_no_agreement_beyond_chance_but_for_ac1():
    assert alpha(T3).value < 0
    assert cohen([[118, 5], [2, 0]]).value == pytest.approx(-0.023392, abs=5e-7)
    assert ac1(T3).value > 0.9


def test_cohens_kappa_with_its_errors():
    found = cohen([[20, 5], [10, 15]])

    assert found.value == pytest.approx(0.4)
    assert found.formula_se == pytest.approx(0.126996, abs=5e-7)
    assert (found.formula_low, found.formula_high) == pytest.approx((0.151092, 0.648908), abs=5e-7)
    assert found.se_zero == pytest.approx(0.138564, abs=5e-7)
    assert found.se == pytest.approx(0.129934, abs=5e-7)
    assert found.low < found.formula_low
    assert (found.items, found.labels, found.reason) == (50, 100, None)


def test_kappa_of_a_judge_and_people():
    assert cohen([[20, 4], [8, 8]]).value == pytest.approx(0.347826, abs=5e-7)


def test_without_two_labels_on_an_item_there_is_nothing_to_say():
    for measure in (alpha, ac1, fleiss, raw):
        for table in ({}, {(1, 0): 5}, {(2, 0): 0}, {(0, 0): 9}):
            found = measure(table)
            assert (found.value, found.low, found.reason) == (None, None, Undefined.NO_PAIRS)
    assert alpha({(1, 0): 5}).single == 5
    assert cohen([[0, 0], [0, 0]]).reason == Undefined.NO_PAIRS


def test_everyone_gave_the_same_answer():
    for measure in (alpha, fleiss):
        assert measure({(3, 0): 20}).value is None
        assert measure({(3, 0): 20}).reason == Undefined.ONE_ANSWER
    assert cohen([[9, 0], [0, 0]]).reason == Undefined.ONE_ANSWER
    assert ac1({(3, 0): 20}).value == 1
    assert ac1({(3,): 20}).reason == Undefined.ONE_ANSWER


def test_full_agreement_is_1_and_claims_no_certainty():
    for measure in (alpha, fleiss, ac1):
        found = measure({(3, 0): 11, (0, 2): 9})
        assert (found.value, found.low, found.high, found.reason) == (1, None, None, Undefined.NO_SPREAD)
    found = raw({(3, 0): 11, (0, 2): 9})
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.8389, abs=5e-5)


def test_a_value_that_one_item_decides_has_no_interval():
    for table in ({(1, 1): 1}, {(3, 0): 9, (0, 3): 1}):
        found = alpha(table)
        assert found.value is not None
        assert (found.low, found.se, found.reason) == (None, None, Undefined.ONE_ITEM_DECIDES)
    assert raw({(2, 1): 1}).reason == Undefined.ONE_ITEM_DECIDES
    assert cohen([[9, 0], [0, 1]]).reason == Undefined.ONE_ITEM_DECIDES


def test_raw_agreement_of_few_that_seem_alike_is_not_sure():
    found = raw({(2, 1): 5})

    assert found.value == pytest.approx(1 / 3)
    assert found.low < 0.15
    assert found.high > 0.6


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(ValueError, match="one count for each answer"):
        alpha({(1, 1): 1, (1, 1, 0): 1})
    with pytest.raises(ValueError, match="one value for each answer"):
        alpha(T1, Metric.INTERVAL)
    with pytest.raises(ValueError, match="from 0 on"):
        alpha(T1, Metric.RATIO, [-1, 0, 1, 2, 3])
    with pytest.raises(ValueError, match="same answers"):
        cohen([[1, 2, 3], [1, 2, 3]])


@QUICK
@given(tables, st.randoms(use_true_random=False))
def test_names_of_answers_and_the_order_of_items_do_not_matter(table, chance):
    width = len(next(iter(table), (0,)))
    order, items = list(range(width)), list(table.items())
    chance.shuffle(order)
    chance.shuffle(items)
    renamed = {tuple(one[place] for place in order): times for one, times in items}

    for measure in (alpha, ac1, fleiss, raw):
        found, other = measure(table), measure(renamed)
        assert found.reason == other.reason
        assert found.value == pytest.approx(other.value, abs=1e-9)
        assert found.low == pytest.approx(other.low, abs=1e-6)
        # An item with one label tells of chance and not of agreement: then kappa can be lower still.
        least = -1 - 1e-12 if all(sum(one) > 1 for one in table) else -inf
        assert found.value is None or least <= found.value <= 1 + 1e-12


@QUICK
@given(tables)
def test_an_item_with_one_label_changes_alpha_by_nothing(table):
    width = len(next(iter(table), (0, 0)))
    more = {**table, (1, *[0] * (width - 1)): 3}
    without = {one: times for one, times in table.items() if sum(one) > 1}

    assert alpha(more).value == alpha(without).value
    assert alpha(more).se == alpha(without).se


@QUICK
@given(tables, st.floats(0.1, 50), st.floats(-1000, 1000))
def test_interval_alpha_has_no_unit(table, by, plus):
    values = range(len(next(iter(table), (0,))))
    found = alpha(table, Metric.INTERVAL, values)
    other = alpha(table, Metric.INTERVAL, [by * value + plus for value in values])

    assert found.value == pytest.approx(other.value, abs=1e-7)
    assert found.se == pytest.approx(other.se, abs=1e-6)


@QUICK
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3),
    st.permutations(range(3)),
)
def test_kappa_knows_no_names(table, order):
    renamed = [[table[i][j] for j in order] for i in order]
    turned = [list(row) for row in zip(*table, strict=True)]

    for other in (renamed, turned):
        assert cohen(table).value == pytest.approx(cohen(other).value, abs=1e-9)
        assert cohen(table).formula_se == pytest.approx(cohen(other).formula_se, abs=1e-9)


@pytest.mark.parametrize("metric", list(Metric))
@QUICK
@given(data=st.data())
def test_alpha_is_that_of_another_library(oracle, metric, data):
    evalica, pandas = oracle
    raters, items = data.draw(st.integers(2, 4)), data.draw(st.integers(2, 9))
    cell = st.one_of(st.none(), st.integers(1, 4))
    rows = data.draw(
        st.lists(st.lists(cell, min_size=items, max_size=items), min_size=raters, max_size=raters)
    )
    found = alpha(patterns(zip(*rows, strict=True), [1, 2, 3, 4]), metric, [1, 2, 3, 4])
    if found.value is None:
        return
    other = evalica.alpha(pandas.DataFrame(rows, dtype=float), distance=metric.value)

    assert found.value == pytest.approx(other.alpha, abs=1e-9)


def test_the_interval_is_near_that_of_resampled_items(oracle):
    evalica, pandas = oracle
    pairs = [[winner for _, winner in pair["votes"]] for pair in read("pandalm")]
    rows = pandas.DataFrame(
        [[("a", "tie", "b").index(one) for one in votes] for votes in pairs], dtype=float
    ).T
    other = evalica.alpha_bootstrap(rows, n_resamples=1000, random_state=3)
    found = alpha(patterns(pairs, ("a", "tie", "b")))

    assert found.value == pytest.approx(other.alpha, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.01)


def test_people_and_judges_on_pairs_of_answers():
    pairs = read("llmfao")
    votes = [[winner for _, winner in pair["votes"]] for pair in pairs]
    table = patterns(votes, ("a", "tie", "b"))

    assert (len(pairs), sum(map(len, votes))) == (1235, 5138)
    assert alpha(table).value == pytest.approx(0.2753, abs=5e-5)
    assert alpha(table, Metric.ORDINAL).value == pytest.approx(0.2737, abs=5e-5)
    for judge, share, decided, both in (("gpt-4", 0.3838, 598, 0.7441), ("gpt-3.5", 0.3409, 557, 0.6571)):
        answers = [(majority(one), pair["judges"][judge]) for one, pair in zip(votes, pairs, strict=True)]
        clear = [one == other for one, other in answers if "tie" not in {one, other}]
        assert sum(one == other for one, other in answers) / 1235 == pytest.approx(share, abs=5e-5)
        assert (len(clear), sum(clear) / len(clear)) == (decided, pytest.approx(both, abs=5e-5))


def test_three_people_and_two_judges_on_pairs_of_answers():
    pairs = read("pandalm")
    votes = [[winner for _, winner in pair["votes"]] for pair in pairs]

    assert len(pairs) == 610
    assert alpha(patterns(votes, ("a", "tie", "b"))).value == pytest.approx(0.8579, abs=5e-5)
    for judge, share in (("gpt-3.5-turbo", 0.6721), ("pandalm-7b", 0.6639)):
        agreed = sum(majority(one) == pair["judges"][judge] for one, pair in zip(votes, pairs, strict=True))
        assert agreed / 610 == pytest.approx(share, abs=5e-5)


def test_three_people_on_facts_in_summaries():
    ratings = [[label for _, label in item["ratings"] if label] for item in read("xsum")]
    table = patterns(ratings, ("yes", "no"))

    assert len(ratings) == 1143
    assert alpha(table).value == pytest.approx(0.7820, abs=5e-5)
    assert sum(table[one] for one in ((3, 0), (0, 3), (2, 1), (1, 2))) == 1130
    assert (table[3, 0] + table[0, 3]) / 1130 == pytest.approx(0.9398, abs=5e-5)
    # The known 0.9396 counts everything but open disagreement, unrated items too.
    assert 1 - (table[2, 1] + table[1, 2] + table[1, 1]) / 1143 == pytest.approx(0.9396, abs=5e-5)
    yes = sum(one.count("yes") for one in ratings)
    assert yes / sum(map(len, ratings)) == pytest.approx(0.1036, abs=5e-5)


def test_a_hundred_thousand_labels_take_no_time():
    table = {(a, b, 20 - a - b): 22 for a in range(21) for b in range(21 - a)}
    assert sum(sum(one) * times for one, times in table.items()) > 100_000
    with at_most(1):
        for measure in (alpha, ac1, fleiss, raw):
            measure(table)
