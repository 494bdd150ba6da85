"""A project in which nothing changes is alarmed at most once in thirty days."""

import numpy as np
import pytest
from scipy.stats import norm

from drift import budget

MONTHS = 20_000


def grid(p, permutations=1999):
    """As permutations give it: at least 1 / 2000."""
    return np.ceil(p * (permutations + 1)) / (permutations + 1)


def false_alarms(topics, structure, weeks):
    """In each month, of p-values (months, days) and (months, weeks)."""
    day = np.minimum(1, 2 * np.minimum(topics, structure))
    return (day <= budget.LEVEL).sum(axis=1) + (weeks <= budget.LEVEL).sum(axis=1)


def test_one_p_a_day_is_of_all_its_tests():
    assert budget.of_day([0.001, 0.4]) == 0.002
    assert budget.of_day([0.8, 0.9]) == 1.0
    assert budget.of_day([0.004, None]) == 0.004  # of a test that could not be made nothing is taken off
    assert budget.of_day([None, None]) is None
    assert not budget.alarms(None)
    assert budget.alarms(0.005)
    assert not budget.alarms(0.006)
    assert budget.marked(0.05)
    assert budget.part_level(2) == 0.0025


def test_what_is_said_of_a_month_is_binomial():
    # 1 - 0.995^35 - 35 * 0.005 * 0.995^34
    assert budget.chance_of_more() == pytest.approx(0.0133330, abs=1e-6)
    assert budget.chance_of_more(tests=30) == pytest.approx(0.0099096, abs=1e-6)
    assert budget.chance_of_more(0) == pytest.approx(1 - 0.995**35)
    assert budget.chance_of_more(35) == pytest.approx(0)


@pytest.mark.parametrize("between", [0.0, 0.9])
def test_without_drift_ninety_eight_months_of_a_hundred_have_one_alarm_at_most(between):
    """Topics and structure of a day apart, and looking at the same change; weeks that know of their days' topics."""
    chance = np.random.default_rng(6)
    topics = chance.standard_normal((MONTHS, 30))
    structure = between * topics + np.sqrt(1 - between**2) * chance.standard_normal((MONTHS, 30))
    weeks = topics.reshape(MONTHS, 5, 6).sum(axis=2) / 6**0.5
    weeks = between * weeks + np.sqrt(1 - between**2) * chance.standard_normal((MONTHS, 5))
    found = false_alarms(grid(norm.sf(topics)), grid(norm.sf(structure)), grid(norm.sf(weeks)))
    assert (found > 1).mean() < 0.0160  # 0.0133 and three standard errors
    assert found.mean() <= budget.MONTH * budget.LEVEL * 1.05  # three standard errors
    if not between:
        assert found.mean() > budget.MONTH * budget.LEVEL * 0.9  # the level is used up, not thrown away


def test_days_that_share_their_baseline_still_have_one_alarm_at_most():
    """The worst there can be at 1,000 rows against the same 2,000: a third of the variance is the baseline's."""
    chance = np.random.default_rng(7)
    shared = chance.standard_normal((MONTHS, 1))
    topics = np.sqrt(1 / 3) * shared + np.sqrt(2 / 3) * chance.standard_normal((MONTHS, 30))
    structure = chance.random((MONTHS, 30))
    weeks = chance.random((MONTHS, 5))
    assert (false_alarms(grid(norm.sf(topics)), structure, weeks) > 1).mean() < 0.03


def test_an_alarm_takes_nothing_from_the_days_after_it():
    """A change of which a day has a chance of 79 in 100 to be seen is seen as often on the day after an alarm."""
    chance = np.random.default_rng(8)
    effect = norm.isf(budget.part_level(2)) + norm.ppf(0.79)
    p = norm.sf(effect + chance.standard_normal((MONTHS, 2)))
    found = 2 * p <= budget.LEVEL
    assert found[found[:, 0], 1].mean() == pytest.approx(0.79, abs=0.01)
    assert found[~found[:, 0], 1].mean() == pytest.approx(0.79, abs=0.01)


def test_a_day_judged_twice_spends_once():
    """Whatever other days were judged, and how often: the same p is the same answer."""
    days = [0.3, 0.004, 0.006, 0.004]
    once = [budget.alarms(p) for p in days]
    again = [[budget.alarms(p) for p in days] for _time in range(3)][-1]
    assert once == again == [False, True, False, True]


def test_an_online_fdr_would_be_blind_after_a_quiet_month():
    """Why no LORD: on quiet days its levels fall under what permutations can reach. (Javanmard & Montanari 2018:
    level = wealth * gamma_t, gamma_t ~ log t / (t exp(sqrt(log t))), half of 0.1 to begin with.)"""
    t = np.arange(1, 100_000)
    gamma = np.log(np.maximum(t, 2)) / (t * np.exp(np.sqrt(np.log(t))))
    level = 0.05 * gamma / gamma.sum()
    assert level[29] / 2 < 1 / 2000  # topics' half, on the thirtieth day
    assert budget.part_level(2) >= 5 / 2000
