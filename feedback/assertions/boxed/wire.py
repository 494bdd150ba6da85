"""Questions and answers between two processes, one line of JSON each. While one waits, it answers."""

import io
import json
import os
from collections.abc import Callable
from typing import Any

from feedback.assertions.boxed.values import Spoiled

MOST_LINE = 8 * 1024 * 1024  # bytes


class Gone(BaseException):
    """The other side has ended."""


class TooLarge(BaseException):
    """A line is longer than any that is read."""


class Wire:
    """`answer`: of a question its answer; it raises nothing."""

    def __init__(self, reads: int, writes: int, answer: Callable[[list[Any]], list[Any]]) -> None:
        self._lines, self._writes, self._answer = io.BufferedReader(io.FileIO(reads), 1 << 16), writes, answer

    def ask(self, *question: Any) -> list[Any]:
        """The answer. Raises Gone, TooLarge, Spoiled."""
        self._send(["?", *question])
        while True:
            form, rest = self._line()
            if form == "!":
                return rest
            self._send(["!", *self._answer(rest)])

    def serve(self) -> None:
        """Until the other side has ended."""
        while True:
            _form, rest = self._line()
            self._send(["!", *self._answer(rest)])

    def _line(self) -> tuple[str, list[Any]]:
        line = self._lines.readline(MOST_LINE + 1)
        if len(line) > MOST_LINE:
            raise TooLarge
        if not line.endswith(b"\n"):
            raise Gone
        try:
            form, *rest = json.loads(line)
        except (ValueError, TypeError, RecursionError) as error:
            raise Spoiled from error
        if form not in {"?", "!"} or not rest:
            raise Spoiled
        return form, rest

    def _send(self, said: list[Any]) -> None:
        left = memoryview(json.dumps(said).encode() + b"\n")
        try:
            while left:
                left = left[os.write(self._writes, left) :]
        except BrokenPipeError as error:
            raise Gone from error
