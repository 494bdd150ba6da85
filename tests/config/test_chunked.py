"""A chunked body reaches Django whole, through the real server."""

import hashlib
import http.client
import os
import socket
import subprocess
import time
from contextlib import suppress

import pytest

from annotator.config.paths import ROOT
from annotator.config.supervisor import roles
from tests.config.site import free_port

# The application of the site behind the same wrapper, with one view that says what arrived.
ECHO = """
import hashlib, os
from django.http import JsonResponse
from annotator.config import wsgi
from annotator.config import urls
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def echo(request):
    body = request.read()
    return JsonResponse({"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()})

urls.urlpatterns.insert(0, path("echo", echo))
application = wsgi.application
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """granian with the options of `up`; its port."""
    folder = tmp_path_factory.mktemp("echo")
    (folder / "echo_application.py").write_text(ECHO)
    port = free_port()
    command = [*roles.web()[:-1], "echo_application:application"]
    command[command.index("--port") + 1] = str(port)
    command[command.index("--workers") + 1] = "1"
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=roles.environment("web")
        | {
            "PYTHONPATH": f"{ROOT}:{folder}",
            "INGEST_MAX_BYTES": str(3 * 1024**2),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(10)


def send(port, parts, path="/echo"):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    client.request("POST", path, iter(parts), {"Content-Type": "application/x-ndjson"}, encode_chunked=True)
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    return answer.status, text


@pytest.mark.parametrize("parts", [[b"one line\n"], [b"x"] * 3000, [os.urandom(70_000)] * 25, []])
def test_what_is_sent_in_chunks_arrives_whole(server, parts):
    whole = b"".join(parts)
    status, text = send(server, parts)
    assert status == 200
    assert f'"bytes": {len(whole)}' in text
    assert hashlib.sha256(whole).hexdigest() in text


def test_a_chunked_body_without_end_is_cut_off_with_the_limit_said(server):
    """Whoever sends it: what a form may take is all that is spooled, whatever files may weigh."""
    status, text = send(server, [b"x" * 1024 * 1024] * 4)
    assert status == 413
    assert str(2 * 1024**2) in text


def test_one_that_really_has_no_end_is_not_heard_out(server):
    sent = 0
    with socket.create_connection(("127.0.0.1", server), timeout=30) as raw, suppress(ConnectionError):
        raw.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        for sent in range(100):  # noqa: B007
            raw.sendall(b"100000\r\n" + b"x" * 1024 * 1024 + b"\r\n")
    assert sent < 99


def test_the_api_takes_no_more_than_its_own_limit(server):
    status, text = send(server, [b"x" * 1024 * 1024] * 4, path="/api/v1/interactions")
    assert status == 413
    assert str(3 * 1024**2) in text


def test_the_connection_is_good_for_the_next_request(server):
    client = http.client.HTTPConnection("127.0.0.1", server, timeout=30)
    for size in (5, 100_000, 0, 7):
        client.request("POST", "/echo", iter([b"y" * size] if size else []), encode_chunked=True)
        assert f'"bytes": {size}' in client.getresponse().read().decode()
    client.close()


def test_a_length_and_chunks_together_are_no_way_to_smuggle(server):
    """What follows the chunked body is refused or a request of its own; never part of the first."""
    with socket.create_connection(("127.0.0.1", server), timeout=10) as raw:
        raw.sendall(
            b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
            b"Connection: close\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n"
        )
        answer = raw.makefile("rb").read().decode()  # to the end: head and body may come apart
    assert "400" in answer.splitlines()[0] or '"bytes": 6' in answer
