"""The language model's key goes to the provider, and nowhere else.

With a key that can be recognised, questions are asked that end in every way, all pages are read,
commands run, errors raised. Then all that was written is searched for it.
"""

import base64
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from annotator.config import paths
from annotator.llm import budget, failures, sdk
from annotator.models import Project
from annotator.web.redis_client import client as redis_client
from feedback.models import SuggestionTask
from feedback.queries import verdicts
from feedback.services import suggest, suggestion_tasks
from feedback.suggesting import desk
from tests import make, routes
from tests import provider as said
from tests import world as worlds
from tests.feedback.desks import open_desk
from tests.provider import KEY, Provider, Sent

LOGGERS = ("django", "anthropic", "httpx2", "httpcore2", "celery", "kombu", "redis")
AGAIN = {"retry_after": "0"}  # asked again without waiting


def careless(handler, sent: Sent) -> None:
    """A gateway that repeats all that it was sent, with the key."""
    told = json.dumps(sent.headers).encode()
    handler.answer(502, told, **AGAIN, X_Sent=sent.headers["authorization"])


ENDS = {
    "answered": said.choice(1, 85, (2, 10)),
    "none fits": said.choice(0),
    "no value": said.choice(99),
    "refused": said.refusal(),
    "truncated": said.truncated(),
    "no JSON": said.text("Red, I should say"),
    "a page": said.raw(b"<h1>Hello</h1>", kind="text/html"),
    "half a message": said.raw(b'{"id": "msg'),
    "cut off": said.cut_off,
    "hung up": said.hang_up,
    "sent elsewhere": said.raw(b"", status=307, Location="http://127.0.0.1:9/v1/messages"),
    **{str(status): said.error(status, **AGAIN) for status in (400, 401, 403, 404, 429, 500, 529)},
}


