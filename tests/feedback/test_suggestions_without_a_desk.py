"""Nobody makes suggestions: whoever asks is told so in time, and goes on."""

import json
import time

import pytest
from django.test import Client

from annotator.web.redis_client import client as redis_client
from feedback.models import Interaction, Suggestion
from feedback.services import suggestion_tasks
from tests import make
from tests.pace import allowed

pytestmark = pytest.mark.django_db
URL = "/api/v1/suggestions"


@pytest.fixture
def ask(project, broker):
    task = suggestion_tasks.make_task(
        project=project, key="colour", name="Colour", hidden_share=0, budget_ms=100
    )
    suggestion_tasks.set_up(task, instruction="", suggester="rule", values=[{"name": "Red"}])
    key = make.api_key(project, scopes=["suggest"])
    redis_client.cache_clear()
    return lambda: Client().post(
        URL, json.dumps({"task": "colour", "input": "A rose"}), "application/json", headers=make.bearer(key)
    )


def test_no_worker(ask):
    told = ask().json()

    assert (told["value"], told["reason"]) == (None, "late")
    assert Suggestion.objects.get().reason == "late"
    assert Interaction.objects.get().error == "late"


def test_no_redis(ask, broker):
    broker.stop()
    began = time.monotonic()

    assert ask().json()["reason"] == "late"
    assert time.monotonic() - began < allowed(3)  # a broker that is away is not waited for
