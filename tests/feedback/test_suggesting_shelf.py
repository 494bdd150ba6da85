"""What the desk keeps in memory of a task."""

import threading
from typing import Any

import pytest

from annotator.datasets.words import text_hash
from feedback.models import Suggestion, SuggestionVector
from feedback.services import suggestion_tasks
from feedback.splits import is_held_out
from feedback.suggesters.registry import Choice, Task
from feedback.suggesting import desk, shelf
from feedback.suggesting.shelf import Shelf, vector_of
from tests.feedback import judged
from tests.pace import allowed

pytestmark = pytest.mark.django_db
NAMES = ("card_arrival", "exchange_rate")


@pytest.fixture
def task(project):
    made = suggestion_tasks.make_task(project=project, key="intent", name="Intent")
    suggestion_tasks.set_up(
        made, instruction="", suggester="similar", values=[{"name": one} for one in NAMES]
    )
    return made


def texts(n: int) -> list[str]:
    """Of which none is held out."""
    found = (f"Silence number {one}" for one in range(9 * n + 9))
    return [text for text in found if not is_held_out(text_hash(text))][:n]


def said(task, text: str, value: str, person: str = "") -> Suggestion:
    row = judged.suggestion(task, text, "", reason="late", end_user=person)
    judged.signal(task.project, row.pk, "ignored", value=value)
    return row


def tell(row: Suggestion, kind: str, value: str | None) -> None:
    more: dict[str, Any] = {"value": value} if value else {}
    judged.signal(row.task.project, row.pk, kind, **more)


def test_examples_of_a_prompt_are_different_ones(task):
    often, once = texts(2)
    for _ in range(9):
        said(task, often, "card_arrival", "mallory")
    said(task, once, "exchange_rate", "ana")
    kept = Shelf(task.pk, NAMES)
    kept.refresh()

    rows = Suggestion.objects.in_bulk(kept.nearest(vector_of(often), 8))
    assert sorted(row.text for row in rows.values()) == sorted([often, once])


def test_who_answers_after_all_costs_no_new_beginning(task, monkeypatch):
    """That it was ignored had taught nothing."""
    row = judged.suggestion(task, texts(1)[0], "card_arrival")
    judged.signal(task.project, row.pk, "ignored")
    kept = Shelf(task.pk, NAMES)
    kept.refresh()
    begun = []
    monkeypatch.setattr(kept, "_begin", lambda: begun.append(1))
    tell(row, "edited", "exchange_rate")
    kept.refresh()

    assert begun == []
    assert kept.nearest(vector_of(row.text), 8) == [row.pk]


def without_new_beginnings(kept: Shelf, monkeypatch) -> Shelf:
    monkeypatch.setattr(kept, "_begin", lambda: pytest.fail("all was learned anew"))
    return kept


def as_if_new(task, text: str) -> dict[str, float]:
    """What somebody else's process would say now, which learns everything at once."""
    fresh = Shelf(task.pk, NAMES)
    fresh.refresh()
    return chances(fresh, text)


def chances(kept: Shelf, text: str) -> dict[str, float]:
    return {one.value: one.confidence for one in kept.ranked(vector_of(text), None, 6)}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("accepted", "card_arrival"), ("edited", "exchange_rate")),
        (("edited", "exchange_rate"), ("accepted", "card_arrival")),
        (("rejected", None), ("accepted", "card_arrival")),
        (("rejected", None), ("ignored", None)),
        (("accepted", "card_arrival"), ("rejected", None)),
    ],
)
def test_of_a_change_of_mind_nothing_is_left(task, monkeypatch, first, then):
    """And it costs no new beginning: with thousands of examples that takes a second and more."""
    changed, *others = texts(5)
    for n, text in enumerate(others):
        said(task, text, NAMES[n % 2])
    row = judged.suggestion(task, changed, "card_arrival")
    tell(row, *first)
    kept = Shelf(task.pk, NAMES)
    kept.refresh()
    before = chances(kept, changed)

    without_new_beginnings(kept, monkeypatch)
    tell(row, *then)
    kept.refresh()
    assert chances(kept, changed) == pytest.approx(as_if_new(task, changed), abs=2e-3)
    assert chances(kept, changed) != pytest.approx(before, abs=0.05)


