"""Repeats become one row with a weight, and the report says what they were."""

import time

import numpy as np

from drift import repeats
from drift.repeats import NOBODY, Repeat


def unit(*rows):
    found = np.array(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def squeezed(texts, vectors, users, sessions=None):
    sessions = sessions or [""] * len(texts)
    keys = repeats.codes(texts)
    return repeats.squeeze(keys, vectors, repeats.codes(users), repeats.codes(sessions))


def test_a_retry_loop_a_bot_and_a_greeting_are_told_apart():
    texts = ["retry"] * 3 + ["hi"] * 4 + ["lone"] + ["who?"] * 2
    users = ["ann"] * 3 + ["bob", "cy", "di", ""] + ["ann"] + ["", ""]
    vectors = unit(*([[1, 0, 0]] * 3 + [[0, 1, 0]] * 4 + [[0, 0, 1]] + [[1, 1, 0]] * 2))
    found = squeezed(texts, vectors, users)
    assert found.weights.tolist() == [3, 0, 0, 4, 0, 0, 0, 1, 2, 0]
    assert found.repeats == (
        Repeat("retries", 0, 3, 1),
        Repeat("many_users", 3, 4, 3),
        Repeat("unknown", 8, 2, 0),
    )
    assert found.report()["inputs"] == {"retries": 3, "many_users": 4, "unknown": 2}
    assert found.report()["rows"] == 4


def test_nearly_the_same_is_squeezed_of_one_user_or_session_only():
    """cos(0.1) = .995, cos(0.3) = .955."""
    angles = [0.0, 0.1, 0.3, 0.0, 0.1]
    vectors = unit(*[[np.cos(one), np.sin(one)] for one in angles])
    texts = ["order 1", "order 2", "order 3", "order 4", "order 5"]
    by_user = squeezed(texts, vectors, ["ann", "ann", "ann", "bob", "cy"])
    assert by_user.weights.tolist() == [2, 0, 1, 1, 1]
    assert by_user.repeats == (Repeat("nearly", 0, 2, 1),)
    by_session = squeezed(texts, vectors, [""] * 5, ["s", "s", "t", "u", "v"])
    assert by_session.weights.tolist() == [2, 0, 1, 1, 1]
    assert squeezed(texts, vectors, [""] * 5).weights.tolist() == [1] * 5


def test_a_retry_in_a_session_without_a_user_is_one():
    found = squeezed(["a", "a"], unit([1, 0], [1, 0]), ["", ""], ["s", "s"])
    assert found.repeats == (Repeat("retries", 0, 2, 0),)


def test_a_text_of_many_users_is_not_joined_to_one_users_likeness():
    texts, users = ["hi", "hi", "hi!"], ["ann", "bob", "ann"]
    found = squeezed(texts, unit([1, 0], [1, 0], [1, 0.01]), users)
    assert found.weights.tolist() == [2, 0, 1]


def test_a_chain_of_likeness_is_not_followed():
    """Each is like the next, the first not like the last: groups are around what leads them."""
    vectors = unit(*[[np.cos(0.15 * n), np.sin(0.15 * n)] for n in range(4)])
    found = squeezed(list("abcd"), vectors, ["ann"] * 4)
    assert found.weights.tolist() == [2, 0, 2, 0]


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(40, 16))
    vectors = unit(*(centres[rng.integers(0, 40, 700)] + 0.03 * rng.normal(size=(700, 16))))
    texts = [str(n) for n in range(700)]
    once = squeezed(texts, vectors, ["bot"] * 700)
    monkeypatch.setattr(repeats, "BLOCK", 7)
    assert squeezed(texts, vectors, ["bot"] * 700).weights.tolist() == once.weights.tolist()
    assert once.weights.sum() == 700
    assert len(once.rows) == 40


def test_past_the_bound_rows_stay_themselves(monkeypatch):
    monkeypatch.setattr(repeats, "LEADERS", 1)
    monkeypatch.setattr(repeats, "BLOCK", 2)
    vectors = unit([1, 0], [0, 1], [1, 0], [0, 1])
    assert squeezed(list("abcd"), vectors, ["ann"] * 4).weights.tolist() == [2, 1, 0, 1]


def test_a_million_identical_ones_cost_little():
    n = 1_000_000
    keys = np.zeros(n, dtype=np.int64)
    vectors = np.broadcast_to(unit([1, 0]), (n, 2))
    began = time.process_time()
    found = repeats.squeeze(keys, vectors, np.arange(n), np.full(n, NOBODY))
    assert time.process_time() - began < 5  # seconds; 1.2 on a busy machine
    assert found.weights[0] == n
    assert found.repeats == (Repeat("many_users", 0, n, n),)


def test_nothing_is_nothing():
    none = np.zeros(0, dtype=np.int64)
    found = repeats.squeeze(none, np.zeros((0, 3), dtype=np.float32), none, none)
    assert found.report() == {"rows": 0, "groups": {}, "inputs": {}, "largest": []}
