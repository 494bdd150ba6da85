"""`python -m feedback.demo.host --port 8010 --genba http://localhost:8000 --key KEY`"""

import argparse
import contextlib
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from feedback.demo.host.app import Shop
from feedback.demo.host.genba import Genba


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Errors are written by the server itself; requests are nobody's business."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m feedback.demo.host", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument(
        "--genba", default="http://localhost:8000", help="where Genba is, as browsers reach it"
    )
    parser.add_argument(
        "--key",
        default=os.environ.get("GENBA_DEMO_KEY", ""),
        help="an API key with the scopes ingest and suggest; else GENBA_DEMO_KEY",
    )
    parser.add_argument("--task", default="category", help="the suggestion task to ask")
    given = parser.parse_args(arguments)
    shop = Shop(Genba(given.genba, given.key, task=given.task))
    with make_server(given.host, given.port, shop, server_class=Server, handler_class=Quiet) as server:
        sys.stdout.write(f"The shop is at http://localhost:{server.server_port}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
