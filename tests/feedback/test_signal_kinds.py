"""What each kind of signal says about the output."""

import pytest

from feedback.models import Polarity
from feedback.signals.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "value", "polarity"),
    [
        ("accepted", {"value": "a"}, "strong_positive"),
        ("edited", {"value": "a"}, "positive"),
        ("ignored", {}, "negative"),
        ("rejected", {}, "negative"),
        ("downloaded", {}, "strong_positive"),
        ("varied", {}, "positive"),
        ("copied", {}, "strong_positive"),
        ("thumbs_up", {}, "positive"),
        ("thumbs_down", {}, "negative"),
        ("regenerated", {"dwell_ms": 8000}, "strong_negative"),  # after reading
        ("regenerated", {"dwell_ms": 200}, "negative"),
        ("regenerated", {}, "negative"),
        ("rating", {"score": 4, "of": 5}, "positive"),
        ("rating", {"score": 1, "of": 5, "lowest": 1}, "negative"),
        ("rating", {"score": 3, "of": 5, "lowest": 1}, "neutral"),
        ("comment", {"text": "hm"}, "neutral"),
        ("viewed", {"dwell_ms": 1}, "neutral"),
    ],
)
def test_polarity(kind, value, polarity):
    assert KINDS[kind].polarity_of(value) == polarity


def test_every_kind_has_a_name_that_fits_and_a_polarity_that_is_known():
    for name, kind in KINDS.items():
        assert name == kind.name
        assert len(name) <= 20
        if isinstance(kind.polarity, str):
            assert kind.polarity in Polarity.values
