"""Nobody makes suggestions: whoever asks is told so in time, and goes on."""

import json
import socket
import time

import pytest
import redis
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
    return lambda text="A rose": Client().post(
        URL,
        json.dumps({"task": "colour", "input": text}, ensure_ascii=False),
        "application/json",
        headers=make.bearer(key),
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


def test_a_redis_that_hangs_is_not_asked_again(settings):
    """It would take twice the time that the host gives."""
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        settings.REDIS_URL = f"redis://127.0.0.1:{hanging.getsockname()[1]}/0"
        redis_client.cache_clear()
        with pytest.raises(redis.TimeoutError):
            redis_client(0.1).blpop(["nothing"], timeout=0.05)
        redis_client.cache_clear()
        hanging.accept()[0].close()
        hanging.setblocking(False)
        with pytest.raises(BlockingIOError):
            hanging.accept()


def test_whatever_may_be_asked_can_be_logged(ask):
    """Near the limit of size, in a script whose letters are longer when they are escaped."""
    text = "가" * 300_000

    assert ask(text).status_code == 200
    assert Interaction.objects.get().input == text
