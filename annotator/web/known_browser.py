"""A signed mark in browsers that a person has signed in with.

It opens nothing. It only says "not a stranger" when tries to sign in are counted.
"""

import secrets
from typing import TypedDict

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from annotator.models import User
from annotator.services.signin import name_hash
from annotator.web.network import network_of

COOKIE = "genba_known"
SALT = "annotator.known_browser"
YEAR = 365 * 24 * 3600
PEOPLE = 5  # of one browser; who came before them is counted as a stranger again


class Mark(TypedDict):
    browser: str
    people: list[str]  # hashes of their names, the newest first


def source_of(request: HttpRequest, username: str) -> str:
    """What tries are counted by: this browser if the person used it before, else the network."""
    mark = _read(request)
    if mark and name_hash(username) in mark["people"]:
        return f"browser:{mark['browser']}"
    return f"network:{network_of(request)}"


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    mark = _read(request) or Mark(browser=secrets.token_hex(8), people=[])
    name = name_hash(user.username)
    mark["people"] = [name, *(other for other in mark["people"] if other != name)][:PEOPLE]
    response.set_cookie(
        COOKIE,
        signing.dumps(mark, salt=SALT),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _read(request: HttpRequest) -> Mark | None:
    try:
        mark: Mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return None
    return mark
