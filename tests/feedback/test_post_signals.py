"""POST /api/v1/signals: from programs with a key, and from end users' browsers with a token."""

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from annotator.web.redis_client import client as redis_client
from feedback import tokens
from feedback.models import Signal, SignalMeaning, Suggestion, SuggestionTask, TaskVersion, WidgetOrigin
from feedback.verdicts import UNANSWERED
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/signals"
SHOP = "https://shop.example"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def send(body, token: str = "", **headers):
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    auth = make.bearer(token) if token else {}
    return Client().generic(
        "POST", URL, data, content_type=headers.pop("type", "application/json"), headers={**auth, **headers}
    )


def event(n: int = 1, kind: str = "thumbs_up", **more):
    return {"event_id": f"e-{n}", "kind": kind, **more}


@pytest.fixture
def key(project):
    return make.api_key(project, scopes=["ingest"])


@pytest.fixture
def token(project):
    return tokens.make(project.pk, "call-1")[0]


@pytest.fixture
def shop(project):
    return WidgetOrigin.objects.create(project=project, origin=SHOP)


@pytest.fixture(autouse=True)
def fresh_minute(broker):
    """Nobody has sent anything in this minute."""


def suggestion(project, **more) -> Suggestion:
    task = SuggestionTask.objects.create(project=project, key="colour", name="Colour")
    version = TaskVersion.objects.create(task=task, number=1, suggester="rule")
    return Suggestion.objects.create(
        task=task, version=version, text="a rose", text_hash="0" * 32, value="red", confidence=0.6, **more
    )


