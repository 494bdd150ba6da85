"""What the person at the terminal reads."""

import sys


def say(text: str) -> None:
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        pass  # nobody reads any more (a closed pipe); that is no reason to stop


SUMMARY = """
  Genba {version} is ready:  {address}

  {signin}
{demo}
  Logs:  {logs}
  Stop:  Ctrl-C
"""

DEMO = """
  A shop that asks it for suggestions:  http://localhost:{port}
"""
FIRST = "Sign in (works once, for 24 hours):  {link}\n  Another link later:  {command}"
LATER = "Sign in:  {address}/signin/\n  A one-time link instead of a password:  {command}"
