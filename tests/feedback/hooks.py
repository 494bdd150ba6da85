"""Somebody else's server, on this machine: what it was sent, and what it answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hooks:
    """`answers`: statuses in turn, or a number of seconds to be silent; then 204 for ever."""

    url: str = ""
    host: str = ""
    answers: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)  # of each answer
    got: list = field(default_factory=list)  # (path, headers, body)


@contextmanager
def receiving() -> Iterator[Hooks]:
    hooks, stop = Hooks(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.got.append((self.path, dict(self.headers), body))
            answer = hooks.answers.pop(0) if hooks.answers else 204
            if isinstance(answer, float):
                stop.wait(answer)
                return
            self.send_response(answer)
            for name, value in hooks.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hooks.host = f"127.0.0.1:{server.server_port}"
    hooks.url = f"http://{hooks.host}/hook/T0P/s3cret?x=1"
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield hooks
    stop.set()
    server.shutdown()
    server.server_close()
