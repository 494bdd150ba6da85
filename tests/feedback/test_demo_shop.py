"""The demo's other product, spoken to directly, while there is no Genba."""

import io
import json
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from feedback.demo.host.app import Shop
from feedback.demo.host.genba import Genba


@pytest.fixture
def shop():
    """`shop(method, path, body)` answers with (status, headers, text)."""
    application = validator(Shop(Genba("http://localhost:1/", "no key")))

    def ask(method: str, path: str, body: bytes = b"") -> tuple[str, dict[str, str], str]:
        environ: dict = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": ""}
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        setup_testing_defaults(environ)
        seen: dict = {}
        found = application(environ, lambda status, headers, _error=None: seen.update(s=status, h=headers))
        text = b"".join(found).decode()
        found.close()
        return seen["s"], dict(seen["h"]), text

    return ask


def test_products_are_put_on_the_shelf_without_a_suggestion(shop):
    assert shop("POST", "/suggest", b'{"input": "a pan"}')[2] == "null"
    body = b"title=%3Cb%3EPan%3C%2Fb%3E&category=Kitchen+%3E+Lids"
    status, headers, _ = shop("POST", "/products", body)
    assert (status, headers["Location"]) == ("303 See Other", "/")
    status, headers, page = shop("GET", "/")
    assert "&lt;b&gt;Pan&lt;/b&gt;" in page
    assert "Kitchen &gt; Lids" in page
    assert "script-src 'self' http://localhost:1;" in headers["Content-Security-Policy"]


def test_answers_come_without_a_token(shop):
    first, again = (json.loads(shop("POST", "/answers", b'{"q": "1", "turn": %d}' % n)[2]) for n in (0, 1))
    assert (first["token"], again["token"]) == (None, None)
    assert first["answer"] != again["answer"]
    assert "Wash it once" in shop("GET", "/ask")[2]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"q": null, "turn": "x"}', b'{"input": 7}'])
def test_odd_requests_do_no_harm(shop, body):
    for path in ("/suggest", "/answers", "/products"):
        assert shop("POST", path, body)[0].startswith(("200", "303"))
    for path in ("/nothing", "/files/", "/files/../app.py", "/files/app.py"):
        assert shop("GET", path)[0] == "404 Not Found"
