"""The counts behind agreement, against the same told in plain Python, for all sorts of histories."""

from collections import Counter, defaultdict
from itertools import combinations, count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.models import Item, Label, Queue, Rater
from annotator.queries import agreement as counts
from annotator.stats.shares import mean_share
from tests import make

ANSWERS = {"binary": ("yes", "no"), "pairwise": ("left", "tie", "right", "both_bad")}
KINDS = ("human", "human", "human", "llm")
numbers = count()


def histories(kind: str):
    """(item, question, rater) -> what was said there, one after the other."""
    said = st.lists(st.sampled_from((*ANSWERS[kind], "skip", "undo")), min_size=1, max_size=3)
    cells = st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 3))
    return st.dictionaries(cells, said, max_size=40)


def build(kind: str, given: dict, special: dict[int, str]) -> Queue:
    """`special`: which items are gold, and which mirror item 0."""
    project = make.project(slug=f"p{next(numbers)}")
    queue = make.queue(project, items=0, questions=("one", "two"), overlap=2)
    Queue.objects.filter(pk=queue.pk).update(kind=kind)
    queue.refresh_from_db()
    questions = list(project.questions.order_by("pk"))
    items = [Item.objects.create(queue=queue, position=n, external_id=str(n)) for n in range(6)]
    for n, what in special.items():
        Item.objects.filter(pk=items[n].pk).update(
            **({"gold": {"one": "yes"}} if what == "gold" else {"copy_of": items[0]})
        )
    raters = [Rater.objects.create(project=project, kind=k, name=f"r{n}") for n, k in enumerate(KINDS)]
    for (item, question, rater), said in given.items():
        before = None
        for answer in said:
            before = Label.objects.create(
                queue=queue,
                item=items[item],
                question=questions[question],
                question_version=questions[question].versions.get(),
                rater=raters[rater],
                answer=answer,
                idempotency_key=str(next(numbers)),
                supersedes=before,
                surplus=rater == 2,
            )
    return queue


def standing(kind: str, given: dict, special: dict[int, str], raters: set[int]):
    """(question, item) -> {rater: answer}"""
    found: dict = defaultdict(dict)
    for (item, question, rater), said in given.items():
        if said[-1] in ANSWERS[kind] and item not in special and rater in raters:
            found[question, item][rater] = said[-1]
    return found


specials = st.dictionaries(st.integers(1, 5), st.sampled_from(["gold", "mirror"]), max_size=2)
slow = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slow
@pytest.mark.parametrize("kind", ["binary", "pairwise"])
@given(data=st.data())
def test_counts_are_those_of_brute_force(db, monkeypatch, kind, data):
    monkeypatch.setattr(counts, "LEAST_SHARED", 2)
    said, special = data.draw(histories(kind)), data.draw(specials)
    queue = build(kind, said, special)
    question_ids = list(queue.project.questions.order_by("pk").values_list("pk", flat=True))
    rater_ids = list(queue.project.raters.order_by("pk").values_list("pk", flat=True))
    answers = ANSWERS[kind]

    for kinds, raters in (("human",), {0, 1, 2}), (("human", "llm"), {0, 1, 2, 3}), (("llm",), {3}):
        expected = standing(kind, said, special, raters)
        patterns = defaultdict(Counter)
        for (question, _), by_rater in expected.items():
            given = Counter(by_rater.values())
            patterns[question_ids[question]][tuple(given[answer] for answer in answers)] += 1
        assert counts.patterns_of(queue, kinds) == patterns

        for n, question_id in enumerate(question_ids):
            cells = [by_rater for (question, _), by_rater in expected.items() if question == n]
            pairs, all_pairs = counts.pairs_of(queue, question_id, kinds)
            assert _tables(pairs, rater_ids, answers) == _brute_pairs(cells)
            assert all_pairs == len(pairs)
            told = counts.with_others(queue, question_id, kinds)
            assert told == {rater_ids[rater]: shares for rater, shares in _brute_others(cells).items()}


def _tables(pairs, rater_ids, answers) -> dict:
    return {
        (rater_ids.index(pair.one), rater_ids.index(pair.other)): Counter(
            {(answers[i], answers[j]): n for i, row in enumerate(pair.table) for j, n in enumerate(row) if n}
        )
        for pair in pairs
    }


def _brute_pairs(cells: list[dict]) -> dict:
    found: dict = defaultdict(Counter)
    for by_rater in cells:
        for one, other in combinations(sorted(by_rater), 2):
            found[one, other][by_rater[one], by_rater[other]] += 1
    return {pair: table for pair, table in found.items() if table.total() >= 2}


def _brute_others(cells: list[dict]) -> dict:
    found: dict = defaultdict(Counter)
    for by_rater in cells:
        for rater, answer in by_rater.items():
            others = [said for other, said in by_rater.items() if other != rater]
            if others:
                found[rater][others.count(answer), len(others)] += 1
    return found


def test_the_most_shared_pairs_come_first_and_the_rest_is_counted(db, monkeypatch):
    monkeypatch.setattr(counts, "LEAST_SHARED", 1)
    monkeypatch.setattr(counts, "MOST_PAIRS", 2)
    said = {(item, 0, rater): ["yes"] for rater, items in enumerate([6, 5, 1]) for item in range(items)}
    queue = build("binary", said, {})
    question = queue.project.questions.order_by("pk").first()

    pairs, all_pairs = counts.pairs_of(queue, question.pk, ["human"])

    assert [pair.shared for pair in pairs] == [5, 1]
    assert all_pairs == 3


def test_kinds_are_counted_apart(db):
    queue = build("binary", {(0, 0, 0): ["yes"], (1, 0, 3): ["no"], (1, 0, 0): ["skip"]}, {})

    assert counts.answers_by_kind(queue) == {"human": 1, "llm": 1}


def test_a_mean_share_of_single_answers_is_wilsons_own():
    told = mean_share({(1, 1): 81, (0, 1): 182})

    assert (round(told.low, 4), round(told.high, 4), told.n) == (0.2553, 0.3662, 263)


def test_items_weigh_the_same_in_a_mean_share_and_none_gives_none():
    assert mean_share({(1, 1): 1, (0, 2): 1}).value == 0.5
    assert mean_share({}).value is None
    sure = mean_share({(2, 2): 20})
    assert sure.value == sure.high == 1
    assert round(sure.low, 4) == 0.8389


@given(
    st.dictionaries(st.sampled_from([(h, o) for o in range(1, 4) for h in range(o + 1)]), st.integers(1, 50))
)
def test_a_mean_share_stays_in_its_interval_and_that_in_0_to_1(shares):
    told = mean_share(shares)
    if shares:
        assert 0 <= told.low <= told.value + 1e-12
        assert told.value - 1e-12 <= told.high <= 1
