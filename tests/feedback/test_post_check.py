"""POST /api/v1/check and /check/batch, GET /api/v1/assertions: before an output is shown, and in a build."""

import json

import pytest
from django.db import connection
from django.test import Client

from annotator.web.redis_client import client as redis_client
from feedback.services import assertions, guardrail
from tests import make, provider
from tests.feedback.asserted import assertion
from tests.feedback.desks import open_desk

ONE, BATCH, LIST = "/api/v1/check", "/api/v1/check/batch", "/api/v1/assertions"
pytestmark = pytest.mark.django_db


@pytest.fixture
def key(project):
    return make.api_key(project, scopes=["check"])


def post(url, key, **body):
    return Client().post(url, json.dumps(body), "application/json", headers=make.bearer(key))


class TestOneOutput:
    def test_passes_or_fails_with_reasons(self, project, key):
        assertion(project)
        assertion(project, "short", "length", {"high": 3})

        good = post(ONE, key, feature="shop", output="A lily").json()
        bad = post(ONE, key, feature="shop", output="A rose is a rose").json()

        assert good["pass"] is True
        assert [one["passed"] for one in good["results"]] == [True, True]
        assert bad["pass"] is False
        assert bad["results"][0] == {
            "assertion": "no-rose",
            "version": 1,
            "passed": False,
            "outcome": "failed",
            "reason": "“rose” is in it.",
            "spans": [[2, 6]],
        }
        assert bad["results"][1]["reason"] == "It has 5 words; at most 3 are allowed."

    def test_what_cannot_tell_fails_nothing(self, project, key):
        assertion(project, "english", "language", {"languages": ["en"]})
        assertion(project, "cites", "citation", {"marks": True})
        told = post(ONE, key, output="OK").json()

        assert told["pass"] is True
        assert [(one["assertion"], one["passed"], one["outcome"]) for one in told["results"]] == [
            ("cites", None, "none"),
            ("english", None, "uncertain"),
        ]

    def test_by_feature_those_that_are_on_and_run_on_it(self, project, key):
        assertion(project, "everywhere")
        assertion(project, "refunds-only", features=["refunds"])
        assertion(project, "off", enabled=False)
        assertions.retire(assertion(project, "gone").assertion)

        def ran(**body):
            return [one["assertion"] for one in post(ONE, key, output="x", **body).json()["results"]]

        assert ran(feature="refunds") == ["everywhere", "refunds-only"]
        assert ran(feature="search") == ran() == ["everywhere"]
        assert ran(assertions=["off", "refunds-only"], feature="search") == ["off", "refunds-only"]

    def test_the_newest_version_is_in_force(self, project, key):
        first = assertion(project)
        assertions.change(
            first.assertion, settings={"phrases": ["lily"], "case": False, "whole": False}, by=None
        )
        told = post(ONE, key, output="A rose").json()

        assert (told["pass"], told["results"][0]["version"]) == (True, 2)

    def test_an_unknown_or_retired_key_is_named(self, project, key):
        assertion(project)
        assertions.retire(assertion(project, "gone").assertion)
        answer = post(ONE, key, output="x", assertions=["no-rose", "nope", "gone"])

        assert answer.status_code == 422
        assert answer.json()["unknown"] == ["nope", "gone"]
        assert "There are: no-rose" in answer.json()["message"]

    def test_another_projects_are_unknown(self, project, key, stranger):
        assertion(stranger.projects.get(), "theirs")

        assert post(ONE, key, output="x", assertions=["theirs"]).status_code == 422
        assert post(ONE, key, output="x").json() == {"pass": True, "results": []}

    def test_costs_the_same_whatever_there_is(self, project, key, django_assert_max_num_queries):
        for n in range(7):
            assertion(project, f"a-{n}")
        with django_assert_max_num_queries(3):  # the key, that it is used, and the assertions
            assert len(post(ONE, key, output="x").json()["results"]) == 7

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ("{", 400),
            ("[]", 422),
            ('{"output": "x", "assertions": []}', 422),
            ('{"output": "x", "assertions": "no-rose"}', 422),
            ('{"output": "x", "metadata": 3}', 422),
            ('{"output": "x", "feature": "%s"}' % ("x" * 257), 422),
            ('{"output": "%s"}' % ("x" * 1_100_000), 413),
            ('{"output": %s}' % ("[" * 200 + "]" * 200), 400),
        ],
    )  # fmt: skip
    def test_refusals(self, project, key, body, status):
        answer = Client().post(ONE, body, "application/json", headers=make.bearer(key))

        assert answer.status_code == status
        assert answer.json()["message"]

    def test_only_with_the_scope(self, project):
        for scope in ("ingest", "suggest", "export"):
            assert post(ONE, make.api_key(project, scopes=[scope]), output="x").status_code == 403
        assert Client().post(ONE, "{}", "application/json").status_code == 401


