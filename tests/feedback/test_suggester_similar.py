"""The similar suggester: what it makes of a ranking."""

import pytest

from feedback.suggesters.registry import Choice, Proposal, Scored
from feedback.suggesters.similar import SUGGESTER
from tests.feedback.suggesting import case, task


@pytest.mark.parametrize(
    ("values", "confidence", "shown"),
    [(100, 0.021, True), (100, 0.019, False), (5000, 0.019, True), (5000, 0.001, False)],
)
def test_among_thousands_of_values_a_small_chance_is_much(values, confidence, shown):
    of = task(choices=tuple(Choice(str(n)) for n in range(values)))

    said = SUGGESTER.suggest(case(of, ranked=(Scored("7", confidence),)))

    assert isinstance(said, Proposal) is shown
