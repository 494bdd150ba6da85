"""What a judgement says, in sentences."""

from datetime import date

import pytest

from drift import words
from drift.baseline import Note
from drift.models import DriftCheck
from drift.scan.refused import Reason
from drift.services.judge import NotReady

DAY = date(2026, 11, 23)


def check(**more):
    return DriftCheck(day=DAY, verdict="judged", level=0.005, **more)


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.0005, "≤ 0.001"), (0.0015, "= 0.0015"), (0.03, "= 0.030"), (0.5, "= 0.50"), (1.0, "= 1.00")],
)
def test_a_small_p_is_never_nothing(p, said):
    assert words.p_value(p) == said


def test_the_morning_in_one_sentence():
    assert words.headline(check(p=0.003, alarm=True)) == "This day is unlike the days before (p = 0.0030)."
    assert words.headline(check(p=0.03)).startswith("A little unlike the days before (p = 0.030)")
    assert words.headline(check(p=0.4)) == "Nothing stands out (p = 0.40)."
    refused = check(reason="few_baseline_days", facts={"found": 1, "needed": 7})
    assert words.headline(refused) == "There is only 1 day to compare with; 7 are needed."


def test_too_few_rows_are_not_said_to_be_all_that_came():
    held = check(reason="few_rows", facts={"found": 34, "needed": 100, "over": 900, "limit": 5})
    assert words.headline(held).endswith("Of one end user at most 5 are compared.")


def test_every_reason_and_every_note_is_a_sentence():
    for reason in (*Reason, *NotReady):
        assert words.reason(check(reason=reason, facts={"found": 3, "needed": 100})).endswith(
            (".", "chance.")
        )
    told = words.notes(check(baseline={"notes": list(Note), "left_out": ["2026-11-20"], "aside": 2}))
    assert len(told) == len(Note) + 1
    assert told[0] == "1 day under alarm was left out."
    assert "Monday" in told[2]
    assert told[-1] == "2 inputs of topics that were called expected were set aside."
    assert words.notes(check()) == []


def test_wobble_is_said_for_a_topic_of_two_per_cent():
    # sqrt(0.0025 * 0.98 / 0.02) = 0.35
    assert words.wobble(check(rho=0.0025)).startswith("Topics normally vary by about 35 %")
    assert "hardly vary" in words.wobble(check(rho=0.0001))
    assert words.wobble(check()) == ""


def test_a_share_beside_what_it_was():
    assert words.times(3.24) == "3.2 times the share before"
    assert words.times(12.6) == "13 times the share before"


def test_a_day_beside_a_reference_says_so():
    told = {"id": "x", "name": "Gold", "version": None, "inputs": 240}
    one = check(
        p=0.002, alarm=True, topics_p=0.001, structure_p=0.4, day_vectors=[1, 2], reference_vectors=[1] * 240,
        baseline={"reference": told, "days": {"2026-11-22": 2}},
    )  # fmt: skip
    assert words.headline(one) == "What users ask on this day is unlike the reference “Gold” (p = 0.0020)."
    assert words.compared(one).startswith(
        "2 inputs of the day were compared with 240 of the reference “Gold”. How much topics vary was told from 1 day"
    )
    assert words.times(3.25, in_reference=True) == "3.2 times its share in the reference"
    assert "large changes alone" in words.notes(one)[0]
    told["inputs"] = 300
    assert words.notes(one) == []
    one.structure_p = 0.0005  # which is compared with days before
    assert words.headline(one) == "This day is unlike the days before (p = 0.0020)."
    one.alarm, one.p, one.structure_p = False, 0.03, None
    assert words.headline(one).startswith(
        "What users ask is a little unlike the reference “Gold” (p = 0.030)"
    )
