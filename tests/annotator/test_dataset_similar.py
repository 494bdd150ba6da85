"""Texts that are nearly the same are found, and others are not taken for it."""

import gzip
import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest

from annotator.datasets.similar import SKETCH, THRESHOLD, Texts, likeness, shingles
from annotator.datasets.words import text_hash, text_of, words_of

DATA = Path(__file__).parents[2] / "bench" / "data"
WORDS = [f"word{n}" for n in range(3000)]


def alike(*texts: str) -> dict[tuple[int, int], float]:
    crowd = Texts()
    for text in texts:
        crowd.add(text)
    return {(one, other): found for one, other, found in crowd.alike()}


def test_by_hand():
    """^a ab bc cd d$ and ^a ab bx xd d$: 3 of 7 pairs of words are in both."""
    assert likeness(shingles("a b c d"), shingles("a b x d")) == pytest.approx(3 / 7)
    assert likeness(shingles("a b c d"), shingles("A  b, c\nD!")) == 1.0


@pytest.mark.parametrize(("one", "other"), [(20, 30), (127, 100), (128, 128), (900, 800), (40, 900)])
def test_likeness_is_of_the_smallest_hashes_of_both(one, other):
    chance = random.Random(one)
    common = {chance.randrange(2**32) for _ in range(min(one, other) // 2)}
    sets = [common | {chance.randrange(2**32) for _ in range(size - len(common))} for size in (one, other)]
    sketches = [np.array(sorted(some)[:SKETCH], dtype=np.uint32) for some in sets]

    smallest = sorted(sets[0] | sets[1])[: SKETCH if max(one, other) >= SKETCH else None]

    expected = sum(number in sets[0] & sets[1] for number in smallest) / len(smallest)
    assert likeness(*sketches) == pytest.approx(expected)


def test_case_punctuation_and_one_word_of_many_make_no_other_text():
    text = "How do I get my money back when the parcel never came, and who pays for the way back?"
    found = alike(text, text.upper(), text.replace("parcel", "package"), "Where is the nearest shop?")

    assert found.keys() >= {(0, 1), (0, 2)}
    assert not any(3 in pair for pair in found)


def test_short_texts_of_different_words_are_different():
    assert alike("refund please", "refund now", "yes", "no", "") == {}


def test_scripts_without_spaces_are_told_apart_by_their_signs():
    assert words_of("東京都の天気は") == list("東京都の天気は")
    first = "注文した商品がまだ届きません。返金をお願いします。"
    assert alike(first, first.replace("まだ", "今"), "営業時間を教えてください。").keys() == {(0, 1)}


def test_only_texts_of_the_same_scope_are_compared():
    crowd = Texts()
    for _ in range(4):
        crowd.add("The refund is on its way to you.")

    found = list(crowd.alike(np.array([7, 8, 7, 8], dtype=np.int64)))

    assert {(one, other) for one, other, _ in found} == {(0, 2), (1, 3)}


def test_nothing_is_missed_that_comparing_each_with_each_would_find():
    """Of 300 texts in which words were replaced, and as many others: every pair above 0.8, and none below
    the threshold."""
    chance = random.Random(7)
    texts = []
    for _ in range(150):
        words = chance.choices(WORDS, k=chance.randint(8, 200))
        for swaps in (0, 1, 2, 4):
            changed = list(words)
            for at in chance.sample(range(len(words)), swaps):
                changed[at] = chance.choice(WORDS)
            texts.append(" ".join(changed))
    sketches = [shingles(text) for text in texts]
    exact = {}
    for one, other in itertools.combinations(range(len(texts)), 2):
        if one // 4 == other // 4:
            exact[one, other] = likeness(sketches[one], sketches[other])
    crowd = Texts()
    for text in texts:
        crowd.add(text)
    found = list(crowd.alike())
    roots = list(range(len(texts)))
    for one, other, how in found:
        assert one // 4 == other // 4
        assert how >= THRESHOLD
        roots = [
            min(roots[one], roots[other]) if root in (roots[one], roots[other]) else root for root in roots
        ]
    missed = [pair for pair, how in exact.items() if how >= 0.8 and roots[pair[0]] != roots[pair[1]]]
    assert missed == []


def test_real_questions_of_a_bank_that_are_the_same_but_for_a_word_or_two():
    with gzip.open(DATA / "intents_banking77.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in itertools.islice(file, 2000)]

    found = alike(*texts)

    assert 5 <= len(found) <= 60
    for one, other in found:
        a, b = set(words_of(texts[one])), set(words_of(texts[other]))
        assert len(a & b) / len(a | b) > 0.6, (texts[one], texts[other])


def test_what_a_payload_says():
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert text_of(messages) == "user\nHi\nassistant\nHello"
    assert text_of({"a": 1, "b": None, "c": [True, "x"]}) == "1\nTrue\nx"
    assert text_hash(" HI  there") == text_hash("hi there") != text_hash("hi there!")
