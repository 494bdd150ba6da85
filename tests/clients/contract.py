"""A small HTTP server that speaks Genba's side of the contract, and can be told to misbehave."""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

INTERACTIONS, SIGNALS = "/api/v1/interactions", "/api/v1/signals"
SUGGESTIONS, TOKENS = "/api/v1/suggestions", "/api/v1/feedback/tokens"


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: Any  # one object, or a list of those that came as lines
    at: float  # seconds, monotonic
    connection: int


@dataclass
class Reply:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Contract:
    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.seen: Counter[str] = Counter()  # how often each record came and was answered with 202
        self.next: dict[str, list[Reply]] = {}  # instead of the contract's own answer, once each
        self.always: dict[str, Reply] = {}
        self.held: dict[str, threading.Event] = {}  # answers that wait for their event
        self.raw: Callable[[Any], None] | None = None  # writes to the wire by itself
        self.suggestion: dict[str, Any] = {}
        self.token_life = 24 * 3600
        self.tokens = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def hold(self, path: str) -> threading.Event:
        return self.held.setdefault(path, threading.Event())

    def close(self) -> None:
        for event in self.held.values():
            event.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Reply:
        if self.next.get(request.path):
            return self.next[request.path].pop(0)
        if request.path in self.always:
            return self.always[request.path]
        if request.path == SUGGESTIONS:
            return Reply(200, self._suggested(request.body))
        if request.path == TOKENS:
            self.tokens += 1
            token = f"token-{self.tokens}-for-{request.body['interaction']}"
            return Reply(200, {"token": token, "expires_at": _later(self.token_life)})
        if request.path in {INTERACTIONS, SIGNALS}:
            return self._stored(request.body)
        return Reply(404, {"code": "not_found", "message": "There is no such thing here."})

    def _stored(self, records: list[dict[str, Any]]) -> Reply:
        names = [str(record.get("event_id") or record.get("id")) for record in records]
        known = sum(name in self.seen for name in names)
        self.seen.update(names)
        return Reply(202, {"accepted": len(names) - known, "duplicates": known, "rejected": []})

    def _suggested(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": asked["id"],
            "task": asked["task"],
            "value": "Home > Kitchen > Knives",
            "confidence": 0.83,
            "alternatives": [{"value": "Home > Kitchen > Boards", "confidence": 0.07}],
            "suggester": "similar",
            "version": "3.1",
            "reason": None,
            "token": f"token-of-{asked['id']}",
            "expires_at": _later(self.token_life),
            **self.suggestion,
        }


def _later(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def _handler(contract: Contract) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            request = self._read()
            contract.requests.append(request)
            if contract.raw is not None:
                contract.raw(self.wfile)
                self.close_connection = True
                return
            if request.path in contract.held:
                contract.held[request.path].wait(120)
            reply = contract.answer(request)
            text = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            self.do_POST()

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # the client went away
                self.close_connection = True

        def _read(self) -> Request:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if not body:
                read: Any = None
            elif self.headers["Content-Type"] == "application/x-ndjson":
                read = [json.loads(line) for line in body.split(b"\n")]
            else:
                read = json.loads(body)
            return Request(self.path, dict(self.headers), read, time.monotonic(), id(self.connection))

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