class TestAProgram:
    def test_sends_one(self, project, key):
        answer = send(event(interaction="call-1", occurred_at="2026-11-20T12:00:00Z", value={"page": 3}), key)

        assert answer.status_code == 202
        assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": [], "repaired": 0}
        row = Signal.objects.get()
        assert (row.project, row.interaction, row.event_id) == (project, "call-1", "e-1")
        assert (row.kind, row.polarity, row.value, row.occurred_at) == (
            "thumbs_up",
            "positive",
            {"page": 3},
            NOW,
        )
        assert not row.by_token

    def test_sends_many_and_the_bad_ones_are_named(self, key):
        answer = send(
            [
                event(1, interaction="call-1"),
                event(2, interaction="call-1", kind="liked"),
                event(3),
                event(4, interaction="call-1", kind="comment"),
                event(5, interaction="call-1", kind="viewed", value={"dwell_ms": "long"}),
                event(6, interaction="call-1", kind="comment", value={"text": "x" * 10_001}),
                {"kind": "thumbs_up", "interaction": "call-1"},
                event(8, interaction="call-1", occurred_at="soon"),
                event(9, interaction="call-2", kind="kept"),
            ],
            key,
        )

        told = answer.json()
        assert (answer.status_code, told["accepted"]) == (202, 2)
        assert [(bad["index"], bad["field"]) for bad in told["rejected"]] == [
            (1, "kind"),
            (2, "interaction"),
            (3, "value"),
            (4, "value.dwell_ms"),
            (5, "value.text"),
            (6, "event_id"),
            (7, "occurred_at"),
        ]
        assert "thumbs_up, thumbs_down" in told["rejected"][0]["error"]

    def test_says_null_for_what_it_does_not_know(self, key):
        told = send(
            [
                event(1, interaction="call-1", kind="regenerated", value={"dwell_ms": None, "new": None}),
                event(2, interaction="call-1", kind="rating", value={"score": 4, "of": 5, "lowest": None}),
                event(3, interaction="call-1", kind="rejected", value={"value": None, "ms": None}),
                event(4, interaction="call-1", kind="comment", value={"text": None}),
            ],
            key,
        ).json()

        assert (told["accepted"], [bad["index"] for bad in told["rejected"]]) == (3, [3])
        assert dict(Signal.objects.values_list("kind", "polarity")) == {
            "regenerated": "negative", "rating": "positive", "rejected": "negative",
        }  # fmt: skip

    @pytest.mark.parametrize("value", [{"score": 9, "of": 5}, {"score": 1, "of": 5, "lowest": 2}])
    def test_rates_within_the_scale(self, key, value):
        [bad] = send(event(interaction="call-1", kind="rating", value=value), key).json()["rejected"]

        assert (bad["field"], "outside of its scale" in bad["error"]) == ("value", True)

    def test_sends_lines(self, key):
        lines = "\n".join(json.dumps(event(n, interaction="call-1")) for n in range(3))

        assert send(lines, key, type="application/x-ndjson").json()["accepted"] == 3

    def test_repeats_itself(self, key):
        batch = [
            event(1, interaction="call-1"),
            event(1, interaction="call-2"),
            event(1, interaction="call-1"),
        ]
        first, second = send(batch, key).json(), send(batch, key).json()

        assert (first["accepted"], first["duplicates"]) == (2, 1)
        assert (second["accepted"], second["duplicates"]) == (0, 3)

    def test_may_not_date_ahead(self, key):
        ahead = (timezone.now() + timedelta(hours=1)).isoformat()

        assert "future" in send(event(interaction="a", occurred_at=ahead), key).json()["rejected"][0]["error"]

    def test_texts_that_cannot_be_stored_are_repaired(self, key):
        sent = json.dumps(event(interaction="call-1", kind="comment", value={"text": "a\0b"}))

        assert send(sent, key).json()["repaired"] == 1
        assert Signal.objects.get().value == {"text": "a�b"}

    @pytest.mark.parametrize("value", ["pink", ["pink"], 3])
    def test_what_a_kind_carries_is_an_object(self, key, value):
        told = send([event(1, interaction="a", value=value), event(2, interaction="a")], key).json()

        assert (told["accepted"], [bad["field"] for bad in told["rejected"]]) == (1, ["value"])

    @pytest.mark.parametrize("much", [3_000_000_000, 1e300, 10**400])
    def test_numbers_that_no_column_holds_are_refused_and_the_rest_is_stored(self, project, key, much):
        row = suggestion(project)
        odd = event(1, "edited", interaction=str(row.pk), value={"value": "pink", "edit_distance": much})
        told = send([odd, event(2, interaction="call-1")], key).json()

        assert (told["accepted"], [bad["field"] for bad in told["rejected"]]) == (1, ["value.edit_distance"])

    def test_our_own_events_are_nobody_elses(self, key):
        told = send({**event(interaction="call-1"), "event_id": UNANSWERED}, key).json()

        assert (told["accepted"], told["rejected"][0]["field"]) == (0, "event_id")

    def test_unknown_fields_are_kept_with_the_value(self, key):
        send(event(interaction="call-1", surface="mail", value={"n": 1}), key)

        assert Signal.objects.get().value == {"n": 1, "surface": "mail"}

    @pytest.mark.parametrize("body", [" ", "{", "[]", "null", "3", '"x"'])
    def test_what_is_no_batch_is_refused(self, key, body):
        assert send(body, key).status_code == 400
        assert not Signal.objects.exists()

    def test_queries_do_not_grow_with_the_batch(self, project, key, django_assert_num_queries):
        rows = [suggestion(project)]
        version, task = rows[0].version, rows[0].task
        rows += [
            Suggestion.objects.create(task=task, version=version, text="t", text_hash="0" * 32, value="red")
            for _ in range(30)
        ]

        def batch(names, n):
            return [
                event(n, interaction=str(one.pk), kind="accepted", value={"value": "red"}) for one in names
            ]

        send(batch(rows[:1], 0), key)
        with django_assert_num_queries(8):
            send(batch(rows[:1], 1), key)
        with django_assert_num_queries(10):  # two tell whether the new ones are inputs of a test split
            send(batch(rows, 2), key)


