"""Is the address free? Asked before the server starts, because a server that shares the port
(SO_REUSEPORT) would start beside the other and answer half of the requests."""

import errno
import socket
import time
from typing import Any

from annotator.config.supervisor.errors import StartRefused

PATIENCE = 1.5  # a server that is just ending


def check_free(host: str, port: int) -> None:
    """Raises StartRefused, saying what is in the way."""
    if not 0 < port < 65536:
        raise StartRefused(f"PORT must lie between 1 and 65535, not {port}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise StartRefused(f"HOST names {host!r}, which is no address of this machine") from error
    end = time.monotonic() + PATIENCE
    while refusal := _try(family, kind, protocol, address):
        if refusal.errno != errno.EADDRINUSE or time.monotonic() > end:
            raise StartRefused(_why(refusal, host, port)) from refusal
        time.sleep(0.1)


def _try(family: int, kind: int, protocol: int, address: Any) -> OSError | None:
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)  # Linux lets bound sockets share an address until one of them listens
        except OSError as error:
            return error
    return None


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another one: PORT={port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {port} needs root. Choose one above 1023: PORT=8000 make run"
    return f"Genba cannot listen on {host}, port {port}: {error.strerror}"
