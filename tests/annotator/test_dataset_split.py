"""Which split an input is in: near-duplicates never cross, and nobody moves."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from annotator.datasets.split import Shares, place, split_of

SHARES = Shares(80, 10, 10)


def name(n: int) -> UUID:
    return uuid5(UUID(int=0), str(n))


def in_groups(ends: list[int]) -> list[list[UUID]]:
    """Inputs 0, 1, 2, … cut into groups of these sizes."""
    found, at = [], 0
    for size in ends:
        found.append([name(n) for n in range(at, at + size)])
        at += size
    return found


SPLITS = st.sampled_from(["train", "dev", "test"])
ROUNDS = st.lists(
    st.tuples(
        st.lists(st.integers(1, 5), min_size=1, max_size=12),  # how the inputs hang together this time
        st.sampled_from([SHARES, Shares(50, 25, 25), Shares(100, 0, 0), Shares(0, 0, 100)]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
)


@given(ROUNDS, st.sets(st.integers(0, 59), max_size=10))
def test_whatever_versions_are_made_nothing_crosses_moves_or_is_learned_from_that_is_held_out(rounds, held):
    """Each round is a version of some dataset of the project, with other groups, shares and seed."""
    known, held_out = {}, {name(n) for n in held}
    claims = dict.fromkeys(held_out, "test")
    for sizes, shares, seed in rounds:
        groups = in_groups(sizes)

        placed = place(groups, known=known, claims=claims, shares=shares, seed=seed)

        for group in groups:
            assert len({placed.splits[one] for one in group if one in placed.splits}) == 1
            assert all((one in placed.splits) != (one in placed.crossing) for one in group)
        for one, split in placed.splits.items():
            assert known.get(one, split) == split
            assert one not in held_out or split == "test"
        known |= placed.splits


@given(st.dictionaries(st.integers(0, 9), SPLITS), st.sets(st.integers(0, 9)))
def test_where_a_group_is_torn_already_the_test_goes_first(before, held):
    known = {name(n): split for n, split in before.items()}
    held_out = {name(n) for n in held}
    claims = dict.fromkeys(held_out, "test")

    placed = place(in_groups([10]), known=known, claims=claims, shares=SHARES)

    claims = {"test" for _ in held_out} | set(known.values())
    expected = next((split for split in ("test", "dev", "train") if split in claims), None)
    assert expected is None or set(placed.splits.values()) <= {expected}
    assert placed.crossing == {
        one
        for one in {*known, *held_out}
        if known.get(one, expected) != expected or (one in held_out and expected != "test")
    }


def test_a_new_input_follows_what_is_nearly_the_same_and_goes_where_that_is_torn():
    groups = in_groups([2, 1, 1, 1])
    near = {
        name(0): {"dev"},  # and so does 1, which is nearly the same as 0
        name(2): {"train", "test"},
        name(3): {"train"},
        name(4): {"train"},
    }
    known, claims = {name(3): "train"}, {name(4): "test"}

    placed = place(groups, known=known, claims=claims, near=near, shares=Shares(0, 0, 100))

    assert placed.splits == {name(0): "dev", name(1): "dev", name(3): "train"}
    assert placed.crossing == {name(2), name(4)}
    assert (placed.kept, placed.followed) == (1, 1)


def test_what_is_learned_from_tests_nothing_and_no_test_is_learned_from():
    """0 is an example of a suggester, 1 is one too and is in a test split since before."""
    claims = {name(0): "train", name(1): "train"}

    placed = place(in_groups([1, 1]), known={name(1): "test"}, claims=claims, shares=Shares(0, 0, 100))

    assert placed.splits == {name(0): "train"}
    assert placed.crossing == {name(1)}


def test_the_shares_come_out_and_a_seed_draws_anew():
    drawn = [split_of(0, name(n), SHARES) for n in range(20_000)]

    assert abs(drawn.count("train") / 20_000 - 0.8) < 0.01
    assert abs(drawn.count("test") / 20_000 - 0.1) < 0.01
    assert drawn == [split_of(0, name(n), SHARES) for n in range(20_000)]
    assert drawn != [split_of(1, name(n), SHARES) for n in range(20_000)]


def test_a_larger_test_share_takes_from_the_others_and_gives_nothing_back():
    small = {n for n in range(2000) if split_of(0, name(n), Shares(90, 0, 10)) == "test"}
    large = {n for n in range(2000) if split_of(0, name(n), Shares(60, 0, 40)) == "test"}

    assert small < large
