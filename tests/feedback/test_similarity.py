"""From names alone to a classifier that knows: what must hold of any examples, on small made-up vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.similarity.calibration import ece
from feedback.similarity.gaussians import Gaussians
from feedback.similarity.kernel import Kernel
from feedback.similarity.similar import Similar
from feedback.similarity.weighing import weigh
from tests.pace import at_most

QUICK = settings(max_examples=25)
SIZE = 24


def length_one(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def world(classes=6, examples=60, seed=1, noise=0.18, size=SIZE):
    """Names, vectors around hidden centres that are near the names, and the right classes."""
    chance = np.random.default_rng(seed)
    names = length_one(chance.normal(size=(classes, size)))
    centres = length_one(names + 0.15 * chance.normal(size=names.shape))
    right = chance.integers(0, classes, examples)
    return names, length_one(centres[right] + noise * chance.normal(size=(examples, size))), right


def learned(names, vectors, right, weights=None):
    state = Similar(names)
    state.learn(vectors, right, weights)
    return state


def one(vector):
    return np.asarray(vector)[None]


def test_names_alone_give_sensible_answers():
    names, vectors, right = world(examples=300)
    chances = Similar(names).predict(vectors)

    assert (chances.argmax(axis=1) == right).mean() > 0.8
    assert Similar(names).predict(names).argmax(axis=1).tolist() == list(range(6))
    assert Similar(names[:1]).predict(vectors).tolist() == [[1.0]] * 300


def test_one_verified_example_counts_at_once():
    """A text that no name is like: nobody could know, and then somebody says."""
    names, vectors, right = world()
    odd = length_one(one(np.linalg.svd(names)[2][-1]))  # at right angles to all names
    for state in (Similar(names), learned(names, vectors, right)):
        state.predict(odd)
        state.learn(odd, np.array([4]))
        assert state.predict(odd).argmax() == 4
        near = length_one(odd + 0.03 * np.random.default_rng(0).normal(size=odd.shape))
        assert state.predict(near).argmax() == 4


@QUICK
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 7))
def test_chances_sum_to_one_and_the_order_of_examples_does_not_matter(seed, examples, classes):
    names, vectors, right = world(classes, examples, seed)
    mixed = np.random.default_rng(seed).permutation(examples)
    asked = world(classes, 20, seed + 1)[1]
    chances = learned(names, vectors, right).predict(asked)

    assert chances.sum(axis=1) == pytest.approx(np.ones(20))
    assert (chances > 0).all()
    assert learned(names, vectors[mixed], right[mixed]).predict(asked) == pytest.approx(chances, abs=2e-3)


def test_one_at_a_time_is_as_all_at_once():
    names, vectors, right = world(examples=40)
    state = Similar(names)
    for at in range(40):
        state.predict(vectors[:1])
        state.learn(vectors[at : at + 1], right[at : at + 1])

    assert state.predict(vectors) == pytest.approx(learned(names, vectors, right).predict(vectors), abs=2e-3)


@QUICK
@given(st.integers(0, 10_000), st.booleans())
def test_an_example_learned_twice_is_one_of_weight_two(seed, together):
    names, vectors, right = world(examples=20, seed=seed)
    weights = np.ones(20)
    weights[3] = 2
    weighted = learned(names, vectors, right, weights).predict(vectors)
    state = Similar(names)
    if together:
        state.learn(np.vstack([vectors, vectors[3:4]]), np.append(right, right[3]))
    else:
        state.learn(vectors, right)
        state.learn(vectors[3:4], right[3:4])

    assert state.predict(vectors) == pytest.approx(weighted, abs=2e-3)


def test_a_change_of_mind_leaves_no_trace():
    names, vectors, right = world(examples=40)
    other = (right[:5] + 1) % 6
    state = learned(names, vectors, right)
    state.predict(vectors)
    state.unlearn(vectors[:5], right[:5])
    assert state.predict(vectors) == pytest.approx(
        learned(names, vectors[5:], right[5:]).predict(vectors), abs=2e-3
    )

    state.learn(vectors[:5], other)
    anew = learned(names, vectors, np.concatenate([other, right[5:]]))
    assert state.predict(vectors) == pytest.approx(anew.predict(vectors), abs=2e-3)


def test_half_of_a_weight_can_be_taken_back():
    names, vectors, right = world(examples=20)
    state = learned(names, vectors, right, np.full(20, 3.0))
    state.unlearn(vectors, right, np.full(20, 2.0))

    assert state.predict(vectors) == pytest.approx(learned(names, vectors, right).predict(vectors), abs=2e-3)


def test_with_everything_taken_back_the_names_answer_again():
    names, vectors, right = world(examples=30)
    state = learned(names, vectors, right)
    state.predict(vectors)
    state.unlearn(vectors, right)

    assert state.predict(vectors) == pytest.approx(Similar(names).predict(vectors), abs=2e-3)


def test_what_was_not_learned_cannot_be_taken_back():
    names, vectors, right = world(examples=20)
    state = learned(names, vectors, right)
    for wrong in ((vectors[:1], (right[:1] + 1) % 6), (vectors[:1], right[:1], np.array([2.0]))):
        with pytest.raises(ValueError, match="not learned"):
            state.unlearn(*wrong)


@pytest.mark.parametrize(
    ("vectors", "classes", "weights"),
    [
        (np.ones((2, SIZE)), [0], None),
        (np.ones((1, SIZE + 1)), [0], None),
        (np.ones((1, SIZE)), [6], None),
        (np.ones((1, SIZE)), [-1], None),
        (np.ones((1, SIZE)), [0], [0.0]),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(vectors, classes, weights):
    names, asked, _ = world()
    state = Similar(names)
    before = state.predict(asked)
    for change in (state.learn, state.unlearn, state.reject):
        with pytest.raises(ValueError, match=r"vectors are|classes lie"):
            change(vectors, np.array(classes), weights)
    assert (state.predict(asked) == before).all()
    with pytest.raises(ValueError, match="one at least"):
        Similar(names[:0])


def test_nothing_to_learn_is_learned():
    names, vectors, _ = world()
    state = Similar(names)
    state.learn(vectors[:0], np.zeros(0, int))
    assert (state.predict(vectors) == Similar(names).predict(vectors)).all()
    assert state.predict(vectors[:0]).shape == (0, 6)


def test_a_rejected_value_goes_down_for_this_text_and_not_for_others():
    names, vectors, right = world(examples=80)
    state = learned(names, vectors, right)
    before = state.predict(vectors)
    first = int(before[0].argmax())
    state.reject(vectors[:1], np.array([first]))
    after = state.predict(vectors)

    assert after[0].argmax() != first
    others = [k for k in range(6) if k != first]
    assert np.argsort(after[0, others]).tolist() == np.argsort(before[0, others]).tolist()
    far = (vectors @ vectors[0]) < -0.2
    assert after[far] == pytest.approx(before[far], abs=0.01)

    state.learn(vectors[:1], np.array([first]))
    assert state.predict(vectors)[0].argmax() == first


def test_a_rejection_is_taken_back_for_its_text_and_value_alone_and_one_at_a_time():
    names, vectors, right = world(examples=80)
    state = learned(names, vectors, right)
    before = state.predict(vectors)
    first = before[:2].argmax(axis=1)
    for rows in (slice(0, 2), slice(0, 1)):
        state.reject(vectors[rows], first[rows])
    state.unreject(vectors[:1], (first[:1] + 1) % 6)
    state.unreject(vectors[:1], first[:1])
    once = state.predict(vectors)
    assert once[0].argmax() != first[0]
    assert once[1].argmax() != first[1]

    state.unreject(vectors[:2], first)
    state.unreject(vectors[:2], first)  # there is none left, which is no matter
    assert state.predict(vectors) == pytest.approx(before)


def test_changes_of_mind_are_weighed_as_additions_are(monkeypatch):
    """Not with each of them, which is slow with many classes; but when they are many."""
    names, vectors, right = world(examples=400)
    state = learned(names, vectors, right)
    state.predict(vectors)
    found = []
    whole = state._mixed
    monkeypatch.setattr(state, "_mixed", lambda: found.append(1) or whole())
    for at in range(8):
        state.unlearn(vectors[at : at + 1], right[at : at + 1])
        state.learn(vectors[at : at + 1], (right[at : at + 1] + 1) % 6)
        state.predict(vectors)

    assert 1 <= len(found) <= 2


def test_older_examples_live_on_when_there_is_no_room():
    names, vectors, right = world(examples=300, noise=0.3)
    state = Similar(names, room=50)
    for start in range(0, 300, 30):
        state.learn(vectors[start : start + 30], right[start : start + 30])
    state.predict(vectors)
    few = learned(names, vectors[-50:], right[-50:])
    _, asked, wanted = world(examples=1000, noise=0.3)

    assert state._kernel.n == 50
    hits = [(one.predict(asked).argmax(axis=1) == wanted).mean() for one in (state, few)]
    assert hits[0] >= hits[1] - 0.01
    with pytest.raises(ValueError, match="no longer"):
        state.unlearn(vectors[:1], right[:1])


def test_a_single_large_batch_keeps_to_the_room_too():
    names, vectors, right = world(examples=300)
    state = Similar(names, room=50)
    state.learn(vectors, right)
    assert state._kernel.n == 50
    assert (state.predict(vectors).argmax(axis=1) == right).mean() > 0.9


# --- the parts -----------------------------------------------------------------------------------


def without(n, at):
    return np.arange(n) != at


def centred(scores):
    return scores - scores.mean(axis=-1, keepdims=True)


def test_evidence_of_clouds_without_an_example_is_as_if_it_had_not_been_there():
    names, vectors, right = world(examples=25)
    weights = np.linspace(0.5, 3, 25)
    clouds = Gaussians(names)
    clouds.add(vectors, right, weights)
    found = clouds.clouds().left_out(vectors, right, weights)
    for at in range(25):
        rest = without(25, at)
        anew = Gaussians(names)
        anew.add(vectors[rest], right[rest], weights[rest])
        if (right[rest] == right[at]).any():  # a class that nobody saw has no part in the shape
            wanted = anew.clouds().scores(vectors[at : at + 1])[0]
            assert centred(found[at]) == pytest.approx(centred(wanted), abs=1e-6)


def test_evidence_of_neighbours_without_an_example_is_as_if_it_had_not_been_there():
    names, vectors, right = world(examples=25)
    weights = np.linspace(0.5, 3, 25)
    every = Kernel(names)
    every.add(vectors, right, weights)
    found = every.left_out(np.arange(25), right)
    for at in range(25):
        rest = without(25, at)
        anew = Kernel(names)
        anew.add(vectors[rest], right[rest], weights[rest])
        assert found[at] == pytest.approx(anew.scores(vectors[at : at + 1])[0], abs=1e-4)


def test_thousands_of_changes_leave_the_inverse_right():
    """The errors of single precision do not grow: the inverse stays symmetric."""
    names, vectors, right = world(examples=700)
    state = Kernel(names)
    state.add(vectors[:300], right[:300], np.ones(300))
    kept = list(range(300))
    for at in range(300, 700):
        state.add(vectors[at : at + 1], right[at : at + 1], np.ones(1))
        kept.append(at)
        state.take(at % 200)
        kept[at % 200] = kept[-1]
        kept.pop()
    rows = vectors[kept].astype(float)
    wanted = np.linalg.inv(((1 + rows @ rows.T) / 2) ** 3 + 0.2 * np.eye(300))

    assert state._inverse[:300, :300] == pytest.approx(wanted, abs=2e-3)
    assert (state._inverse[:300, :300] == state._inverse[:300, :300].T).all()
    assert state._vectors[:300] == pytest.approx(vectors[kept])


def test_weights_of_evidence_are_found_again():
    """Classes are drawn with known weights; the third kind of evidence is noise."""
    chance = np.random.default_rng(4)
    evidence = chance.normal(size=(4000, 5, 3))
    totals = evidence @ np.array([2.0, -1.0, 0.0]) + chance.gumbel(size=(4000, 5))
    right = totals.argmax(axis=1)
    nothing, loose = np.zeros(3), np.full(3, 1e-6)

    found = weigh(evidence, right, np.ones(4000), nothing, loose, nothing)
    assert found == pytest.approx([2.0, -1.0, 0.0], abs=0.1)
    elsewhere = weigh(evidence, right, np.ones(4000), nothing, loose, np.array([9.0, 9.0, 9.0]))
    assert elsewhere == pytest.approx(found, abs=1e-2)
    held = weigh(evidence, right, np.ones(4000), nothing, np.full(3, 1e9), nothing)
    assert held == pytest.approx(nothing, abs=1e-3)
    twice = weigh(evidence, right, np.full(4000, 2.0), nothing, loose, nothing)
    assert twice == pytest.approx(found, abs=1e-2)


def test_confidence_is_how_often_suggestions_are_right():
    """Clouds that overlap, so that nobody can be sure: along a stream, each suggested before it is learned."""
    names, vectors, right = world(classes=8, examples=1500, noise=0.35)
    state = Similar(names)
    said, hit = [], []
    for start in range(0, 1500, 25):
        part = slice(start, start + 25)
        chances = state.predict(vectors[part])
        said += chances.max(axis=1).tolist()
        hit += (chances.argmax(axis=1) == right[part]).tolist()
        state.learn(vectors[part], right[part])

    assert 0.6 < np.mean(hit[300:]) < 0.95
    assert ece(said, hit) < 0.06


def test_a_new_example_is_quick_among_thousands():
    """3,000 examples of 150 values: ten more, each asked about at once; starting anew ten times would take ten seconds."""
    names, vectors, right = world(classes=150, examples=3010, size=384, noise=0.05)
    state = Similar(names)
    state.learn(vectors[:3000], right[:3000])
    state.predict(vectors[:1])
    with at_most(4.0, what="for ten examples"):
        for at in range(3000, 3010):
            state.learn(vectors[at : at + 1], right[at : at + 1])
            assert state.predict(vectors[at : at + 1]).argmax() == right[at]


def test_one_odd_example_is_believed_for_its_own_text():
    """A value whose name says nothing about the text: what was learned may not count against itself."""
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(5, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names, odd = vectors[:4], vectors[4:]
    for times in (1, 2, 3):
        for value in range(4):
            state = Similar(names)
            state.learn(np.repeat(odd, times, axis=0), np.full(times, value))

            assert state.predict(odd)[0].argmax() == value