def test_who_takes_back_what_they_said_twice_has_said_it_once(task, monkeypatch):
    text, other = texts(2)
    said(task, other, "exchange_rate", "olga")
    rows = [judged.suggestion(task, text, "card_arrival", end_user="amir") for _ in range(2)]
    for row in rows:
        tell(row, "accepted", "card_arrival")
    kept = Shelf(task.pk, NAMES)
    kept.refresh()
    without_new_beginnings(kept, monkeypatch)
    for row in rows:
        tell(row, "edited", "exchange_rate")
        kept.refresh()
        assert chances(kept, text) == pytest.approx(as_if_new(task, text), abs=2e-3)


def test_what_is_no_longer_remembered_one_by_one_is_forgotten_by_a_new_beginning(task, monkeypatch):
    whole = shelf.Similar
    monkeypatch.setattr(shelf, "Similar", lambda names: whole(names, room=2))
    changed, *others = texts(4)
    row = judged.suggestion(task, changed, "card_arrival")
    tell(row, "accepted", "card_arrival")
    for text in others:
        said(task, text, "exchange_rate")
    kept = Shelf(task.pk, NAMES)
    kept.refresh()
    tell(row, "edited", "exchange_rate")
    kept.refresh()

    assert chances(kept, changed) == pytest.approx(as_if_new(task, changed), abs=2e-3)


def test_no_more_is_kept_than_the_newest(task, monkeypatch):
    monkeypatch.setattr(shelf, "MOST", 3)
    kept = Shelf(task.pk, NAMES)
    rows = []
    for text in texts(5):
        rows.append(said(task, text, "card_arrival").pk)
        kept.refresh()

    assert set(kept.nearest(vector_of("x"), 8)) == set(rows[2:])


def test_free_text_has_examples_too(project):
    """Whatever was verified for the nearest texts; there is no list that it would have to be of."""
    titles = suggestion_tasks.make_task(project=project, key="title", name="Title", suggests="text")
    suggestion_tasks.set_up(titles, instruction="", suggester="llm")
    near, far = texts(2)
    said(titles, near, "Silence, the first")
    said(titles, far, "Silence, the second")
    kept = Shelf(titles.pk, None)
    kept.refresh()

    assert kept.ranked(vector_of(near), None, 6) == []
    rows = Suggestion.objects.in_bulk(found := kept.nearest(vector_of(near), 8))
    assert [rows[one].final_value for one in found] == ["Silence, the first", "Silence, the second"]


def test_a_vector_of_another_model_is_made_anew(task):
    """Another model's numbers mean something else, and may even be as many."""
    right, rest = (said(task, text, "card_arrival") for text in texts(2))
    first = Shelf(task.pk, NAMES)
    first.refresh()
    made = dict(SuggestionVector.objects.values_list("pk", "vector"))
    SuggestionVector.objects.filter(pk=right.pk).update(model="older", vector=bytes(4 * 384))
    SuggestionVector.objects.filter(pk=rest.pk).update(model="older", vector=b"")
    Shelf(task.pk, NAMES).refresh()

    assert {one.pk: bytes(one.vector) for one in SuggestionVector.objects.filter(model=shelf.MODEL)} == {
        name: bytes(vector) for name, vector in made.items()
    }


def known(task: int, taxonomy: int) -> desk.Known:
    choices = tuple(map(Choice, NAMES))
    return desk.Known("similar", Task(task, 1, "Intent", "", choices), taxonomy)


def test_a_newer_list_of_values_takes_the_older_one_s_place(task):
    desk.forget()
    for n in (1, 2):
        desk._shelf(known(task.pk, n))
    desk._shelf(known(task.pk + 1, 1_000))

    assert set(desk._shelves) == {(task.pk, 2), (task.pk + 1, 1_000)}
    desk.forget()


def test_a_task_does_not_wait_for_another_s_values(task, monkeypatch):
    desk.forget()
    begun, go_on = threading.Event(), threading.Event()
    whole = Shelf.__init__

    def slow(self, of, values):
        if of == 7:
            begun.set()
            go_on.wait()
        whole(self, of, values)

    monkeypatch.setattr(Shelf, "__init__", slow)
    large = threading.Thread(target=desk._shelf, args=(known(7, 1),), daemon=True)
    other = threading.Thread(target=desk._shelf, args=(known(8, 2),), daemon=True)
    large.start()
    begun.wait()
    other.start()
    other.join(allowed(20))
    made = set(desk._shelves)
    go_on.set()
    large.join()

    assert made == {(8, 2)}
    desk.forget()
