"""32 annotators on the last ten items, over real HTTP and two web processes that are killed.

Answers get lost on their way back, are sent twice and at the same time, leases are walked away
from. What must hold: exactly as many answers count as were asked for, by that many people; what
was said to be stored is stored; and nobody is refused without a reason.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

import psutil
import pytest
from psycopg import connect

from annotator.config.paths import ROOT, sockets
from tests.config.site import Site

pytestmark = pytest.mark.faults

PEOPLE, ITEMS, OVERLAP, QUEUES = 32, 10, 3, 3
PATIENCE = 60
LEASE_SECONDS = 2
# What an answer may be told beside "stored": its reason is part of the design.
EXPLAINED = {"surplus", "repeated"}
MAKE = """
import sys
from annotator.models import Project, Scope
from annotator.services.keys import make_key
from annotator.services.queues import NewItem, add_items, make_queue, set_question
queues, items, overlap = map(int, sys.argv[1:])
project = Project.objects.create(slug="crowd", name="Crowd")
question = set_question(project=project, key="good", text="Is it good?").question
print(make_key(project=project, name="crowd", scopes=[Scope.LABEL])[1])
for n in range(queues):
    queue = make_queue(project=project, name=f"Crowd {n}", questions=[question], overlap=overlap)
    add_items(queue, [NewItem(f"item-{m}", input="In", output="Out") for m in range(items)])
    print(queue.pk)
"""


@dataclass
class Told:
    """What the crowd was told; appended to by all threads."""

    stored: list[tuple[str, int]] = field(default_factory=list)  # key, label
    states: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    dropped: int = 0  # answers of the server that nobody read
    broken: int = 0  # connections that a killed process took along


class Somebody(threading.Thread):
    def __init__(self, site: Site, token: str, queue: str, n: int, told: Told) -> None:
        super().__init__()
        self.site, self.queue, self.told, self.chance = site, queue, told, random.Random(f"{queue} {n}")
        self.headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "X-Genba-Rater": f"rater-{n}",
        }

    def run(self) -> None:
        end = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < end:
                if not self.turn():
                    return
            self.told.odd.append("not finished in time")
        except Exception as error:
            self.told.odd.append(repr(error))

    def turn(self) -> bool:
        claim = self.post(f"queues/{self.queue}/claim", {"size": self.chance.randint(1, 3), "holder": "tab"})
        if not claim["items"]:
            code = claim["empty_because"]["code"]
            if code in {"leased", "busy", "in_hand", "other_tab"}:
                time.sleep(0.1)
                return True
            if code not in {"done", "answered"}:
                self.told.odd.append(code)
            return False
        for item in claim["items"]:
            if self.chance.random() < 0.1:
                continue  # walked away: the lease runs out
            self.answer(item["lease"])
        return True

    def answer(self, lease: str) -> None:
        """Sent once, twice at the same time, or again because no answer was heard."""
        key = str(uuid.uuid4())
        said = self.chance.choice(["yes", "no"])
        label = {"lease": lease, "question": "good", "answer": said, "idempotency_key": key}
        body = {"labels": [label]}
        if self.chance.random() < 0.3:
            self.drop(body)
        if self.chance.random() < 0.3:
            twin = threading.Thread(target=self.hear, args=[key, body])
            twin.start()
            self.hear(key, body)
            twin.join()
        else:
            self.hear(key, body)

    def hear(self, key: str, body: dict) -> None:
        try:
            [result] = self.post("labels", body)["results"]
        except Exception as error:
            self.told.odd.append(repr(error))
            return
        self.told.states[result["state"]] += 1
        if result["status"] in (200, 201):
            self.told.stored.append((key, result["label"]))
        if result["state"] not in {"counted", *EXPLAINED}:
            self.told.odd.append(json.dumps(result))

    def drop(self, body: dict) -> None:
        """The request goes out, and the line breaks before its answer is read."""
        connection = self.connect()
        try:
            connection.request("POST", "/api/v1/labels", json.dumps(body), self.headers)
            connection.sock.shutdown(2)
            self.told.dropped += 1
        except OSError:
            self.told.broken += 1
        finally:
            connection.close()

    def post(self, path: str, body: dict) -> dict:
        """As the page's outbox does: no answer and 5xx are tried again, anything else is an answer."""
        end = time.monotonic() + 30
        while True:
            connection = self.connect()
            try:
                connection.request("POST", f"/api/v1/{path}", json.dumps(body), self.headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status < 500:
                    return json.loads(text)
            except (OSError, http.client.HTTPException):
                self.told.broken += 1
            finally:
                connection.close()
            assert time.monotonic() < end, "the server is away"
            time.sleep(0.05 + self.chance.random() / 10)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)


def test_the_last_items_are_shared_out_exactly(folder):
    site = Site(folder / "var", WEB_WORKERS="2", LEASE_SECONDS=str(LEASE_SECONDS))
    try:
        site.start("--no-demo").until_ready()
        token, *queues = made(site)
        told, killed = Told(), 0
        for queue in queues:
            crowd = [Somebody(site, token, queue, n, told) for n in range(PEOPLE)]
            for somebody in crowd:
                somebody.start()
            time.sleep(0.3)
            killed += kill_one(site)
            for somebody in crowd:
                somebody.join()
        assert killed == QUEUES
        check(site, told, killed)
    finally:
        if site.process and site.process.poll() is None:
            site.stop()


def made(site: Site) -> list[str]:
    words = [str(QUEUES), str(ITEMS), str(OVERLAP)]
    script = f"import django; django.setup()\n{MAKE}"
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**site.environment(), "DJANGO_SETTINGS_MODULE": "annotator.config.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def kill_one(site: Site) -> int:
    """`kill -9` to one of the web processes, as the kernel does when memory runs out."""
    workers = [one for one in site.child("granian").children() if one.status() != psutil.STATUS_ZOMBIE]
    assert len(workers) >= 2
    os.kill(workers[0].pid, signal.SIGKILL)
    return 1


def check(site: Site, told: Told, killed: int) -> None:
    with connect(host=str(sockets(site.var)), user="genba", dbname="genba") as database:
        counted = database.execute(
            "SELECT queue_id, item_id, count(*), count(DISTINCT rater_id) FROM annotator_label"
            " WHERE NOT surplus AND answer <> 'undo' GROUP BY 1, 2"
        ).fetchall()
        stored: dict[str, int] = dict(
            database.execute("SELECT idempotency_key, id FROM annotator_label").fetchall()
        )
        [late] = database.execute("SELECT count(*) FROM annotator_label WHERE surplus").fetchone()
        [open_places] = database.execute(
            "SELECT count(*) FROM annotator_place WHERE done_at IS NULL"
        ).fetchone()
    beyond = sum(max(0, n - OVERLAP) for *_, n, _people in counted)
    lost = [key for key, label in told.stored if stored.get(key) != label]
    print(
        f"\n{PEOPLE} annotators, {QUEUES} times the last {ITEMS} items x {OVERLAP} answers, 2 web processes:"
        f" {killed} killed, {told.dropped} answers unheard, {told.broken} connections broken;"
        f" {len(stored)} labels stored, {beyond} counted beyond the overlap, {len(lost)} lost,"
        f" {len(told.odd)} unexplained refusals; {late} came late and were kept as surplus"
    )
    assert told.odd == []
    assert lost == []
    assert beyond == 0
    assert open_places == 0
    assert [(n, people) for *_, n, people in counted] == [(OVERLAP, OVERLAP)] * (QUEUES * ITEMS)
