"""Somebody else's site: pages that a test writes, on an origin of their own."""

import html
import json
from typing import Any
from urllib.parse import parse_qs

from tests.browser.recorder import SCRIPT, Handler, Server, script

ANSWER = "Knives go home. <b>Boards</b> too."
STRICT = (
    "default-src 'none'; script-src {genba}; connect-src 'self' {genba}; form-action 'self'; base-uri 'none';"
    " img-src data:; require-trusted-types-for 'script'"
)
FRAME = """<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<meta name="color-scheme" content="light dark">
<script type="module" src="{script}"></script><main><h1>A shop</h1>{body}</main></html>"""


class _Pages(Handler):
    def do_GET(self) -> None:  # noqa: N802
        text, headers = self.server.owner.pages.get(self.path, (None, {}))
        if text is None:
            self.answer(404, b"")
        else:
            self.answer(200, text.encode(), **headers)

    def do_POST(self) -> None:  # noqa: N802
        owner, body = self.server.owner, self.body()
        if self.path == "/suggest":
            answer = owner.suggesting(json.loads(body)["input"])
            self.answer(200, json.dumps(answer).encode(), "application/json")
        else:
            owner.posted.append(parse_qs(body.decode(), keep_blank_values=True))
            self.answer(
                200, b'<!doctype html><title>Saved</title><link rel="icon" href="data:,"><h1>Saved</h1>'
            )


class Host(Server):
    """`page(body)` makes a page, `posted` holds what its forms sent, `suggesting` answers at /suggest."""

    handler = _Pages

    def __init__(self, genba: Any) -> None:
        self.genba = genba
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.posted: list[dict[str, list[str]]] = []
        self.suggesting: Any = lambda _input: None
        super().__init__()

    def script(self) -> str:
        """The widgets from here, for a page that loads while Genba is away, as out of the browser's cache."""
        self.pages[SCRIPT] = (script(), {"Content-Type": "text/javascript"})
        return self.url + SCRIPT

    def page(
        self,
        body: str,
        *,
        language: str = "en",
        direction: str = "ltr",
        strict: bool = False,
        source: str = "",
    ) -> str:
        """The address of a page with that in it. `source`: the widgets' address, where it is not Genba's."""
        path = f"/{len(self.pages)}"
        found = source or self.genba.url + SCRIPT
        text = FRAME.format(language=language, direction=direction, script=found, body=body)
        policy = STRICT.format(genba=self.genba.url)
        self.pages[path] = (text, {"Content-Security-Policy": policy} if strict else {})
        return self.url + path


def suggest(token: str, field: str, value: str = "", others: tuple[str, ...] = (), more: str = "") -> str:
    """The element around a field, as a host's server writes it."""
    given = {"token": token, "value": value, "confidence": "0.83", "alternatives": "|".join(others)}
    attributes = " ".join(f'{name}="{html.escape(text)}"' for name, text in given.items() if text)
    return (
        f'<genba-suggest id="{token.removeprefix("token-of-")}" {attributes} {more}>{field}</genba-suggest>'
    )


def feedback(token: str, inner: str = ANSWER, more: str = "") -> str:
    return f'<genba-feedback id="{token.removeprefix("token-of-")}" token="{token}" {more}>{inner}</genba-feedback>'


def select(name: str, *values: str) -> str:
    options = "".join(f"<option>{html.escape(value)}</option>" for value in values)
    return f'<p><label>{name} <select name="{name}"><option value="">Choose</option>{options}</select></label></p>'


def text(name: str, more: str = "") -> str:
    return f'<p><label>{name} <input name="{name}" {more}></label></p>'


def form(*parts: str) -> str:
    return f'<form method="post" action="/posted">{"".join(parts)}<p><button>Save</button></p></form>'
