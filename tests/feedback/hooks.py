"""Somebody else's server, on this machine: what it was sent, and what it answers."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Hooks:
    """`answers`: statuses in turn, or a number of seconds to be silent; then 204 for ever."""

    url: str = ""
    host: str = ""
    answers: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)  # of each answer
    got: list = field(default_factory=list)  # (path, headers, body)


def certificate(name: str, folder: Path) -> Path:
    """A key and a certificate for that host, signed by nobody else, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{name}.pem"
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def receiving(tls: Path | None = None) -> Iterator[Hooks]:
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
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    hooks.host = f"127.0.0.1:{server.server_port}"
    hooks.url = f"http://{hooks.host}/hook/T0P/s3cret?x=1"
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield hooks
    stop.set()
    server.shutdown()
    server.server_close()
