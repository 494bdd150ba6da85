"""Ways out: where a webhook may go, how it is signed, and what comes of each answer."""

import base64
import hashlib
import hmac
import json
import smtplib
import socket
import time
from datetime import UTC, datetime

import pytest
from django.core import mail

from feedback.channels import email, outgoing, signing, slack, webhook
from feedback.channels.addresses import is_public
from feedback.channels.message import Message, NotNow, Refused
from feedback.models import Channel
from tests.feedback.hooks import certificate, receiving

MESSAGE = Message(
    id="msg_1",
    type="check.ready",
    at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    subject="Shop: <ready> & waiting",
    text="amir is on shift.",
    url="https://genba.example/p/shop/checks/",
    opens="Open",
    address="amir@example.com",
    data={"project": "shop", "day": "2026-11-24"},
)


@pytest.fixture
def hooks(settings):
    with receiving() as found:
        settings.WEBHOOK_HOSTS = [found.host]
        yield found


# --- which addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3",
        "192.0.0.8", "192.88.99.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001::1", "2001:db8::1", "3fff::1", "not an address",
    ],
)  # fmt: skip
def test_addresses_that_are_not_the_public_internets(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x", "ftp://hooks.example/x", "https://", "hooks.example", "https://u:p@hooks.example/",
        "https://hooks.example/#x", "https://hooks.example:99999/", "https://hooks.example/a b", "https://exämple.org/",
        "", "https://[::1", "javascript:alert(1)", "https://hooks.example/\r\nX: y",
    ],
)  # fmt: skip
def test_addresses_that_nothing_is_posted_to(url):
    with pytest.raises(outgoing.BadAddress):
        outgoing.check(url)
    with pytest.raises(Refused):
        outgoing.post(url, b"", {})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]"]
)  # fmt: skip
def test_other_spellings_of_this_machine_lead_nowhere(host):
    with pytest.raises(ValueError, match="private network"):
        outgoing.check(f"https://{host}/")
    with pytest.raises(Refused, match="private network"):
        outgoing.post(f"https://{host}/", b"", {})


def test_a_name_is_looked_up_once_and_that_address_is_used(hooks, monkeypatch):
    """A name that means another address the next time is not asked again."""
    asked = []

    def lookup(host, port, *rest, **more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    port = int(hooks.host.partition(":")[2])
    outgoing_host = f"rebinds.example:{port}"
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lookup)
    monkeypatch.setattr(outgoing.settings, "WEBHOOK_HOSTS", [outgoing_host])

    assert outgoing.post(f"http://{outgoing_host}/x", b"{}", {}) == "answered 204"
    assert asked[0] == "rebinds.example"
    assert set(asked[1:]) <= {"127.0.0.1"}  # the socket module's own look at a number
    assert hooks.got[0][1]["Host"] == outgoing_host


