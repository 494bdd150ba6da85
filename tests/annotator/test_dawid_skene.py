"""What is true and how reliable raters are: the paper's patients, and people who are known."""

import random
from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.stats.dawid_skene import fit, posterior
from tests.data import majority, patterns, read
from tests.pace import at_most

# 45 patients, seven answers each: the first observer three times, then four others.
PATIENTS = [
    "1111111",
    "3334334",
    "1122122",
    "2223121",
    "2223222",
    "2223322",
    "1222111",
    "3333433",
    "2222223",
    "2322223",
    "4444444",
    "2223343",
    "1111111",
    "2223212",
    "1211111",
    "1112111",
    "1111111",
    "1111111",
    "2222221",
    "2221322",
    "2222222",
    "2222221",
    "2223222",
    "2212222",
    "1111111",
    "1111111",
    "2322222",
    "1111111",
    "1111111",
    "1121121",
    "1111111",
    "3333233",
    "1111111",
    "2222222",
    "2223232",
    "4334343",
    "2212232",
    "2323233",
    "3333432",
    "1111111",
    "1111111",
    "1212111",
    "2322222",
    "1211111",
    "2222222",
]
OBSERVERS = (0, 0, 0, 1, 2, 3, 4)
LABELS = "142222132243121111222222112111131224233111212"
CONFUSION = [
    [[0.889, 0.111, 0, 0], [0.071, 0.876, 0.053, 0], [0, 0.339, 0.661, 0], [0, 0, 0.556, 0.444]],
    [[0.834, 0.166, 0, 0], [0.053, 0.633, 0.314, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    [[1, 0, 0, 0], [0.106, 0.788, 0.105, 0], [0, 0.404, 0.199, 0.398], [0, 0, 0.667, 0.333]],
    [[0.944, 0.056, 0, 0], [0.054, 0.843, 0.104, 0], [0, 0, 0.801, 0.199], [0, 0, 0.333, 0.667]],
    [[1, 0, 0, 0], [0.159, 0.735, 0.106, 0], [0, 0.209, 0.791, 0], [0, 0, 0.333, 0.667]],
]
VOTES = [
    (patient, observer, int(digit) - 1)
    for patient, digits in enumerate(PATIENTS)
    for observer, digit in zip(OBSERVERS, digits, strict=True)
]


def said(model):
    return "".join(str(answer + 1) for answer in model.likeliest)


def test_the_papers_patients():
    model = fit(VOTES, 4, smoothing=0)

    assert model.prior == pytest.approx((0.3996, 0.4220, 0.1118, 0.0667), abs=5e-5)
    assert model.prior == pytest.approx((0.40, 0.42, 0.11, 0.07), abs=5e-3)  # as published
    assert (model.iterations, model.converged) == (23, True)
    assert model.log_likelihood == pytest.approx(-192.8909, abs=5e-5)
    assert said(model) == LABELS
    for rater, rows in zip(model.raters, CONFUSION, strict=True):
        np.testing.assert_allclose(rater.confusion, rows, atol=6e-4)
    assert [rater.labels for rater in model.raters] == [135, 45, 45, 45, 45]


def test_only_one_patient_stays_in_doubt():
    model = fit(VOTES, 4, smoothing=0)

    assert [n for n, row in enumerate(model.items, 1) if max(row) < 0.95] == [35]
    assert model.items[34] == pytest.approx((0, 0.948, 0.052, 0), abs=5e-4)


def test_it_is_not_what_most_say():
    most = [min(digits, key=lambda one: (-digits.count(one), one)) for digits in PATIENTS]

    assert [n for n in range(1, 46) if most[n - 1] != LABELS[n - 1]] == [2, 12, 36]


def test_a_little_smoothing_changes_no_answer_and_rules_nothing_out():
    model = fit(VOTES, 4)

    assert said(model) == LABELS
    assert model.converged
    assert all(0 < chance < 1 for rater in model.raters for row in rater.confusion for chance in row)
    assert fit(VOTES, 4) == model


def test_two_raters_who_are_known():
    confusion = [[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.3, 0.7]]]

    assert posterior([0.3, 0.7], confusion, [(0, 0, 0), (0, 1, 1)])[0, 0] == pytest.approx(0.524272, abs=5e-7)


def test_what_cannot_be_has_no_probability():
    assert posterior([0.5, 0.5], [[[1, 0], [1, 0]]], [(0, 0, 1)]).tolist() == [[0, 0]]
    assert posterior([0.5, 0.5], [[[1, 0], [0, 1]]], [(0, 0, 1)]).tolist() == [[0, 1]]
    assert posterior([0.5, 0.5], [[[1, 0], [0, 1]]], []).shape == (0, 2)


def test_of_no_labels_there_is_no_model():
    assert fit([], 2) is None


def test_one_answer_only_tells_nothing_of_the_others():
    for smoothing in (0, 0.01):
        model = fit([(item, rater, 1) for item in range(6) for rater in range(2)], 3, smoothing=smoothing)

        assert model.prior == (0, 1, 0)
        assert model.likeliest == (1,) * 6
        assert model.items[0] == (0, 1, 0)
        for rater in model.raters:
            assert (rater.confusion[0], rater.confusion[2]) == (None, None)
            assert rater.confusion[1][1] > 0.98


def test_items_and_raters_without_a_label_have_nothing():
    model = fit([(0, 0, 0), (2, 2, 1)], 2)

    assert (model.items[1], model.likeliest) == (None, (0, None, 1))
    assert model.raters[1].labels == 0
    assert model.raters[1].confusion == (None, None)
    assert model.prior == pytest.approx((0.5, 0.5))


def test_nothing_is_said_of_who_gave_few_labels():
    votes = [(item, rater, item % 2) for item in range(10) for rater in range(2) if rater == 0 or item < 9]
    model = fit(votes, 2)

    assert model.raters[0].right > 0.98
    assert (model.raters[1].labels, model.raters[1].right) == (9, None)


def test_an_answer_that_nobody_offers_is_refused():
    for votes in ([(0, 0, 2)], [(-1, 0, 0)], [(0, -1, 0)]):
        with pytest.raises(ValueError, match="counted from 0"):
            fit(votes, 2)


def test_it_finds_who_is_reliable_and_who_says_the_opposite():
    chance, skill = random.Random(4), [0.95, 0.9, 0.8, 0.6, 0.15]
    truth = [chance.random() < 0.3 for _ in range(2000)]
    votes = [
        (n, k, int(yes == (chance.random() < skill[k]))) for n, yes in enumerate(truth) for k in range(5)
    ]
    model = fit(votes, 2)

    assert [rater.right for rater in model.raters] == pytest.approx(skill, abs=0.03)
    assert model.prior[1] == pytest.approx(0.3, abs=0.03)
    found = sum(said == yes for said, yes in zip(model.likeliest, truth, strict=True)) / 2000
    most = (
        sum((sum(a for _, _, a in votes[5 * n : 5 * n + 5]) > 2) == yes for n, yes in enumerate(truth)) / 2000
    )
    assert found > most + 0.02


votes_of = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=60
)


