"""Questions that the host waits for: suggestions and feedback tokens. Nothing here raises.

A question runs in a thread of its own, because no timeout of a socket bounds the whole of it: the
name may resolve slowly, the answer may drip. Whoever asks waits for that thread, as long as is said.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from genba import _answers, _suggestion
from genba._answers import Answer
from genba._http import JSON, Http
from genba._records import SUGGESTIONS, TOKENS
from genba._report import Reporter
from genba._suggestion import FAILED, LATE, UNREACHABLE, Suggestion

T = TypeVar("T")
MOST_AT_ONCE = 100  # threads, those included whose answer nobody waits for any more
MOST_TOKENS = 10_000
FRESH = timedelta(minutes=5)  # a token that ends sooner is of no use to a page


class Asker:
    def __init__(self, http: Http, report: Reporter) -> None:
        self._http, self._report = http, report
        self._tokens: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._running: set[Future[Any]] = set()

    def begun(self, work: Callable[[], T]) -> Future[T]:
        """`work` in a daemon thread, which keeps no process from ending. Without a thread it is late."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # who gives up waiting does not stop it

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
            finally:
                self._running.discard(future)

        self._running.add(future)
        try:
            if len(self._running) > MOST_AT_ONCE:
                raise RuntimeError(f"{MOST_AT_ONCE} are open")
            threading.Thread(target=run, name="genba-ask", daemon=True).start()
        except RuntimeError as error:  # or the interpreter is ending, or the system has no more
            self._running.discard(future)
            self._report("busy", "No further question to Genba can be asked just now: %s.", error)
            future.set_exception(concurrent.futures.TimeoutError())
        return future

    def suggestion(self, body: bytes, task: str, name: str, timeout: float) -> Suggestion:
        answer = self._answer(SUGGESTIONS, body, timeout)
        if answer.status == 200:
            try:
                return _suggestion.read(_answers.read_object(answer.body), task, name)
            except (KeyError, TypeError, ValueError, AttributeError):
                pass
        return self.none(task, name, self._reason(answer, timeout))

    def none(self, task: str, name: str, reason: str) -> Suggestion:
        return Suggestion(task=task, id=name, reason=reason)

    def token(self, interaction: str, body: bytes, timeout: float) -> str | None:
        answer = self._answer(TOKENS, body, timeout)
        if answer.status in {200, 201}:
            read = _answers.read_object(answer.body)
            try:
                token, expires_at = str(read["token"]), _suggestion.moment(read["expires_at"])
                if expires_at is not None:
                    self._keep(interaction, token, expires_at)
                return token
            except (KeyError, TypeError, ValueError, AttributeError):
                pass
        self._reason(answer, timeout)
        return None

    def known_token(self, interaction: str) -> str | None:
        """One that is good for a while yet."""
        token, expires_at = self._tokens.get(interaction, (None, None))
        return token if is_fresh(expires_at) else None

    def late(self, timeout: float) -> str:
        self._report("late", "Genba did not answer within %.3g s; the host went on without.", timeout)
        return LATE

    def after_fork(self) -> None:
        self._running.clear()

    def _answer(self, path: str, body: bytes, timeout: float) -> Answer:
        """A connection that was kept may end just now: ids make a second try harmless."""
        answer = self._http.post(path, body, JSON, timeout)
        if answer.status == 0 and not answer.late:
            answer = self._http.post(path, body, JSON, timeout)
        return answer

    def _keep(self, interaction: str, token: str, expires_at: datetime) -> None:
        self._tokens[interaction] = (token, expires_at)
        if len(self._tokens) > MOST_TOKENS:
            with suppress(KeyError):  # another thread was quicker
                self._tokens.popitem(last=False)

    def _reason(self, answer: Answer, timeout: float) -> str:
        """Why there is nothing, told to the host's people as well."""
        if answer.late:
            return self.late(timeout)
        if answer.status == 0:
            self._report("unreachable", "Genba cannot be reached (%s).", answer.fault)
            return UNREACHABLE
        message = str(_answers.read_object(answer.body).get("message", ""))[:200]
        self._report(f"asked {answer.status}", "Genba answered %d to a question. %s", answer.status, message)
        return FAILED


def is_fresh(expires_at: datetime | None) -> bool:
    if expires_at is None:
        return False
    if expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=timezone.utc)
    return expires_at - datetime.now(timezone.utc) > FRESH
