"""Redis and PostgreSQL go away under running work, and come back."""

import os
import signal
import socket
import time
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie

import pytest

from tests.pace import allowed

pytestmark = pytest.mark.faults

TOTAL = 120


def start(stage, jobs: int = 2):
    """A worker and a beat in the middle of long jobs."""
    asked = [stage.ask(total=TOTAL, pace=20) for _ in range(jobs)]
    stage.beat()
    worker = stage.worker()
    stage.wait(lambda: stage.job(asked[0], "done") > 5, 15, "work has begun")
    return asked, worker


def all_done_once(stage, jobs) -> None:
    assert stage.states() == {"done": len(jobs)}
    for job in jobs:
        assert stage.effects(job) == list(range(TOTAL))


@pytest.mark.parametrize("seconds", [1, 5])
def test_redis_killed_and_started_again(stage, seconds):
    jobs, worker = start(stage)

    stage.redis.stop(signal.SIGKILL)
    time.sleep(seconds)
    late = stage.ask(total=TOTAL)
    stage.redis.start()
    stage.wait_for_end(60)

    all_done_once(stage, [*jobs, late])
    assert worker.poll() is None


def test_redis_empty_or_hung(stage):
    jobs, worker = start(stage)

    os.kill(stage.redis.process.pid, signal.SIGSTOP)
    time.sleep(4)
    os.kill(stage.redis.process.pid, signal.SIGCONT)
    stage.empty_redis()
    late = stage.ask(total=TOTAL)
    stage.wait_for_end(60)

    all_done_once(stage, [*jobs, late])
    assert worker.poll() is None


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_postgres_restarted(stage, how):
    """SIGINT is its fast shutdown, SIGQUIT its immediate one."""
    jobs, worker = start(stage)

    stage.postgres.stop(how)
    time.sleep(1)
    stage.postgres.start()
    late = stage.ask(total=TOTAL)
    stage.wait_for_end(90)

    all_done_once(stage, [*jobs, late])
    assert worker.poll() is None


def test_all_connections_cut(stage):
    jobs, _ = start(stage)

    for _ in range(3):
        stage.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                 " AND backend_type = 'client backend'")  # fmt: skip
        time.sleep(0.7)
    stage.wait_for_end(90)

    all_done_once(stage, jobs)


def test_a_page_answers_503_while_postgres_is_away_and_is_good_at_once_after(site):
    assert site.get("/p/shop/jobs/").status == 200
    site.stage.postgres.stop(signal.SIGQUIT)
    for path in ("/p/shop/jobs/", "/health/", "/healthz", "/"):
        assert site.get(path).status == 503, path
    assert site.get("/p/shop/jobs/").headers["Retry-After"] == "5"
    site.stage.postgres.start()
    assert [site.get("/p/shop/jobs/").status for _ in range(6)] == [200] * 6


@pytest.mark.timed
def test_a_page_that_rings_does_not_wait_for_a_hung_redis(site):
    stage = site.stage
    job = stage.ask()
    stage.do("UPDATE annotator_job SET state = 'failed', project_id = (SELECT id FROM annotator_project)")
    site.get(f"/p/shop/jobs/{job}/")  # for the CSRF cookie
    os.kill(stage.redis.process.pid, signal.SIGSTOP)
    started = time.monotonic()
    answer = site.post(f"/p/shop/jobs/{job}/retry/")
    waited = time.monotonic() - started
    os.kill(stage.redis.process.pid, signal.SIGCONT)

    assert answer.status == 302
    assert waited < allowed(1)
    assert stage.job(job, "state") == "due"


@pytest.fixture
def site(stage):
    return Site(stage)


class Site:
    """The real web server with an owner signed in."""

    SESSION = """
import django
django.setup()
from django.test import Client
from tests import make
browser = Client()
browser.force_login(make.member(make.project(), "olivia", role="owner"))
print("session", browser.cookies["genba_session"].value)
"""

    def __init__(self, stage) -> None:
        self.stage = stage
        stage.do("TRUNCATE annotator_user, annotator_project CASCADE")
        stage.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.cookies = {"genba_session": stage.python("-c", self.SESSION).stdout.split()[-1]}
        self.port = free_port()
        stage.web(self.port)
        stage.wait(self.answers, 20, "the web server answers")

    def answers(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except ConnectionError:
            return False

    def get(self, path: str, method: str = "GET") -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = self.cookies.get("genba_csrf", "")
        connection.request(method, path, headers={"Cookie": cookies, "X-CSRFToken": token})
        answer = connection.getresponse()
        answer.read()
        set_cookies = SimpleCookie(", ".join(answer.headers.get_all("Set-Cookie") or []))
        self.cookies |= {name: morsel.value for name, morsel in set_cookies.items() if morsel.value}
        return answer

    def post(self, path: str) -> HTTPResponse:
        return self.get(path, "POST")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