@settings(max_examples=50)
@given(votes_of, st.permutations(range(3)), st.sampled_from([0, 0.01]))
def test_probabilities_are_such_and_names_do_not_matter(votes, order, smoothing):
    model = fit(votes, 3, smoothing=smoothing, limit=50)
    renamed = fit(
        [(item, rater, order[answer]) for item, rater, answer in votes], 3, smoothing=smoothing, limit=50
    )

    assert sum(model.prior) == pytest.approx(1)
    for row in [*model.items, *(row for rater in model.raters for row in rater.confusion)]:
        assert row is None or (sum(row) == pytest.approx(1) and min(row) >= 0)
    assert [renamed.prior[place] for place in order] == pytest.approx(model.prior, abs=1e-6)
    assert model.log_likelihood <= 1e-9


@settings(max_examples=50)
@given(votes_of)
def test_every_round_makes_the_labels_likelier(votes):
    likelihoods = [fit(votes, 3, smoothing=0, limit=rounds).log_likelihood for rounds in range(1, 8)]

    assert all(after >= before - 1e-9 for before, after in pairwise(likelihoods))


def test_it_says_when_it_stopped_early():
    assert fit(VOTES, 4, limit=3).converged is False


def test_one_rater_alone_is_believed():
    model = fit([(0, 0, 0), (1, 0, 1), (2, 0, 1)], 2, smoothing=0)

    assert model.likeliest == (0, 1, 1)
    assert model.log_likelihood == pytest.approx(log(1 / 3) + 2 * log(2 / 3))


def test_three_people_on_facts_in_summaries():
    items = [[(who, label) for who, label in item["ratings"] if label] for item in read("xsum")]
    people = sorted({who for item in items for who, _ in item})
    votes = [
        (n, people.index(who), ("yes", "no").index(label))
        for n, item in enumerate(items)
        for who, label in item
    ]
    model = fit(votes, 2)

    assert model.converged
    clear = [n for n, item in enumerate(items) if len(item) == 3]
    agreed = sum(
        ("yes", "no")[model.likeliest[n]] == majority([label for _, label in items[n]]) for n in clear
    ) / len(clear)
    assert agreed > 0.96
    assert all(rater.right > 0.9 for rater in model.raters if rater.labels >= 100)
    assert patterns([[label for _, label in item] for item in items], ("yes", "no"))[3, 0] == 86


def test_a_hundred_thousand_labels_take_seconds():
    chance = np.random.default_rng(5)
    truth, skill = chance.integers(0, 4, 25_000), chance.uniform(0.6, 0.95, 40)
    item = np.repeat(np.arange(25_000), 4)
    rater = chance.integers(0, 40, 100_000)
    answer = np.where(chance.random(100_000) < skill[rater], truth[item], chance.integers(0, 4, 100_000))
    with at_most(15):
        model = fit(np.stack([item, rater, answer], axis=1), 4)

    assert model.converged
    assert np.mean(np.array(model.likeliest) == truth) > 0.95