class TestWhoMay:
    def test_nobody_without_a_key(self):
        assert send(event()).status_code == 401

    def test_no_key_without_the_scope(self, project):
        assert send(event(interaction="a"), make.api_key(project, scopes=["label"])).status_code == 403

    def test_a_login_counts_for_nothing(self, owner, as_):
        answer = as_(owner).post(URL, json.dumps(event(interaction="a")), content_type="application/json")

        assert answer.status_code == 401

    def test_keys_of_two_projects_never_meet(self, project, key, stranger):
        theirs = make.api_key(stranger.projects.get(), scopes=["ingest"])
        for one in (key, theirs):
            assert send(event(interaction="call-1"), one).json()["accepted"] == 1
        assert Signal.objects.filter(project=project).count() == 1

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
    def test_other_methods(self, key, method):
        assert Client().generic(method, URL, headers=make.bearer(key)).status_code == 405


class TestATokenFromAPage:
    def test_says_what_it_is_about(self, token, shop):
        answer = send(event(occurred_at="2026-11-20T12:00:00Z"), token, origin=SHOP)

        assert answer.status_code == 202
        assert answer["Access-Control-Allow-Origin"] == SHOP
        assert "Origin" in answer["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer
        row = Signal.objects.get()
        assert (row.interaction, row.by_token) == ("call-1", True)

    def test_speaks_of_nothing_else(self, token, shop):
        answer = send([event(interaction="call-2"), event(2, interaction="call-1")], token, origin=SHOP)

        assert (answer.json()["accepted"], answer.json()["rejected"][0]["field"]) == (1, "interaction")

    def test_opens_no_other_door(self, token):
        for path in ("/api/v1/interactions", "/api/v1/queues"):
            assert Client().post(path, {}, "application/json", headers=make.bearer(token)).status_code == 401

    def test_expires(self, token, shop):
        with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=90), tick=False):
            answer = send(event(), token, origin=SHOP)

        assert answer.status_code == 401
        assert "has expired" in answer.json()["message"]
        assert answer["Access-Control-Allow-Origin"] == SHOP  # so that the page can read why

    @pytest.mark.parametrize(
        "change", [lambda it: it[:-1], lambda it: it + "a", lambda it: it[:30], lambda it: "gft_"]
    )
    def test_changed_is_none(self, token, shop, change):
        assert send(event(), change(token), origin=SHOP).status_code == 401

    def test_a_replay_changes_nothing_and_a_change_of_mind_is_another_event(self, token, shop):
        for body in (event(1), event(1, kind="thumbs_down"), event(2, kind="thumbs_down")):
            assert send(body, token, origin=SHOP).status_code == 202

        assert list(Signal.objects.order_by("pk").values_list("event_id", "kind")) == [
            ("e-1", "thumbs_up"),
            ("e-2", "thumbs_down"),
        ]

    def test_a_clock_that_goes_wrong_is_not_believed_ahead(self, token, shop):
        ahead = (timezone.now() + timedelta(days=3)).isoformat()
        send([event(1, occurred_at=ahead), event(2, occurred_at="1999-01-01T00:00:00Z")], token, origin=SHOP)

        assert all(
            abs(row.occurred_at - row.received_at) < timedelta(minutes=1) for row in Signal.objects.all()
        )

    def test_too_much_from_one_page_waits(self, token, project, shop, settings):
        settings.SIGNALS_PER_MINUTE = 5
        other = tokens.make(project.pk, "call-2")[0]

        assert send([event(n) for n in range(5)], token, origin=SHOP).status_code == 202
        answer = send(event(9), token, origin=SHOP)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert send(event(1), other, origin=SHOP).status_code == 202

    def test_without_redis_signals_are_stored_all_the_same(self, token, shop, broker):
        broker.stop()
        redis_client.cache_clear()

        assert send(event(), token, origin=SHOP).status_code == 202

    def test_a_body_that_no_page_sends_is_refused(self, token, shop):
        big = json.dumps([event(n, kind="comment", value={"text": "x" * 9000}) for n in range(40)])

        assert send(big, token, origin=SHOP).status_code == 413
        assert not Signal.objects.exists()


