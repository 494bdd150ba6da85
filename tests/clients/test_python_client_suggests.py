"""The Python client and the real server: a suggestion, its verdict, a token for a page."""

import httpx
import pytest

from annotator.web.redis_client import client as redis_client
from feedback import tokens
from feedback.models import Signal, Suggestion, WidgetOrigin
from feedback.services import suggestion_tasks
from tests import make
from tests.clients.conftest import wait_until
from tests.feedback.desks import open_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(project, broker, web, connect):
    task = suggestion_tasks.make_task(
        project=project, key="colour", name="Colour", hidden_share=0, budget_ms=20_000
    )
    rules = {"rules": 'contains "rose" -> Red'}
    suggestion_tasks.set_up(task, instruction="", suggester="rule", settings=rules, values=[{"name": "Red"}])
    redis_client.cache_clear()
    web.start()
    with open_desk():
        yield connect(web.url, make.api_key(project, scopes=["suggest", "ingest"]))


def test_a_suggestion_and_what_came_of_it(client, project):
    found = client.suggest("colour", "A rose", timeout=30, user="u-1")

    assert (found.value, found.reason) == ("Red", None)
    row = Suggestion.objects.get(pk=found.id)
    assert (row.value, row.end_user) == ("Red", "u-1")
    client.signal(found, "accepted", value="Red", ms=900)
    assert client.flush(30)
    wait_until(lambda: Suggestion.objects.filter(pk=found.id, verdict="accepted").exists())
    assert client.suggest("colour", "A stone", timeout=30).reason == "unknown"
    assert client.suggest("nosuch", "A stone", timeout=30).reason == "failed"


def test_a_token_lets_a_page_speak_of_one_interaction(client, project, web):
    WidgetOrigin.objects.create(project=project, origin="https://shop.example")
    name = client.log("A question", "An answer")
    token = client.feedback_token(name, timeout=30)

    assert tokens.read(token).interaction == name
    sent = httpx.post(
        f"{web.url}/api/v1/signals",
        json={"event_id": "1", "kind": "thumbs_up"},
        headers={"Authorization": f"Bearer {token}", "Origin": "https://shop.example"},
        timeout=30,
    )
    assert sent.status_code == 202
    assert Signal.objects.get().interaction == name
