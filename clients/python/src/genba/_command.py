"""The command `genba`: one file per subcommand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from genba._check import command
from genba._check.types import Trouble
from genba._version import __version__

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console of another encoding shows what it can
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(prog="genba", description="Genba from the command line.")
    parser.add_argument("--version", action="version", version=f"genba {__version__}")
    command.add_to(parser.add_subparsers(required=True, metavar="COMMAND"))
    asked = parser.parse_args(arguments)
    try:
        return int(asked.run(asked))
    except Trouble as trouble:
        sys.stderr.write(f"genba: {trouble}\n")
        return trouble.code
    except KeyboardInterrupt:
        return INTERRUPTED