class TestABatch:
    def test_answers_in_order_with_what_ran(self, project, key):
        assertion(project)
        told = post(
            BATCH,
            key,
            assertions=["no-rose"],
            outputs=[{"id": "a", "output": "lily"}, {"id": "b", "output": "rose"}, {"output": None}],
        ).json()

        assert told["assertions"] == [{"key": "no-rose", "version": 1, "name": "No rose", "kind": "lacks"}]
        assert [(one["id"], one["pass"]) for one in told["results"]] == [
            ("a", True),
            ("b", False),
            (None, True),
        ]
        assert told["results"][2]["results"][0]["reason"] == "There is no output."

    def test_of_too_many_nothing_is_checked(self, project, key):
        answer = post(BATCH, key, outputs=[{"output": "x"}] * 101)

        assert (answer.status_code, answer.json()["limit"]) == (413, 100)

    def test_of_those_that_take_too_long_fewer_may_be_sent(self, project, key, monkeypatch):
        """A client halves what is answered with 413; one alone is always checked."""
        assertion(project)
        monkeypatch.setattr(guardrail, "MOST_COMPUTED", -1.0)

        many = post(BATCH, key, outputs=[{"output": "x"}] * 2)
        one = post(BATCH, key, outputs=[{"output": "x"}])

        assert (many.status_code, one.status_code) == (413, 200)
        assert "Send fewer" in many.json()["message"]

    def test_what_is_expected_comes_with_each(self, project, key):
        assertion(project, "right", "equals", {})
        told = post(
            BATCH,
            key,
            outputs=[
                {"output": "4", "expected": "4"},
                {"output": "5", "metadata": {"expected": "4"}},
                {"output": "6"},
            ],
        ).json()

        assert [one["results"][0]["passed"] for one in told["results"]] == [True, False, None]


class TestTheList:
    def test_tells_what_a_build_needs(self, project, key):
        assertion(project)
        assertion(project, "refunds-only", features=["refunds"], enabled=False)
        assertions.retire(assertion(project, "gone").assertion)
        told = Client().get(LIST, headers=make.bearer(key)).json()["assertions"]

        assert [(one["key"], one["features"], one["enabled"]) for one in told] == [
            ("no-rose", [], True),
            ("refunds-only", ["refunds"], False),
        ]
        assert told[0]["settings"]["phrases"] == ["rose"]
        of_search = Client().get(f"{LIST}?feature=search", headers=make.bearer(key)).json()["assertions"]
        assert [one["key"] for one in of_search] == ["no-rose"]


@pytest.mark.django_db(transaction=True)
class TestAJudge:
    @pytest.fixture
    def desk(self, redis_server):
        redis_client.cache_clear()
        with open_desk():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET deadlock_timeout = '1min'")

    def test_is_asked_in_the_worker_and_only_when_wanted(self, project, key, provider, desk):
        assertion(project, "polite", "judge", {"question": "Is it polite?"})
        provider.says(answered("no", "It shouts."))

        assert post(ONE, key, output="WHAT").json()["results"] == []
        named = post(ONE, key, output="WHAT", assertions=["polite"]).json()["results"][0]
        assert (named["passed"], "judge" in named["reason"]) == (None, True)
        assert provider.sent == []
        told = post(ONE, key, output="WHAT <output-1>", judge=True).json()

        assert (told["pass"], told["results"][0]["reason"]) == (False, "The judge says no: It shouts.")
        assert "Is it polite?" in provider.last.prompt
        assert "&lt;output-1>" in provider.last.prompt


def answered(answer: str, why: str):
    return provider.text(json.dumps({"why": why, "answer": answer}))
