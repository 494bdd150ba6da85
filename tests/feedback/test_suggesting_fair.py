"""Who may teach a task how much."""

from uuid import uuid4

from feedback.suggesting.fair import FREE, TIMES, Shares
from tests.pace import at_most


def taught(shares: Shares, person: str, n: int) -> int:
    """How many of so many different examples of this person count."""
    return sum(shares.admits(person, uuid4(), 0, None) for _ in range(n))


def test_the_same_again_counts_once_but_another_answer_is_another():
    shares, text = Shares(), uuid4()
    assert shares.admits("amir", text, 0, None)
    assert not shares.admits("amir", text, 0, None)
    assert shares.admits("amir", text, 1, None)
    assert shares.admits("amir", text, None, 0)
    assert shares.admits("olga", text, 0, None)


def test_what_is_taken_back_may_be_said_again():
    shares, said = Shares(), ("amir", uuid4(), 0, None)
    assert not shares.gives_back(*said)
    shares.admits(*said)
    shares.admits(*said)
    assert [shares.gives_back(*said) for _ in range(3)] == [False, True, False]
    assert shares.admits(*said)


def test_whoever_takes_everything_back_is_no_longer_one_of_the_average():
    shares, texts = Shares(), [uuid4() for _ in range(2_000)]
    taught(shares, "stranger", FREE)
    for text in texts:
        shares.admits("olga", text, 0, None)
    assert taught(shares, "stranger", 1) == 1  # of two people, one may have more than half
    for text in texts:
        shares.gives_back("olga", text, 0, None)
    assert taught(shares, "stranger", 1) == 1  # alone again
    for n in range(100):
        taught(shares, f"user {n}", 1)
    assert taught(shares, "stranger", 1) == 0


def test_a_person_alone_or_a_small_team_is_never_held_back():
    shares = Shares()
    assert taught(shares, "amir", 5_000) == 5_000
    for name in ("olga", "sun", "ben"):
        assert taught(shares, name, 1_000) == 1_000
    assert taught(shares, "amir", 100) == 100 or TIMES < 4


def test_one_of_many_counts_for_no_more_than_a_few_times_the_others():
    shares = Shares()
    for n in range(100):
        taught(shares, f"user {n}", 10)
    assert taught(shares, "stranger", 5_000) == FREE
    for n in range(100):
        taught(shares, f"user {n}", 90)  # with more from everybody it may be more
    more = taught(shares, "stranger", 5_000)
    assert FREE < FREE + more <= TIMES * 110


def test_those_of_whom_nobody_knows_who_they_are_are_not_one_person():
    shares = Shares()
    for n in range(100):
        taught(shares, f"user {n}", 10)
    assert taught(shares, "", 1_000) == 1_000


def test_many_people_take_no_longer_than_few():
    shares = Shares()
    with at_most(0.5):
        assert sum(taught(shares, f"user {n}", 1) for n in range(20_000)) == 20_000