class TestOtherSites:
    @pytest.mark.parametrize(
        "origin",
        ["null", "https://evil-shop.example", "https://shop.example.evil", "http://shop.example",
         "https://shop.example:8443", "https://shop.example.", "https://SHOP.example", "", "https://[shop.example"],
    )  # fmt: skip
    def test_not_listed(self, token, shop, origin):
        answer = send(event(), token, origin=origin)

        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer
        assert "Origin" in answer["Vary"]
        assert not Signal.objects.exists()

    def test_listed_by_another_project(self, token, stranger):
        WidgetOrigin.objects.create(project=stranger.projects.get(), origin=SHOP)
        answer = send(event(), token, origin=SHOP)

        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer

    def test_a_key_in_a_page_is_refused(self, key, shop):
        assert send(event(interaction="a"), key, origin=SHOP).status_code == 403

    def test_a_right_preflight(self, shop):
        answer = preflight(SHOP, "POST", "authorization,content-type")

        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Origin"] == SHOP
        assert (answer["Access-Control-Allow-Methods"], "Access-Control-Allow-Credentials" in answer) == (
            "POST",
            False,
        )

    @pytest.mark.parametrize(
        ("origin", "method", "headers"),
        [(SHOP, "DELETE", ""), (SHOP, "POST", "x-odd"), ("https://evil.example", "POST", ""), (SHOP, "", "")],
    )
    def test_an_odd_preflight(self, shop, origin, method, headers):
        assert preflight(origin, method, headers).status_code == 403


def preflight(origin, method, headers):
    return Client().options(
        URL,
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": headers,
        },
    )


class TestMeanings:
    def test_a_projects_own(self, project, key):
        SignalMeaning.objects.create(project=project, kind="copied", polarity="neutral")
        send(event(interaction="a", kind="copied"), key)

        assert Signal.objects.get().polarity == "neutral"


class TestASuggestion:
    EVENTS = (
        event(1, "shown", occurred_at="2026-11-20T12:00:00Z"),
        event(2, "accepted", occurred_at="2026-11-20T12:00:05Z", value={"value": "red", "ms": 5000}),
        event(3, "edited", occurred_at="2026-11-20T12:00:09Z", value={"value": "pink", "edit_distance": 4}),
    )

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_ends_the_same_in_every_order(self, project, key, order):
        row = suggestion(project)
        for n in order:
            send({**self.EVENTS[n], "interaction": str(row.pk)}, key)

        row.refresh_from_db()
        assert (row.verdict, row.final_value, row.edit_distance) == ("edited", "pink", 4)
        assert row.shown_at == NOW
        assert not row.labelled

    @pytest.mark.parametrize("ahead", [None, timedelta(minutes=3), timedelta(days=-9000)])
    def test_the_last_word_counts_whatever_the_clock_of_the_page_says(self, project, ahead):
        row, now = suggestion(project), timezone.now()
        sent = [
            event(9, "accepted", value={"value": "red"}),
            event(1, "edited", value={"value": "pink"}),  # the smaller id: it decides nothing
        ]
        for n, one in enumerate(sent if ahead else ()):
            one["occurred_at"] = (now + ahead + n * timedelta(seconds=5)).isoformat()
        send(sent[::-1] if ahead else sent, tokens.make(project.pk, str(row.pk))[0])

        row.refresh_from_db()
        assert (row.verdict, row.final_value) == ("edited", "pink")

    def test_of_another_project_is_nobodys(self, key, stranger):
        row = suggestion(stranger.projects.get())
        send(event(interaction=str(row.pk), kind="accepted", value={"value": "red"}), key)

        row.refresh_from_db()
        assert row.verdict == ""

    def test_rejected_it_has_no_final_value(self, project, key):
        row = suggestion(project)
        send(event(interaction=str(row.pk), kind="rejected"), key)

        row.refresh_from_db()
        assert (row.verdict, row.final_value) == ("rejected", "")

    def test_that_nobody_saw_was_not_ignored(self, project, key):
        row = suggestion(project, hidden=True)
        send(event(interaction=str(row.pk), kind="ignored", value={"value": "pink"}), key)

        row.refresh_from_db()
        assert (row.verdict, row.final_value) == ("ignored", "pink")
        assert Signal.objects.get().polarity == "neutral"
