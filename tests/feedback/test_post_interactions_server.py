"""Through the real web server: a chunked body, and lengths that lie."""

import json
import socket
from http.client import HTTPConnection

import pytest

from annotator.config import static_files
from feedback.models import Interaction
from tests import make
from tests.browser.server import WebServer
from tests.feedback.sending import URL, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(tmp_path, db):
    static_files.gather()
    web = WebServer(tmp_path / "web.log")
    web.start()
    yield web
    web.stop()


def test_a_chunked_body_is_stored_whole_and_a_broken_one_not_at_all(server, project):
    token = make.api_key(project)
    headers = {"Content-Type": "application/x-ndjson", **make.bearer(token)}
    lines = [json.dumps(record(n, output="x" * 700)).encode() + b"\n" for n in range(2000)]

    http = HTTPConnection("127.0.0.1", server.port, timeout=30)
    http.request("POST", URL, iter(lines), headers, encode_chunked=True)
    answer = http.getresponse()

    assert answer.status == 202
    assert json.loads(answer.read())["accepted"] == 2000
    assert Interaction.objects.count() == 2000

    # The same connection goes on serving: nothing of the body was left on it.
    http.request("POST", URL, lines[0], headers)
    assert json.loads(http.getresponse().read())["duplicates"] == 1

    record_ = b'{"id": "cut", "input": "a"}'
    for length, body in (
        (b"Content-Length: 500", record_),
        (b"Content-Length: abc", record_),
        (b"Transfer-Encoding: chunked", record_),
        (b"Transfer-Encoding: chunked", b"1b\r\n" + record_[:20]),  # cut in a record
    ):
        _cut(server.port, token, length, body)
    assert Interaction.objects.count() == 2000
    http.request("POST", URL, json.dumps(record(9999)).encode() + b"\n", headers)
    assert json.loads(http.getresponse().read())["accepted"] == 1


def _cut(port: int, token: str, length: bytes, body: bytes) -> None:
    """A request that ends before it says."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(
            b"POST " + URL.encode() + b" HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\n"
            b"Authorization: Bearer " + token.encode() + b"\r\n" + length + b"\r\n\r\n" + body
        )
        wire.shutdown(socket.SHUT_WR)
        answer = wire.recv(4096)
    assert not answer or int(answer.split()[1]) in {400, 413}, answer
