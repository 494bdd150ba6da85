"""The rule for one answer, as a table: who has the places, what was said before, what follows."""

import pytest

from annotator.chain_rules import Step
from annotator.labeling_rules import Accepted, Facts, Given, Refused, Seat, clean, decide

ME, OTHER, Q1, Q2 = 1, 2, 11, 12

FREE = (None, False, False)
MINE = (ME, False, False)
MINE_LAPSED = (ME, False, True)
MINE_DONE = (ME, True, False)
THEIRS = (OTHER, False, False)
THEIRS_LAPSED = (OTHER, False, True)
THEIRS_DONE = (OTHER, True, False)


def facts(*seats, given=None, chain=(Q1,)):
    steps = [Step(question) for question in chain]
    return Facts(ME, steps, [Seat(n, *seat) for n, seat in enumerate(seats)], given or {})


@pytest.mark.parametrize(
    ("seats", "state", "owners"),
    [
        ([MINE], "counted", [ME]),
        ([MINE_LAPSED], "counted", [ME]),
        ([FREE], "counted", [ME]),
        ([THEIRS], "surplus", [OTHER]),
        ([THEIRS_DONE], "surplus", [OTHER]),
        ([THEIRS_LAPSED], "counted", [ME]),
        ([THEIRS_DONE, FREE], "counted", [OTHER, ME]),
        ([THEIRS_LAPSED, FREE], "counted", [OTHER, ME]),
        ([FREE, MINE], "counted", [None, ME]),
        ([THEIRS, THEIRS_DONE], "surplus", [OTHER, OTHER]),
    ],
)
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answer_counts_where_a_place_is_mine_or_open(seats, state, owners, answer):
    item = facts(*seats)

    verdict = decide(item, label=5, question=Q1, answer=answer)

    assert verdict == Accepted(state, None, surplus=state == "surplus")
    assert [seat.owner for seat in item.seats] == owners
    assert all(seat.done for seat in item.seats if seat.owner == ME)


@pytest.mark.parametrize(
    ("seats", "owners"), [([MINE], [None]), ([MINE_LAPSED], [None]), ([THEIRS], [OTHER]), ([FREE], [None])]
)
def test_a_skip_frees_my_place_and_no_other(seats, owners):
    item = facts(*seats)

    assert decide(item, label=5, question=Q1, answer="skip") == Accepted("skipped", None)
    assert [seat.owner for seat in item.seats] == owners


@pytest.mark.parametrize(
    ("seats", "before", "owners"),
    [
        ([MINE_DONE], "yes", [ME]),
        ([FREE], "skip", [ME]),
        ([THEIRS], "skip", [OTHER]),
        ([THEIRS_LAPSED], "skip", [ME]),
        ([THEIRS_DONE], "no", [OTHER]),
    ],
)
def test_an_undo_gives_the_item_back_where_it_can(seats, before, owners):
    item = facts(*seats, given={Q1: Given(4, before)})

    assert decide(item, label=5, question=Q1, answer="undo") == Accepted("undone", 4)
    assert [seat.owner for seat in item.seats] == owners
    assert not any(seat.done for seat in item.seats if seat.owner == ME)
    again = decide(item, label=6, question=Q1, answer="no")
    assert again == Accepted("counted" if ME in owners else "surplus", 5, surplus=ME not in owners)


@pytest.mark.parametrize("before", ["yes", "no", "skip"])
@pytest.mark.parametrize("answer", ["yes", "no", "skip"])
def test_what_stands_is_not_answered_twice(before, answer):
    item = facts(MINE_DONE, given={Q1: Given(4, before)})

    verdict = decide(item, label=5, question=Q1, answer=answer)

    assert verdict.status == 409
    assert verdict.standing == Given(4, before)
    assert not item.seats[0].changed


@pytest.mark.parametrize("given", [{}, {Q1: Given(4, "undo")}])
def test_nothing_to_take_back(given):
    verdict = decide(facts(MINE, given=given), label=5, question=Q1, answer="undo")

    assert isinstance(verdict, Refused)
    assert verdict.status == 409


def test_an_edit_of_an_older_state_is_refused():
    item = facts(MINE_DONE, given={Q1: Given(4, "yes")})

    assert decide(item, label=5, question=Q1, answer="undo", edited=3).status == 409
    assert decide(facts(MINE), label=5, question=Q1, answer="yes", edited=3).status == 409
    assert decide(item, label=5, question=Q1, answer="undo", edited=4) == Accepted("undone", 4)


@pytest.mark.parametrize(("question", "answer"), [(99, "yes"), (Q1, "maybe"), (Q1, ""), (Q1, "YES")])
def test_unknown_questions_and_answers_are_refused(question, answer):
    assert decide(facts(MINE), label=5, question=question, answer=answer).status == 422


def test_a_place_is_done_when_the_whole_chain_is_answered():
    item = facts(MINE, chain=(Q1, Q2))

    decide(item, label=5, question=Q1, answer="yes")
    assert (item.seats[0].owner, item.seats[0].done) == (ME, False)
    decide(item, label=6, question=Q2, answer="no")
    assert item.seats[0].done
    decide(item, label=7, question=Q1, answer="undo")
    assert not item.seats[0].done


def test_a_skip_in_mid_chain_frees_the_place():
    item = facts(MINE, chain=(Q1, Q2))
    decide(item, label=5, question=Q1, answer="yes")

    decide(item, label=6, question=Q2, answer="skip")

    assert item.seats[0].owner is None


def test_text_is_made_storable_and_otherwise_kept():
    assert clean("a\0b\ud800c é 한 \u202e") == "a\ufffdb\ufffdc é 한 \u202e"
