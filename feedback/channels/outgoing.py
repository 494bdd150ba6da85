"""One POST to an address that an owner typed in, which may be anybody's.

HTTPS only, to the public Internet only, to the very address that was looked at; no redirects, no
proxies, a limit on the whole time. WEBHOOK_HOSTS names hosts of one's own network that may be
private, and plain HTTP.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from feedback.channels.addresses import is_public
from feedback.channels.message import NotNow, Refused

SECONDS = 10.0  # for all of it, once the name is looked up
LONGEST_WAIT = 3600.0
FOR_GOOD = {400, 401, 403, 404, 405, 410, 411, 413, 414, 415, 422}
PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"[!-~]*")  # printable ASCII, no spaces


class BadAddress(ValueError):
    """The text is for people."""


@dataclass(frozen=True)
class Target:
    secure: bool
    host: str
    port: int
    path: str
    own: bool  # listed in WEBHOOK_HOSTS


def read(url: str) -> Target:
    """What an address says. Raises BadAddress. Names are not looked up."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if not host or not port or not host.isascii() or parts.username is not None or parts.fragment:
        raise BadAddress(_("Write a whole address that begins with https://, without a name or password."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _PATH.fullmatch(path):
        raise BadAddress(_("The address holds a character that must be written with a percent sign."))
    own = f"{host}:{port}" in settings.WEBHOOK_HOSTS or host in settings.WEBHOOK_HOSTS
    if parts.scheme != "https" and not (own and parts.scheme == "http"):
        raise BadAddress(_("The address must begin with https://."))
    return Target(parts.scheme == "https", host, port, path, own)


def shown(url: str) -> str:
    """Host and port: the rest of such an address is often a secret."""
    with suppress(ValueError):
        parts: SplitResult = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "") + "/…"
    return "…"


def check(url: str) -> None:
    """Whether it could be posted to now. Raises BadAddress."""
    target = read(url)
    try:
        _address(target)
    except Refused as error:
        raise BadAddress(str(error)) from error
    except NotNow as error:
        raise BadAddress(_("This name is not known to the network. Is it spelled right?")) from error


def post(url: str, body: bytes, headers: dict[str, str]) -> str:
    """What was answered, in a word. Raises Refused or NotNow."""
    try:
        target = read(url)
    except BadAddress as error:
        raise Refused(str(error)) from error
    connection = _connection(target, _address(target))
    until = time.monotonic() + SECONDS
    watchdog = threading.Timer(SECONDS, _cut, [connection])
    watchdog.start()
    try:
        connection.request(
            "POST", target.path, body, {**headers, "User-Agent": "Genba", "Connection": "close"}
        )
        answer = connection.getresponse()
        return _judge(answer.status, answer.headers.get("Retry-After", ""))
    except ssl.SSLCertVerificationError as error:
        raise Refused(_("the certificate is not valid for this name")) from error
    except TimeoutError as error:
        raise NotNow(_("no answer in time")) from error
    except (OSError, http.client.HTTPException) as error:
        reason = _("no connection") if time.monotonic() < until else _("no answer in time")
        raise NotNow(reason) from error
    finally:
        watchdog.cancel()
        connection.close()


def _judge(status: int, retry_after: str) -> str:
    said = _("answered %(status)s") % {"status": status}
    if 200 <= status < 300:
        return said
    if 300 <= status < 400:
        raise Refused(_("%(said)s: redirects are not followed") % {"said": said})
    if status in FOR_GOOD:
        raise Refused(said)
    asked = float(retry_after) if re.fullmatch(r"\d{1,6}", retry_after) else None
    raise NotNow(said, wait=None if asked is None else min(asked, LONGEST_WAIT))


def _address(target: Target) -> str:
    """The first of the name's addresses, if all of them may be posted to."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotNow(_("the name is not known")) from error
    addresses = [str(row[4][0]) for row in found]
    if not target.own and not all(is_public(one) for one in addresses):
        raise Refused(_("This address leads into a private network."))
    return addresses[0]


def _connection(target: Target, address: str) -> http.client.HTTPConnection:
    if target.secure:
        return _PinnedTLS(target, address)
    return _Pinned(target, address)


class _Pinned(http.client.HTTPConnection):
    """To `address`, whatever the name means by now."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), SECONDS)


class _PinnedTLS(_Pinned):
    """The certificate is judged by the name."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def _cut(connection: http.client.HTTPConnection) -> None:
    """A peer that drips its answer is not waited for."""
    if connection.sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
