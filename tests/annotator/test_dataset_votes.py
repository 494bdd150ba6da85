"""Which answer of an item's labels a dataset takes, and why none."""

from datetime import date

import pytest

from annotator.datasets.filters import Filters, read, told
from annotator.datasets.votes import Answered, Said, answered, in_time

DAY = 1_764_460_800.0  # 2025-11-30, UTC


def said(*answers: str, kind: str = "human", version: int = 1, decides: bool = False) -> list[Said]:
    return [Said(n, 1, version, n, kind, answer, DAY, decides) for n, answer in enumerate(answers, 1)]


def outcome(labels: list[Said], **filters) -> tuple[str, str] | str:
    found = answered(labels, Filters(**filters))
    return found if isinstance(found, str) else (found.answer, found.consensus)


@pytest.mark.parametrize(
    ("labels", "filters", "expected"),
    [
        (said("yes"), {}, ("yes", "single")),
        (said("yes", "yes"), {}, ("yes", "unanimous")),
        (said("yes", "no", "yes"), {}, ("yes", "majority")),
        (said("yes", "no"), {}, "undecided"),
        ([], {}, "undecided"),
        (said("yes"), {"min_votes": 2}, "too_few_votes"),
        (said("yes"), {"consensus": True}, "one_answer"),
        (said("yes", "no", "yes"), {"agreement": 0.67}, "disagreement"),
        (said("yes", "no", "yes"), {"agreement": 2 / 3}, ("yes", "majority")),
        # What was adjudicated counts, however few or divided the votes were.
        (
            said("yes", "no") + said("no", decides=True),
            {"min_votes": 3, "agreement": 1},
            ("no", "adjudicated"),
        ),
        (said("yes") + said("no", decides=True), {"consensus": True}, ("no", "adjudicated")),
        # An adjudication of an older wording than people have answered since decides nothing.
        (said("yes", "no", version=2) + said("no", decides=True), {}, "undecided"),
        # Where a person of the team answered, nobody else is counted; else end users speak, else a model.
        (said("no") + said("yes", "yes", kind="end_user"), {}, ("no", "single")),
        (said("yes", "yes", "no", kind="end_user") + said("no", kind="llm"), {}, ("yes", "majority")),
    ],
)
def test_one_question(labels, filters, expected):
    assert outcome(labels, **filters) == expected


def test_votes_and_agreement_are_those_that_were_given():
    found = answered(said("yes", "no", "yes"), Filters())

    assert isinstance(found, Answered)
    assert (found.votes, round(found.agreement, 3)) == ({"yes": 2, "no": 1}, 0.667)
    assert [one.label for one in found.labels] == [1, 2, 3]


def test_days_are_whole_and_both_count():
    found = answered(said("yes"), Filters())
    assert isinstance(found, Answered)
    assert in_time([found], Filters(since=date(2025, 11, 30), until=date(2025, 11, 30)))
    assert not in_time([found], Filters(since=date(2025, 12, 1)))
    assert not in_time([found], Filters(until=date(2025, 11, 29)))


def test_filters_are_the_same_after_the_database_had_them():
    chosen = Filters(queues=("a",), since=date(2026, 1, 2), agreement=0.8, duplicates="exact", test=20, dev=0)

    assert read(chosen.as_json()) == chosen
    assert read({}) == Filters()
    assert told(chosen) == {
        "queues": ("a",),
        "since": "2026-01-02",
        "agreement": 0.8,
        "duplicates": "exact",
        "test": 20,
        "dev": 0,
    }
