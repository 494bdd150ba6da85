"""Suggestions without any key: from the names of the values, and from the next verdict on better ones."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotator.datasets.words import text_hash
from annotator.web.redis_client import client as redis_client
from feedback.models import CachedSuggestion, Suggestion, SuggestionVector, WidgetOrigin
from feedback.services import suggestion_tasks
from feedback.splits import is_held_out
from feedback.suggesting import desk
from feedback.suggesting.shelf import MODEL, Shelf
from tests import make
from tests.feedback import judged
from tests.feedback.desks import open_desk

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = [{"name": one} for one in ("card_arrival", "lost_or_stolen_card", "exchange_rate", "top_up_failed")]


@pytest.fixture
def task(project):
    made = suggestion_tasks.make_task(
        project=project, key="intent", name="Intent", hidden_share=0, budget_ms=60_000
    )
    suggestion_tasks.set_up(made, instruction="", suggester="similar", values=VALUES)
    return made


@pytest.fixture
def ask(project, task, broker):
    WidgetOrigin.objects.create(project=project, origin="https://bank.example")
    key = make.api_key(project, scopes=["suggest"])
    redis_client.cache_clear()
    with open_desk():
        yield (
            lambda text, **more: (
                Client()
                .post(
                    "/api/v1/suggestions",
                    json.dumps({"task": "intent", "input": text, **more}),
                    "application/json",
                    headers=make.bearer(key),
                )
                .json()
            )
        )


def answered(told, kind, value):
    """What the page sends with the suggestion's token."""
    sent = {"event_id": f"{kind}-{told['id']}", "kind": kind, "value": {"value": value}}
    answer = Client().post(
        "/api/v1/signals",
        json.dumps(sent),
        "application/json",
        headers={**make.bearer(told["token"]), "origin": "https://bank.example"},
    )
    assert answer.status_code == 202


def test_from_names_alone_and_from_the_next_verdict_on(ask, project, task):
    told = ask("I was robbed, somebody took my bank card")
    assert told["value"] == "lost_or_stolen_card"
    assert 0 < told["confidence"] <= 1
    assert len(told["alternatives"]) == 3
    assert told["confidence"] + sum(one["confidence"] for one in told["alternatives"]) == pytest.approx(1)
    assert Suggestion.objects.get(pk=told["id"]).vector.model == MODEL

    # Something of which no name speaks: the first verdict counts for the very next question.
    odd = next(
        text for n in range(9) if not is_held_out(text_hash(text := f"My plastic friend is blue, {n}"))
    )
    first = ask(odd)
    answered(first, "edited", "exchange_rate")
    again = ask(odd)
    assert again["value"] == "exchange_rate"
    assert again["confidence"] > 0.4
    near = ask(odd.replace("friend", "friend,"))
    assert near["value"] == "exchange_rate"

    # Only among the candidates; with a change of mind the other value counts.
    assert ask(odd, candidates=["card_arrival", "top_up_failed"])["value"] in {
        "card_arrival",
        "top_up_failed",
    }
    for _ in range(2):
        answered(again, "edited", "top_up_failed")
    judged.signal(
        project, first["id"], "edited", timezone.now() + timedelta(seconds=1), value="top_up_failed"
    )
    assert ask(odd)["value"] == "top_up_failed"

    # The same question, with nothing learned since, is answered from the cache.
    kept = CachedSuggestion.objects.count()
    assert ask(odd)["value"] == "top_up_failed"
    assert CachedSuggestion.objects.count() == kept


def test_what_is_held_out_teaches_nothing_and_what_has_no_vector_gets_one(ask, project, task):
    held = next(text for n in range(99) if is_held_out(text_hash(text := f"Purple noise number {n}")))
    for _ in range(2):
        answered(ask(held), "edited", "exchange_rate")
    assert ask(held)["value"] != "exchange_rate" or ask(held)["confidence"] < 0.4

    # Given while the desk was away.
    free = next(text for n in range(99) if not is_held_out(text_hash(text := f"Green silence number {n}")))
    row = judged.suggestion(task, free, "", reason="late")
    judged.signal(project, row.pk, "ignored", value="top_up_failed")
    assert ask(free)["value"] == "top_up_failed"
    assert SuggestionVector.objects.filter(suggestion=row, model=MODEL).exists()


def test_one_person_saying_it_over_and_over_does_not_outvote_two(ask, project, task):
    text = next(text for n in range(99) if not is_held_out(text_hash(text := f"Yellow silence number {n}")))
    for person, value, times in (
        ("mallory", "exchange_rate", 9),
        ("ana", "top_up_failed", 1),
        ("ben", "top_up_failed", 1),
    ):
        for _ in range(times):
            row = judged.suggestion(task, text, "", reason="late", end_user=person)
            judged.signal(project, row.pk, "ignored", value=value)
    assert ask(text)["value"] == "top_up_failed"


def test_what_another_thread_learns_meanwhile_is_not_passed_off_as_known(ask, task, monkeypatch):
    """An answer that was made before a verdict must not be found in the cache after it."""
    text = next(text for n in range(99) if not is_held_out(text_hash(text := f"Grey silence number {n}")))
    first = ask(text, candidates=["card_arrival"])
    shelf = next(iter(desk._shelves.values()))
    whole = Shelf.ranked

    def interrupted(self, *sent):
        ranked = whole(self, *sent)
        monkeypatch.undo()
        answered(first, "edited", "top_up_failed")
        shelf.refresh()  # as another thread does
        return ranked

    monkeypatch.setattr(Shelf, "ranked", interrupted)
    ask(text)
    assert ask(text)["value"] == "top_up_failed"
