"""The shop's two pages as a WSGI application: add a product, and ask the shop's assistant."""

import json
import mimetypes
from collections import deque
from collections.abc import Callable, Iterable
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from feedback.demo.host import chat
from feedback.demo.host.genba import Genba

HERE = files("feedback.demo.host")
LARGEST = 100_000  # bytes of a body
POLICY = (
    "default-src 'none'; script-src 'self' {0}; connect-src 'self' {0}; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
Environ = dict[str, Any]
Answer = tuple[str, str, bytes, dict[str, str]]  # status, type, content, more headers


class Shop:
    def __init__(self, genba: Genba) -> None:
        self.genba = genba
        self.categories = (HERE / "categories.txt").read_text("utf-8").splitlines()
        self.products: deque[dict[str, str]] = deque(maxlen=4)

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        status, kind, content, headers = self._answer(environ)
        policy = POLICY.format(self.genba.url.rstrip("/"))
        safe = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        all_headers = {"Content-Type": kind, "Content-Length": str(len(content)), **safe, **headers}
        start(status, list(all_headers.items()))
        return [content]

    def _answer(self, environ: Environ) -> Answer:
        routes: dict[tuple[str, str], Callable[[Environ], Answer]] = {
            ("GET", "/"): self._form,
            ("POST", "/products"): self._save,
            ("POST", "/suggest"): self._suggest,
            ("GET", "/ask"): self._ask,
            ("POST", "/answers"): self._another,
        }
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
        if view := routes.get((method, path)):
            return view(environ)
        name = path.removeprefix("/files/")
        if method == "GET" and path.startswith("/files/") and name in _names():
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return "200 OK", kind, (HERE / "files" / name).read_bytes(), {}
        return "404 Not Found", "text/plain; charset=utf-8", b"Nothing here.", {}

    # --- add a product ---

    def _form(self, _environ: Environ) -> Answer:
        options = "".join(f"<option>{escape(one)}</option>" for one in self.categories)
        rows = "".join(
            f"<li><b>{escape(one['title'])}</b><span>{escape(one['category'] or 'no category')}</span></li>"
            for one in self.products
        )
        return self._page("product.html", options=options, products=rows or "<li>Nothing yet.</li>")

    def _save(self, environ: Environ) -> Answer:
        sent = parse_qs(_body(environ).decode("utf-8", "replace"))
        self.products.appendleft({name: sent.get(name, [""])[0] for name in ("title", "category")})
        return "303 See Other", "text/plain; charset=utf-8", b"", {"Location": "/"}

    def _suggest(self, environ: Environ) -> Answer:
        text = _json(environ).get("input")
        return _answer_json(self.genba.suggestion(text) if isinstance(text, str) and text else None)

    # --- ask the assistant ---

    def _ask(self, environ: Environ) -> Answer:
        chosen = chat.number(parse_qs(environ.get("QUERY_STRING", "")).get("q", [""])[0])
        links = "".join(
            f'<a href="/ask?q={n}"{" aria-current=true" if n == chosen else ""}>{escape(question)}</a>'
            for n, (question, _answers) in enumerate(chat.TALKS)
        )
        question, answers = chat.TALKS[chosen]
        return self._page(
            "ask.html", links=links, question=escape(question), n=str(chosen), answer=escape(answers[0])
        )

    def _another(self, environ: Environ) -> Answer:
        """The answer of that turn, and what the page needs to say something about it."""
        sent = _json(environ)
        question, answers = chat.TALKS[chat.number(str(sent.get("q")))]
        turn = sent.get("turn")
        answer = answers[turn % len(answers) if isinstance(turn, int) else 0]
        interaction = f"shop-{uuid4()}"
        token = self.genba.log(interaction, question, answer)
        return _answer_json({"answer": answer, "interaction": interaction, "token": token})

    def _page(self, name: str, **parts: str) -> Answer:
        """A page with its holes `{{name}}` filled. Parts are HTML."""
        text = (HERE / "pages" / "frame.html").read_text("utf-8")
        text = text.replace("{{body}}", (HERE / "pages" / name).read_text("utf-8"))
        for hole, part in {"genba": escape(self.genba.url.rstrip("/")), "page": name, **parts}.items():
            text = text.replace("{{" + hole + "}}", part)
        return "200 OK", "text/html; charset=utf-8", text.encode(), {}


def _names() -> set[str]:
    return {one.name for one in (HERE / "files").iterdir()}


def _body(environ: Environ) -> bytes:
    size = int(environ.get("CONTENT_LENGTH") or 0)
    found: bytes = environ["wsgi.input"].read(min(size, LARGEST))
    return found


def _json(environ: Environ) -> dict[str, Any]:
    try:
        sent = json.loads(_body(environ))
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _answer_json(content: dict[str, Any] | None) -> Answer:
    return "200 OK", "application/json", json.dumps(content).encode(), {}
