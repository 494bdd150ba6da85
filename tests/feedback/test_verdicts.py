"""From events to what a person made of a suggestion, in whatever order they come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.verdicts import Event, State, fold, right_and_wrong

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(seconds: int, kind: str, event_id: str = "", **value) -> Event:
    return Event(event_id or f"{kind}-{seconds}", kind, NOON + timedelta(seconds=seconds), value or None)


def test_nothing_happened():
    assert fold([], "red") == State()


def test_shown_and_accepted():
    state = fold([at(0, "shown"), at(4, "accepted", value="red", ms=4000)], "red")

    assert (state.verdict, state.final, state.ms) == ("accepted", "red", 4000)
    assert (state.shown_at, state.at) == (NOON, NOON + timedelta(seconds=4))


def test_a_change_of_mind_counts_by_its_own_time():
    accepted, edited = at(4, "accepted", value="red"), at(9, "edited", value="blue", edit_distance=4)

    assert fold([edited, accepted], "red").verdict == "edited"
    assert fold([edited, accepted], "red").edit_distance == 4
    assert fold([at(12, "accepted", value="red"), edited], "red").verdict == "accepted"


def test_the_values_decide_between_accepted_and_edited():
    assert fold([at(1, "accepted", value="blue")], "red").verdict == "edited"
    assert fold([at(1, "edited", value="red")], "red").verdict == "accepted"


def test_a_verdict_without_a_word_of_being_shown():
    assert fold([at(3, "rejected")], "red").shown_at == NOON + timedelta(seconds=3)


def test_late_words_of_being_seen_change_no_verdict():
    before = fold([at(3, "ignored", value="blue")], "red")

    assert (
        fold([at(3, "ignored", value="blue"), at(8, "shown"), at(9, "copied")], "red").verdict
        == before.verdict
    )


def test_nobody_answered_in_time_and_then_somebody_had():
    unanswered = at(3600, "ignored", "genba:unanswered")

    assert fold([at(0, "shown"), unanswered], "red").verdict == "ignored"
    assert fold([at(0, "shown"), unanswered, at(9, "accepted", value="red")], "red").verdict == "accepted"


@pytest.mark.parametrize(
    ("event", "seen", "known"),
    [
        (at(1, "accepted", value="red"), True, ("red", None)),
        (at(1, "edited", value="blue"), True, ("blue", "red")),
        (at(1, "rejected"), True, (None, "red")),
        (at(1, "rejected", value="blue"), True, ("blue", "red")),
        (at(1, "rejected", value="red"), True, (None, "red")),
        (at(1, "ignored"), True, (None, None)),
        (at(1, "ignored", value="blue"), True, ("blue", None)),
        (at(1, "ignored", value="blue"), False, ("blue", None)),
        (at(1, "edited", value="blue"), False, ("blue", None)),
    ],
)
def test_what_it_says_about_values(event, seen, known):
    assert right_and_wrong(fold([event], "red"), "red", seen=seen) == known


EVENTS = st.lists(
    st.builds(
        at,
        st.integers(0, 5),
        st.sampled_from(["shown", "accepted", "edited", "rejected", "ignored", "copied"]),
        st.sampled_from("abcdef"),
        value=st.sampled_from(["red", "blue"]),
    ),
    unique_by=lambda event: event.event_id,
    max_size=6,
)


@given(EVENTS, st.randoms())
def test_no_order_changes_the_end(events, chance):
    turned = list(events)
    chance.shuffle(turned)

    assert fold(turned, "red") == fold(events, "red")
