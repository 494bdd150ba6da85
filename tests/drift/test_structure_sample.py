"""Which rows of a day are read."""

from uuid import UUID

from drift.structure.sample import Key, draw


def key(at, same=None, user=""):
    return Key(UUID(int=at * 2_654_435_761 % (1 << 62)), same if same is not None else at, user)


def test_all_of_a_small_day_and_so_many_of_a_large_one():
    assert draw(key(n) for n in range(50)).ids == tuple(sorted(key(n).id for n in range(50)))
    found = draw((key(n) for n in range(5000)), most=1000)
    assert (found.population, found.drawn, len(found.ids)) == (5000, 1000, 1000)
    assert found == draw((key(n) for n in reversed(range(5000))), most=1000)


def test_a_hundred_thousand_identical_ones_are_three():
    found = draw((key(n, same="x") for n in range(100_000)), most=2000)
    assert (found.population, found.drawn, len(found.ids), found.repeats) == (100_000, 2000, 3, 1997)


def test_a_script_that_asks_ten_thousand_things_is_not_the_day():
    people = [key(n, user=f"person {n % 500}") for n in range(3000)]
    script = [key(100_000 + n, user="script") for n in range(6000)]
    found = draw([*people, *script])
    kept = set(found.ids)
    assert all(one.id in kept for one in people)
    assert sum(one.id in kept for one in script) == 30
    assert found.flood == 5970


def test_few_people_may_ask_much():
    found = draw(key(n, user=f"person {n % 5}") for n in range(3000))
    assert len(found.ids) == 3000