def holds(written: str | bytes) -> bool:
    """As it is, in hexadecimal, or inside of base64 as messages are put on a queue."""
    raw = written.encode(errors="replace") if isinstance(written, str) else written
    encoded = re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", raw)
    plain = [base64.b64decode(one[: len(one) // 4 * 4]) for one in encoded]
    return any(KEY.encode() in one or KEY.encode().hex().encode() in one for one in (raw, *plain))


def tables() -> list[tuple[str, str]]:
    """Every row of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT row_to_json(one)::text FROM {table} AS one")  # noqa: S608
            found += [(table, row) for (row,) in cursor.fetchall()]
    return found


@contextmanager
def overheard(broker) -> Iterator[list[str]]:
    """Every command that Redis is given, by whomever, with its values."""
    heard: list[str] = []
    end = "that was all"
    with broker.client.monitor() as monitor:

        def listen() -> None:
            while end not in "".join(heard[-1:]):
                heard.append(str(monitor.next_command()["command"]))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield heard
        broker.client.echo(end)
        thread.join()


def failing(*args: object, **kwargs: object) -> None:
    raise KeyError("nothing")


class Day:
    """All that is done, and in `written` all that came of it, each with a name."""

    def __init__(self, provider: Provider, written: list[tuple[str, str | bytes]]) -> None:
        self.provider, self.written = provider, written
        self.world = worlds.build()
        self.project = Project.objects.get(slug="shop")
        self.key = make.api_key(self.project, scopes=["suggest"])
        task = suggestion_tasks.make_task(
            project=self.project, key="shade", name="Shade", hidden_share=0, budget_ms=20_000
        )
        suggestion_tasks.set_up(
            task,
            instruction="Its colour.",
            suggester="llm",
            settings={"examples": 0},
            values=[{"name": "Red"}, {"name": "Blue"}],
        )
        self.world.ids["task_key"] = task.key

    def ask(self, name: str, line=None) -> int:
        self.provider.always = line
        answer = Client(raise_request_exception=False).post(
            "/api/v1/suggestions",
            json.dumps({"task": "shade", "input": f"A rose ({name})"}),
            "application/json",
            headers=make.bearer(self.key),
        )
        self.written.append((f"answer: {name}", answer.content))
        return answer.status_code

    def read_all_pages(self) -> None:
        for row in routes.rows():
            for role in ("owner", "admin") if row.method == "GET" else ():
                answer = self.world.call(role, "GET", routes.path_of(row.route, self.world.ids))
                whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
                self.written.append((f"{row} as {role}", str(answer.headers).encode() + whole))
        path = f"/p/shop/suggestions/task/{self.world.ids['task_key']}/try/"
        self.provider.always = ENDS["401"]
        self.written.append(("a try", self.world.call("owner", "POST", path, {"input": "A tulip"}).content))

    def break_everywhere(self, monkeypatch) -> None:
        """Errors of ours: in the call, in the desk, in the API and in a page."""
        for where, what in ((sdk, "send"), (desk, "answer_to"), (suggest, "_answer"), (verdicts, "overall")):
            with monkeypatch.context() as broken:
                broken.setattr(where, what, failing)
                SuggestionTask.objects.filter(key="shade").update(budget_ms=50 if where is desk else 20_000)
                self.ask(f"broken {what}")
                page = f"/p/shop/suggestions/task/{self.world.ids['task_key']}/"
                browser = self.world.clients["owner"]
                browser.raise_request_exception = False
                self.written.append((f"page, broken {what}", browser.get(page).content))


@pytest.mark.django_db(transaction=True)
def test_the_key_is_nowhere(provider, broker, settings, monkeypatch, caplog, capfd):
    redis_client.cache_clear()
    written: list[tuple[str, str | bytes]] = []
    day = Day(provider, written)
    with overheard(broker) as heard, open_desk():
        logging.getLogger().addHandler(caplog.handler)  # a worker that starts sets logging up anew
        caplog.set_level(logging.DEBUG)
        # Answers' headers would be in the log of the library, had it not been made silent.
        assert day.ask("careless", careless) == 200
        for name in LOGGERS:
            caplog.set_level(logging.DEBUG, logger=name)
        for name, line in ENDS.items():
            assert day.ask(name, line) == 200
        day.read_all_pages()
        day.break_everywhere(monkeypatch)
        settings.LLM_SECONDS = 1
        day.ask("silent", said.silence)
        settings.ANTHROPIC_API_KEY = f"{KEY}\nsecond line"
        day.ask("a key that no header can hold")
        with pytest.raises(SystemExit):
            call_command("doctor")

    written += tables()
    written += [("redis", one) for one in heard]
    written += [(f"log of {one.name}", f"{one.getMessage()} {vars(one)}") for one in caplog.records]
    written += [("console", one) for one in capfd.readouterr()]
    written += [(str(one), one.read_bytes()) for one in paths.var().glob("*.log")]
    assert {one for one, row in written if holds(row)} == set()

    # That it was looked for where something is.
    assert all(KEY in one.headers["authorization"] for one in provider.sent)
    assert set(budget.days(day.project)[0].outcomes) >= {
        *(kind.kind for kind in failures.KINDS if kind not in {failures.NoKey, failures.OverBudget}),
        "answered",
    }
    seen = {name.partition(":")[0] for name, row in written if "rose" in str(row)}
    assert seen >= {"public.feedback_suggestion", "public.feedback_interaction"}
    assert any("feedback.tasks.suggest" in one for one in heard)
    assert {"anthropic", "httpcore2", "django", "celery", "annotator"} <= {
        one.name.partition(".")[0] for one in caplog.records
    }


def test_the_disguises_are_known():
    message = base64.b64encode(json.dumps([{"text": KEY}]).encode()).decode()
    assert all(map(holds, (f"({KEY})", KEY.encode().hex(), f'{{"body": "{message}"}}')))
    assert not holds("sk-another")


def test_no_command_shows_it():
    """Django's own shows all settings, as somebody would paste them for help."""
    shown = subprocess.run(
        [sys.executable, "manage.py", "diffsettings", "--all"],
        cwd=paths.ROOT,
        env={**os.environ, "ANTHROPIC_API_KEY": KEY},
        capture_output=True,
        check=True,
    )
    assert b"ANTHROPIC_API_KEY" in shown.stdout
    assert not holds(shown.stdout + shown.stderr)