def test_the_certificate_is_judged_by_the_name_though_the_address_is_fixed(tmp_path, settings, monkeypatch):
    file = certificate("hooks.example", tmp_path)
    lookup = socket.getaddrinfo
    monkeypatch.setattr(
        outgoing.socket, "getaddrinfo", lambda host, *rest, **more: lookup("127.0.0.1", *rest, **more)
    )
    with receiving(tls=file) as hooks:
        port = hooks.host.partition(":")[2]
        settings.WEBHOOK_HOSTS = ["hooks.example", "other.example"]
        with pytest.raises(Refused, match="certificate"):  # nobody has signed it
            outgoing.post(f"https://hooks.example:{port}/x", b"{}", {})
        monkeypatch.setenv("SSL_CERT_FILE", str(file))  # now it is trusted

        assert outgoing.post(f"https://hooks.example:{port}/x", b"{}", {}) == "answered 204"
        with pytest.raises(Refused, match="certificate"):
            outgoing.post(f"https://other.example:{port}/x", b"{}", {})
    assert len(hooks.got) == 1


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    rows = [(0, 0, 0, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *args, **more: rows)

    with pytest.raises(Refused, match="private network"):
        outgoing.post("https://hooks.example/", b"", {})


def test_what_is_shown_of_an_address_holds_no_secret():
    assert outgoing.shown("https://hooks.example:8443/T0P/s3cret?token=1") == "https://hooks.example:8443/…"


# --- what comes of an answer ----------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 204])
def test_taken(hooks, status):
    hooks.answers = [status]
    assert outgoing.post(hooks.url, b"{}", {"A": "b"}) == f"answered {status}"
    path, headers, body = hooks.got[0]
    assert (path, headers["A"], body) == ("/hook/T0P/s3cret?x=1", "b", b"{}")


@pytest.mark.parametrize(("status", "error"), [(302, Refused), (404, Refused), (410, Refused), (429, NotNow), (503, NotNow)])  # fmt: skip
def test_not_taken(hooks, status, error):
    hooks.answers, hooks.headers = [status], {"Location": hooks.url, "Retry-After": "90"}

    with pytest.raises(error, match=str(status)) as raised:
        outgoing.post(hooks.url, b"{}", {})

    assert len(hooks.got) == 1  # a redirect is not followed
    assert getattr(raised.value, "wait", None) == (90.0 if error is NotNow else None)


def test_who_does_not_answer_is_not_waited_for(hooks, monkeypatch):
    monkeypatch.setattr(outgoing, "SECONDS", 0.3)
    hooks.answers = [5.0]
    since = time.monotonic()

    with pytest.raises(NotNow, match="in time"):
        outgoing.post(hooks.url, b"{}", {})

    assert time.monotonic() - since < 3


def test_who_drips_is_not_waited_for(settings, monkeypatch):
    """A byte now and then keeps the limit on each piece from ending it: the limit on all of it does."""
    monkeypatch.setattr(outgoing, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        settings.WEBHOOK_HOSTS = [host]

        def drip() -> None:
            peer, _ = server.accept()
            with peer:
                try:
                    for byte in b"HTTP/1.1 200 OK\r\n" * 20:
                        peer.sendall(bytes([byte]))
                        time.sleep(0.1)
                except OSError:
                    pass

        import threading

        threading.Thread(target=drip, daemon=True).start()
        since = time.monotonic()
        with pytest.raises(NotNow):
            outgoing.post(f"http://{host}/", b"{}", {})
        assert time.monotonic() - since < 5


def test_nobody_there(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    settings.WEBHOOK_HOSTS = [host]
    with pytest.raises(NotNow, match="no connection"):
        outgoing.post(f"http://{host}/", b"{}", {})


# --- the kinds --------------------------------------------------------------------------------------


def test_signatures_are_those_of_the_specification():
    """The vector of Standard Webhooks' own libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    found = signing.headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.shown(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_webhook_is_signed_by_a_secret_that_the_receiver_can_check(hooks, settings):
    settings.SECRET_KEY_FALLBACKS = ["an older one"]
    channel = Channel(pk=7, kind="webhook", url=hooks.url, nonce="n")

    webhook.deliver(channel, MESSAGE)

    _path, headers, body = hooks.got[0]
    headers = {name.lower(): value for name, value in headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    secret = base64.b64decode(webhook.secret_of(channel).removeprefix("whsec_"))
    mine = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    given = headers["webhook-signature"].split(" ")
    assert (given[0], len(given), len(secret)) == (mine, 2, 32)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    content = json.loads(body)
    assert (content["type"], content["timestamp"]) == ("check.ready", "2026-11-24T08:00:00+00:00")
    assert content["data"]["day"] == "2026-11-24"
    assert webhook.secret_of(Channel(pk=7, kind="webhook", nonce="m")) != webhook.secret_of(channel)


def test_a_chat_gets_a_text_in_which_nothing_is_markup_but_ours(hooks):
    slack.deliver(Channel(kind="slack", url=hooks.url), MESSAGE)

    assert json.loads(hooks.got[0][2]) == {
        "text": "*Shop: &lt;ready&gt; &amp; waiting*\namir is on shift.\n"
        "<https://genba.example/p/shop/checks/|Open>"
    }


def test_a_letter():
    email.deliver(Channel(kind="email"), MESSAGE)

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["amir@example.com"], "Shop: <ready> & waiting")
    assert letter.body.endswith("https://genba.example/p/shop/checks/\n")
    assert letter.extra_headers["Message-ID"] == "<msg_1@localhost>"


def test_no_mail_server_and_no_address(settings):
    with pytest.raises(Refused, match="no e-mail address"):
        email.deliver(Channel(kind="email"), Message(**{**vars(MESSAGE), "address": ""}))
    settings.EMAIL_BACKEND = email.NONE
    with pytest.raises(Refused, match="EMAIL_HOST"):
        email.deliver(Channel(kind="email"), MESSAGE)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such user")}), Refused),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"busy")}), NotNow),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), Refused),
        (smtplib.SMTPDataError(451, b"try later"), NotNow),
        (smtplib.SMTPServerDisconnected("gone"), NotNow),
        (ConnectionRefusedError(), NotNow),
    ],
)
def test_what_mail_servers_say(monkeypatch, error, raised):
    def fail(self, *args, **more):
        raise error

    monkeypatch.setattr(email.EmailMessage, "send", fail)
    with pytest.raises(raised):
        email.deliver(Channel(kind="email"), MESSAGE)
