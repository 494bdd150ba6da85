"""`genba check outputs.jsonl --suite S`.

Exit status: 0 green, 1 red, 2 the call or the file is wrong, 3 Genba cannot be reached.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

from genba import _settings
from genba._check import github, junit, rules, table, told, where
from genba._check.outputs import BadLine, read
from genba._check.run import Comparison, Run, compared, run
from genba._check.server import Server
from genba._check.types import Accepted, Misused, Output

GREEN, RED = 0, 1
MOST_BAD_SHOWN = 20
TIMEOUT, TIMEOUT_JUDGED = 60.0, 300.0  # seconds of one call


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "check",
        help="run a suite of assertions over outputs",
        description="Run a suite of assertions over the outputs of a new prompt or model, and hold them"
        " against the last accepted run.",
        epilog="Exit status: 0 green, 1 red, 2 the call or the file is wrong, 3 Genba cannot be reached.",
    )
    parser.set_defaults(run=check)
    add = parser.add_argument
    add(
        "outputs",
        metavar="FILE",
        help="one JSON object a line: id, input, output, expected, context, metadata; - reads stdin",
    )
    add("--suite", required=True, help="the suite's key, or the name of a feature")
    add("--url", help="where Genba is (default: GENBA_URL)")
    add(
        "--key",
        help="an API key with the scope check (default: GENBA_API_KEY, which no list of processes shows)",
    )
    add("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    add("--json", type=Path, metavar="FILE", help="write everything as JSON")
    add(
        "--format",
        choices=["table", "github"],
        default="table",
        help="github: annotations and a job summary too",
    )
    add(
        "--baseline",
        choices=["accepted", "none"],
        default="accepted",
        help="none: every failure is a new one",
    )
    add("--max-new-failures", type=_count, metavar="N", help="more of them are red (default: 0)")
    add("--fail-under", type=_share, metavar="SHARE", help="red when an assertion passes less, 0 to 1")
    add(
        "--accept", action="store_true", help="keep this run as the accepted one; only limits given here hold"
    )
    add("--git-ref", metavar="REF", help="what the run is of (default: the build's commit, or git's)")
    add("--judge", action="store_true", help="ask the language model as well, which costs time and money")
    add("--skip-bad", action="store_true", help="leave out lines that cannot be read")
    add("--timeout", type=_seconds, metavar="SECONDS", help="of one call (default: 60; 300 with --judge)")


def check(asked: argparse.Namespace) -> int:
    began, clock = datetime.now(timezone.utc), time.monotonic()
    with _connected(asked) as server:
        suite = server.suite(asked.suite)
        accepted = server.accepted(suite.key) if asked.baseline == "accepted" else None
        with _opened(asked.outputs) as (lines, name):
            outputs = _Good(read(lines, name), skip=asked.skip_bad)
            done = run(server, suite, outputs, judge=asked.judge, progress=_progress)
        if not done.checked:
            raise Misused(f"{name}: holds no output to check.")
        found = compared(done, accepted)
        limit = asked.max_new_failures
        faults = rules.faults(
            done,
            found,
            max_new_failures=0 if limit is None and not asked.accept else limit,
            fail_under=asked.fail_under,
        )
        if asked.junit:
            _write(asked.junit, "".join(junit.xml(done, began, time.monotonic() - clock)))
        if asked.json:
            text = json.dumps(told.report(done, accepted, found, faults), ensure_ascii=False, indent=2)
            _write(asked.json, f"{text}\n")
        kept = _accept(server, done, asked) if asked.accept and not faults else None
    _show(asked, done, accepted, found, _verdict(faults, accepting=asked.accept, kept=kept))
    return RED if faults else GREEN


def _verdict(faults: list[str], *, accepting: bool, kept: bool | None) -> str:
    if faults and accepting:
        return f"RED, not accepted: {'; '.join(faults)}."
    if faults:
        return f"RED: {'; '.join(faults)}. If that is meant, accept this run: the same command with --accept."
    if kept is None:
        return "GREEN."
    return (
        "ACCEPTED: new runs are held against this one." if kept else "ACCEPTED already: nothing was changed."
    )


def _accept(server: Server, done: Run, asked: argparse.Namespace) -> bool:
    ref = asked.git_ref if asked.git_ref is not None else where.git_ref()
    return server.accept(done.suite.key, told.kept(done, str(uuid.uuid4()), ref[:120], where.person()))


def _show(
    asked: argparse.Namespace, done: Run, accepted: Accepted | None, found: Comparison, verdict: str
) -> None:
    shown = (github.told if asked.format == "github" else table.text)(done, accepted, found)
    if asked.format == "github":
        github.summary(done, accepted, found, verdict)
    sys.stdout.write(f"{shown}\n\n{table.flat(verdict, 2000)}\n")


@contextmanager
def _connected(asked: argparse.Namespace) -> Iterator[Server]:
    server = connected(asked.url, asked.key, asked.timeout or (TIMEOUT_JUDGED if asked.judge else TIMEOUT))
    try:
        yield server
    finally:
        server.close()


def connected(url: str | None, key: str | None, timeout: float) -> Server:
    """Misused: url or key is not there or cannot be right."""
    try:
        return Server(_settings.read_url(url), _settings.read_key(key), timeout=timeout)
    except ValueError as error:
        raise Misused(str(error).replace("url=…", "--url").replace("key=…", "--key")) from None


@contextmanager
def _opened(path: str) -> Iterator[tuple[BinaryIO, str]]:
    if path == "-":
        yield sys.stdin.buffer, "stdin"
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Misused(f"{path}: cannot be read: {error.strerror}.") from None
    with file:
        yield file, path


class _Good:
    """The lines' outputs. After a bad line no more is sent: it is only looked for more of them."""

    def __init__(self, found: Iterator[Output | BadLine], *, skip: bool) -> None:
        self._found, self._skip = found, skip
        self._bad = 0

    def __iter__(self) -> Iterator[Output]:
        """Misused, at the end: there were bad lines, and they may not be left out."""
        for one in self._found:
            if isinstance(one, BadLine):
                self._tell(one)
            elif self._skip or not self._bad:
                yield one
        lines = rules.counted(self._bad, "line is", "lines are")
        if self._bad and not self._skip:
            raise Misused(f"{lines} bad, so nothing was decided. Mend the file, or give --skip-bad.")
        if self._bad:
            sys.stderr.write(f"{lines} bad and left out.\n")

    def _tell(self, one: BadLine) -> None:
        self._bad += 1
        if self._bad <= MOST_BAD_SHOWN:
            sys.stderr.write(f"{table.flat(str(one), 400)}\n")


def _progress(done: int) -> None:
    """A line that the next one takes the place of."""
    if _is_watched():
        sys.stderr.write(f"{rules.counted(done, 'output', 'outputs')} checked\r")
        sys.stderr.flush()


def _is_watched() -> bool:
    return sys.stderr.isatty()


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise Misused(f"{path}: cannot be written: {error.strerror}.") from None


def _count(given: str) -> int:
    if not given.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 or more, not {given!r}")
    return int(given)


def _share(given: str) -> float:
    return _between(given, 0, 1, "a share from 0 to 1, such as 0.95")


def _seconds(given: str) -> float:
    return _between(given, 0.001, 3600, "a number of seconds, at most 3600")


def _between(given: str, least: float, most: float, what: str) -> float:
    try:
        number = float(given)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"must be {what}, not {given!r}")
    return number
