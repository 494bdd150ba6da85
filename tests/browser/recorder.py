"""A stand-in for Genba's door for signals: it answers by the contract and keeps what it got.

It lives as long as a test wants, always on one port, so that it can be down for a while.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from annotator.config.paths import ROOT
from annotator.web import bundle

KEY = "the-hosts-key"
SCRIPT = "/static/feedback/genba.js"
Record = dict[str, Any]


def script() -> str:
    """What the web server hands out under that name."""
    return bundle.small_module("feedback/genba.js", lambda name: (ROOT / "static" / name).read_text("utf-8"))


class Server:
    """A threading HTTP server that can be stopped and started again on its port."""

    handler: type[BaseHTTPRequestHandler]

    def __init__(self) -> None:
        self.port = 0
        self.start()
        self.url = f"http://localhost:{self.port}"

    def start(self) -> None:
        self.http = _Http(("127.0.0.1", self.port), self.handler)
        self.http.owner = self
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    owner: Any


class Handler(BaseHTTPRequestHandler):
    server: _Http

    def log_message(self, *_args: object) -> None: ...

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, content: bytes, kind: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": f"{kind}; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Signals(Handler):
    def do_OPTIONS(self) -> None:
        self.answer(204, b"", **self._allowed(), Access_Control_Max_Age="600")

    def do_GET(self) -> None:
        if self.path == SCRIPT:
            # As the web server does: anybody may load it, and it is asked for anew.
            headers = {"Access_Control_Allow_Origin": "*", "Cache_Control": "no-cache"}
            self.answer(200, script().encode(), "text/javascript", **headers)
        else:
            self.answer(404, b"")

    def do_POST(self) -> None:
        owner, body = self.server.owner, self.body()
        status, reply = owner.take(self.path, dict(self.headers.items()), body)
        self.answer(status, json.dumps(reply).encode(), "application/json", **self._allowed())

    def _allowed(self) -> dict[str, str]:
        origin = self.headers.get("Origin", "")
        if origin not in self.server.owner.origins:
            return {"Vary": "Origin"}
        methods = {"Access_Control_Allow_Headers": "authorization, content-type"}
        return {"Access_Control_Allow_Origin": origin, "Vary": "Origin", **methods}


class Recorder(Server):
    """Genba as far as the widgets see it."""

    handler = _Signals

    def __init__(self) -> None:
        self.origins: set[str] = set()
        self.refusing = 0
        self.suggesting: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._kept: dict[str, dict[str, Record]] = {}
        super().__init__()

    def token(self, interaction: str) -> str:
        return f"token-of-{interaction}"

    def answer_with(self, status: int) -> None:
        """To every request from now on; 0: as usual."""
        self.refusing = status

    def events(self, interaction: str) -> list[Record]:
        """In the order in which they happened."""
        with self._lock:
            kept = list(self._kept.get(interaction, {}).values())
        return sorted(kept, key=lambda record: record["occurred_at"])

    def said(self, interaction: str) -> list[str]:
        return [record["kind"] for record in self.events(interaction)]

    def value(self, interaction: str, kind: str) -> Any:
        """Of the last one of that kind."""
        return [one["value"] for one in self.events(interaction) if one["kind"] == kind][-1]

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Record]:
        token = re.fullmatch(r"Bearer token-of-(\S+)", headers.get("Authorization", ""))
        if headers.get("Authorization") == f"Bearer {KEY}":
            return 200, self._for_servers(path, json.loads(body))
        if (
            path != "/api/v1/signals"
            or "Cookie" in headers
            or headers.get("Content-Type") != "application/json"
        ):
            return 400, {"message": "not as agreed"}
        if headers.get("Origin") not in self.origins:
            return 403, {"message": "not from here"}
        if self.refusing or token is None:
            return self.refusing or 401, {"message": "no"}
        sent = json.loads(body)
        records = sent if isinstance(sent, list) else [sent]
        with self._lock:
            kept = self._kept.setdefault(token[1], {})
            new = {one["event_id"]: one for one in records if one["event_id"] not in kept}
            kept.update(new)
        return 202, {"accepted": len(new), "duplicates": len(records) - len(new), "rejected": []}

    def _for_servers(self, path: str, sent: Record) -> Record:
        """What a host's server asks with its key."""
        if path == "/api/v1/suggestions":
            return {"id": "s-1", "token": self.token("suggestion"), **self.suggesting}
        if path == "/api/v1/feedback/tokens":
            return {"token": self.token(sent["interaction"])}
        return {"accepted": 1}
