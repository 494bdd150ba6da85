"""POST /api/v1/suggestions and /feedback/tokens: a value within its time, or none."""

import json
import threading
import time

import pytest
from django.db import connection
from django.test import Client

from annotator.web.redis_client import client as redis_client
from feedback import tokens
from feedback.models import CachedSuggestion, Interaction, Suggestion, WidgetOrigin
from feedback.services import suggestion_tasks
from feedback.suggesters import rule
from feedback.suggesting import desk as making
from tests import make
from tests.feedback.desks import open_desk

URL = "/api/v1/suggestions"
RULES = 'contains "rose" -> Red\nword "sky" -> Blue'
COLOURS = [{"name": "Red"}, {"name": "Blue"}, {"name": "Grey"}]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def colour(project):
    task = suggestion_tasks.make_task(
        project=project, key="colour", name="Colour", hidden_share=0, budget_ms=5000
    )
    set_up(task)
    return task


def set_up(task, rules=RULES, **more):
    return suggestion_tasks.set_up(
        task,
        **{"instruction": "", "suggester": "rule", "settings": {"rules": rules}, "values": COLOURS, **more},
    )


@pytest.fixture
def key(project):
    return make.api_key(project, scopes=["suggest"])


@pytest.fixture(scope="module")
def worker(redis_server):
    """Started once: each test finds it with an empty memory."""
    redis_client.cache_clear()
    with open_desk():
        yield


@pytest.fixture
def desk(worker):
    making.forget()
    yield
    with connection.cursor() as cursor:
        # The desk may still keep an answer when the tables are emptied: whoever waits longest for
        # the other wins, and that shall be the emptying.
        cursor.execute("SET deadlock_timeout = '1min'")


def ask(key: str, body=None, **more):
    data = json.dumps({"task": "colour", "input": "A rose", **more}) if body is None else body
    return Client().post(URL, data, "application/json", headers=make.bearer(key) if key else {})


class TestASuggestion:
    def test_is_answered_stored_and_logged(self, key, colour, desk, project):
        answer = ask(
            key, input={"title": "A rose", "n": 2}, user="u-1", session="s-1", metadata={"page": "new"}
        )

        assert answer.status_code == 200
        told = answer.json()
        assert (told["value"], told["confidence"], told["reason"]) == ("Red", None, None)
        assert (told["task"], told["suggester"], told["version"]) == ("colour", "rule", "1.1")
        assert tokens.read(told["token"]).interaction == told["id"]
        row = Suggestion.objects.get(pk=told["id"])
        assert (row.text, row.value, row.hidden, row.end_user) == ("title: A rose\nn: 2", "Red", False, "u-1")
        logged = Interaction.objects.get(external_id=told["id"])
        assert (logged.feature, logged.output, logged.prompt_version) == ("colour", "Red", "1.1")
        assert (logged.input, logged.end_user, logged.session) == ({"title": "A rose", "n": 2}, "u-1", "s-1")
        assert logged.metadata["page"] == "new"

    def test_signals_with_its_token_are_about_it(self, key, colour, desk, project):
        WidgetOrigin.objects.create(project=project, origin="https://shop.example")
        told = ask(key).json()
        sent = Client().post(
            "/api/v1/signals",
            json.dumps({"event_id": "1", "kind": "accepted", "value": {"value": "Red", "ms": 900}}),
            "application/json",
            headers={**make.bearer(told["token"]), "origin": "https://shop.example"},
        )

        assert sent.status_code == 202
        row = Suggestion.objects.get(pk=told["id"])
        assert (row.verdict, row.final_value, row.answer_ms) == ("accepted", "Red", 900)

    def test_asked_again_with_its_id_is_told_again(self, key, colour, desk):
        name = "0f1c2d3e-4b5a-4978-8796-a5b4c3d2e1f0"
        first, again = ask(key, id=name).json(), ask(key, id=name).json()

        assert first["id"] == again["id"] == name
        assert (first["value"], again["value"]) == ("Red", "Red")
        assert Suggestion.objects.count() == Interaction.objects.count() == 1
        assert ask(key, id="mine").status_code == 422

    def test_nothing_fits(self, key, colour, desk):
        told = ask(key, input="A stone").json()

        assert (told["value"], told["alternatives"], told["reason"]) == (None, [], "unknown")
        assert Interaction.objects.get().error == ""  # nothing went wrong

    def test_only_of_the_candidates(self, key, colour, desk):
        assert ask(key, candidates=["Blue", "Grey"]).json()["value"] is None
        assert ask(key, candidates=["Red", "Green"]).json()["value"] == "Red"
        assert ask(key, candidates=["Green"]).json()["reason"] == "unknown"

    def test_the_hidden_share_sees_none_and_is_kept(self, key, colour, desk):
        colour.hidden_share = 1
        colour.save()
        told = ask(key).json()

        assert (told["value"], told["confidence"], told["alternatives"], told["reason"]) == (
            None,
            None,
            [],
            "hidden",
        )
        row = Suggestion.objects.get()
        assert (row.hidden, row.value) == (True, "Red")
        assert told["token"]

    def test_as_long_as_a_body_may_be_in_any_script(self, key, colour, desk):
        text = "가" * 340_000  # three bytes each, and six where JSON escapes them

        assert ask(key, json.dumps({"task": "colour", "input": text}, ensure_ascii=False)).status_code == 200
        assert Interaction.objects.get().input == text

    def test_messages_are_read_by_what_the_person_said_last(self, key, colour, desk):
        messages = [
            {"role": "user", "content": "a rose"},
            {"role": "assistant", "content": "?"},
            {"role": "user", "content": "the sky"},
        ]

        assert ask(key, input=messages).json()["value"] == "Blue"


