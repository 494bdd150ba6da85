"""The only thing that is played: the language model's provider, as a real HTTP server.

It speaks the Messages API without streaming. A test says beforehand what it answers, in order, and
looks afterwards at what it was sent. When nothing is left to say it answers 500 `nothing scripted`.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-canary-1f0c9b7a"  # must appear in the headers of a request, and nowhere else
NAMES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass
class Sent:
    """One request. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """All that the model would read, in its order."""
        parts = [*self.body["system"], *self.body["messages"][0]["content"]]
        return "\n".join(part["text"] for part in parts)

    @property
    def schema(self) -> dict[str, Any]:
        return self.body["output_config"]["format"]["schema"]


Answering = Callable[["_Handler", Sent], None]


@dataclass
class Provider:
    """`url` is what ANTHROPIC_BASE_URL would be. `sent` holds the requests, oldest first."""

    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    lines: deque[Answering] = field(default_factory=deque)
    always: Answering | None = None  # said when no line is left
    released: threading.Event = field(default_factory=threading.Event)

    def says(self, *lines: Answering) -> None:
        self.lines.extend(lines)

    def next_line(self) -> Answering:
        try:
            return self.lines.popleft()
        except IndexError:
            return self.always or error(500, "nothing scripted")

    @property
    def last(self) -> Sent:
        return self.sent[-1]


# --- what it can say -----------------------------------------------------------------------------


def text(
    said: str,
    *,
    stop: str | None = "end_turn",
    model: str = "",
    usage: Mapping[str, Any] | None = None,
    **more: Any,
) -> Answering:
    """A message with this text. `usage` replaces single counts; by default 100 in, 20 out."""

    def answer(handler: "_Handler", sent: Sent) -> None:
        counts = {
            "input_tokens": 100,
            "output_tokens": 20,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            **(usage or {}),
        }
        message = {
            "id": "msg_01",
            "type": "message",
            "role": "assistant",
            "model": model or sent.body["model"],
            "content": [{"type": "text", "text": said}] if said else [],
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": counts,
            **more,
        }
        handler.answer(200, json.dumps(message).encode())

    return answer


def value(said: Any, **more: Any) -> Answering:
    """A message whose text is this JSON value."""
    return text(json.dumps(said), **more)


def choice(number: int, confidence: int = 80, *others: tuple[int, int], **more: Any) -> Answering:
    """A message of the llm suggester's form: a number, and alternatives as (number, confidence)."""
    alternatives = [{"choice": n, "confidence": c} for n, c in others]
    return value({"choice": number, "confidence": confidence, "alternatives": alternatives}, **more)


def refusal() -> Answering:
    return text("", stop="refusal", stop_details={"type": "refusal", "category": None, "explanation": None})


def truncated(said: str = '{"choice": ') -> Answering:
    return text(said, stop="max_tokens")


def error(status: int, message: str = "no", **headers: str) -> Answering:
    """As the provider reports one. The message repeats the prompt, as a careless gateway would."""

    def answer(handler: "_Handler", sent: Sent) -> None:
        told = {
            "type": NAMES.get(status, "api_error"),
            "message": f"{message}: {json.dumps(sent.body)[:2000]}",
        }
        body = json.dumps({"type": "error", "error": told, "request_id": "req_011"}).encode()
        handler.answer(status, body, **headers)

    return answer


def raw(body: bytes, *, kind: str = "application/json", status: int = 200, **headers: str) -> Answering:
    """Any body at all."""

    def answer(handler: "_Handler", sent: Sent) -> None:
        handler.answer(status, body, content_type=kind, **headers)

    return answer


def after(seconds: float, line: Answering) -> Answering:
    """That, but slowly."""

    def answer(handler: "_Handler", sent: Sent) -> None:
        handler.provider.released.wait(seconds)
        line(handler, sent)

    return answer


def silence(handler: "_Handler", sent: Sent) -> None:
    """Nothing, until the test is over."""
    handler.provider.released.wait(60)
    handler.close_connection = True


def hang_up(handler: "_Handler", sent: Sent) -> None:
    """The line breaks before a word was said."""
    handler.close_connection = True


def cut_off(handler: "_Handler", sent: Sent) -> None:
    """The line breaks in the middle of the body."""
    handler.begin(200, length=5_000)
    handler.wfile.write(b'{"id": "msg_01", "type": "mess')
    handler.close_connection = True


def dripping(handler: "_Handler", sent: Sent) -> None:
    """A byte now and then, for ever: never silent for long, never done."""
    handler.begin(200, length=1_000_000)
    handler.close_connection = True
    while not handler.provider.released.wait(0.02):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return


def dripping_headers(handler: "_Handler", sent: Sent) -> None:
    """The same before the body."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.provider.released.wait(0.02):
        handler.wfile.write(b"x")
        handler.wfile.flush()


# --- the server ----------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): found for name, found in self.headers.items()}
        sent = Sent(self.path, headers, json.loads(body))
        self.provider.sent.append(sent)
        try:
            self.provider.next_line()(self, sent)
        except OSError:  # the other side did not wait
            self.close_connection = True

    def begin(
        self, status: int, *, length: int, content_type: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        self.send_header("request-id", "req_011")
        for name, found in headers.items():
            self.send_header(name.replace("_", "-"), found)
        self.end_headers()

    def answer(self, status: int, body: bytes, **more: str) -> None:
        self.begin(status, length=len(body), **more)
        self.wfile.write(body)

    def log_message(self, *told: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider on a port of its own, until the block ends."""
    provider = Provider()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        provider.released.set()
        server.shutdown()
        server.server_close()