class TestTime:
    def test_a_late_answer_is_kept_for_the_next(self, key, colour, desk, monkeypatch):
        slow = threading.Event()
        quick = rule.SUGGESTER.suggest
        monkeypatch.setattr(rule.RuleSuggester, "suggest", lambda self, case: slow.wait(20) and quick(case))
        colour.budget_ms = 100
        colour.save()
        assert ask(key).json()["reason"] == "late"
        slow.set()
        kept()

        assert ask(key).json()["value"] == "Red"


def kept() -> None:
    """Wait until an answer is stored."""
    for _ in range(200):
        if CachedSuggestion.objects.exists():
            return
        time.sleep(0.05)
    raise AssertionError("no answer was stored")


class TestTheCache:
    def test_the_same_is_not_asked_twice_until_the_version_changes(self, key, colour, desk, monkeypatch):
        asked = []
        suggest = rule.RuleSuggester.suggest
        monkeypatch.setattr(
            rule.RuleSuggester, "suggest", lambda self, case: asked.append(case.input) or suggest(self, case)
        )
        assert ask(key).json()["value"] == "Red"
        kept()  # it is stored while the answer is on its way
        for _ in range(2):
            assert ask(key).json()["value"] == "Red"
        assert asked == ["A rose"]
        set_up(colour, 'contains "rose" -> Grey')
        assert (ask(key).json()["value"], ask(key).json()["version"]) == ("Grey", "2.1")
        set_up(colour, 'contains "rose" -> Grey', values=[*COLOURS, {"name": "Pink"}])
        assert ask(key).json()["version"] == "3.2"
        assert asked == ["A rose"] * 3

    def test_candidates_are_another_question(self, key, colour, desk):
        assert ask(key).json()["value"] == "Red"
        assert ask(key, candidates=["Blue"]).json()["value"] is None


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ("{", 400),
            ("[]", 422),
            ('{"task": "colour"}', 422),
            ('{"task": "colour", "input": ""}', 422),
            ('{"task": "colour", "input": 3}', 422),
            ('{"task": "colour", "input": "a", "candidates": []}', 422),
            ('{"task": "colour", "input": "a", "candidates": [1]}', 422),
            ('{"task": "colour", "input": "a", "metadata": {"suggestion": 1}}', 422),
            ('{"task": "colour", "input": "a", "user": "%s"}' % ("x" * 257), 422),
            ('{"task": "nosuch", "input": "a"}', 404),
            ('{"task": "colour", "input": "%s"}' % ("x" * 1_100_000), 413),
        ],
    )  # fmt: skip
    def test_in_words(self, key, colour, body, status):
        answer = ask(key, body)

        assert answer.status_code == status
        assert answer.json()["message"]
        assert not Suggestion.objects.exists()

    def test_of_more_candidates_than_fit_into_one_question(self, key, colour, project):
        many = [f"v{n}" for n in range(151)]
        suggestion_tasks.set_up(
            suggestion_tasks.make_task(project=project, key="title", name="Title", suggests="text"),
            instruction="",
            suggester="llm",
        )

        answer = ask(key, task="title", candidates=many)
        assert (answer.status_code, "1 to 150" in answer.json()["message"]) == (422, True)

    def test_an_unknown_task_names_the_known(self, key, colour):
        assert "colour" in ask(key, task="color").json()["message"]

    def test_a_task_that_is_not_set_up(self, key, project):
        suggestion_tasks.make_task(project=project, key="colour", name="Colour")

        assert ask(key).status_code == 409

    def test_a_closed_task_answers_at_once(self, key, colour, as_, owner):
        as_(owner).post("/p/shop/suggestions/task/colour/close/", {"do": "close"})

        assert ask(key).json()["reason"] == "closed"

    def test_wrong_people(self, colour, project, stranger, key):
        assert ask("").status_code == 401
        assert ask(make.api_key(project, scopes=["ingest"])).status_code == 403
        assert ask(make.api_key(stranger.projects.get(), scopes=["suggest"])).status_code == 404
        assert Client().get(URL, headers=make.bearer(key)).status_code == 405


class TestTokens:
    def token(self, key, body):
        return Client().post(
            "/api/v1/feedback/tokens", json.dumps(body), "application/json", headers=make.bearer(key)
        )

    def test_for_what_the_host_logs_itself(self, key, project):
        told = self.token(key, {"interaction": "call-1"}).json()
        bound = tokens.read(told["token"])

        assert (bound.project, bound.interaction) == (project.pk, "call-1")
        assert told["expires_at"] == bound.expires_at.isoformat()

    @pytest.mark.parametrize(
        "body", [{}, {"interaction": ""}, {"interaction": "x" * 257}, {"interaction": 3}]
    )
    def test_without_a_name_there_is_none(self, key, body):
        assert self.token(key, body).status_code == 422

    def test_not_by_another_key(self, project):
        assert self.token(make.api_key(project, scopes=["ingest"]), {"interaction": "a"}).status_code == 403


def test_few_queries(key, colour, desk, django_assert_max_num_queries):
    ask(key)
    with django_assert_max_num_queries(14):
        ask(key)
    assert connection.vendor == "postgresql"
