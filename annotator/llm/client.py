"""Asking a language model: within a deadline, within a budget, and again only where that helps."""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from annotator.llm import failures, prices, retries
from annotator.llm.asks import Answer, Ask, Tokens
from annotator.llm.failures import Failure
from annotator.llm.retries import Deadline

if TYPE_CHECKING:
    import anthropic

LOG = logging.getLogger("annotator.llm")
LEAST = 0.05  # seconds; with less left nobody is asked
MOST_TRIES = 4
GRACE = 0.1  # seconds in which the library may itself say that time is up


class Held(Protocol):
    """An amount that is put aside for one call."""

    def settle(self, outcome: str, cost: int | None, tokens: Tokens) -> None:
        """What it cost after all, in nanodollars; None: nobody knows, so all that was held."""


class Purse(Protocol):
    """What calls are paid from."""

    def hold(self, nanodollars: int) -> AbstractContextManager[Held]:
        """Put so much aside, or raise OverBudget. Left without `settle`, all of it is spent."""


class Client:
    """One provider, one key. Safe to use from many threads."""

    def __init__(self, sdk: "anthropic.Anthropic", *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sdk, self._sleep = sdk, sleep

    def ask(self, ask: Ask, *, deadline: Deadline, purse: Purse) -> Answer:
        """The answer. Raises a Failure: the last one, where several tries were made."""
        failure: Failure = failures.Late()
        tries = 0
        while tries < MOST_TRIES and deadline.left > LEAST:
            tries += 1
            outcome = self._once(ask, deadline, purse)
            if isinstance(outcome, Answer):
                return outcome
            failure = outcome
            pause = retries.wait(failure, tries)
            if pause is None or pause >= deadline.left - LEAST:
                break
            self._sleep(pause)
        raise failure

    def _once(self, ask: Ask, deadline: Deadline, purse: Purse) -> Answer | Failure:
        from annotator.llm import sdk  # noqa: PLC0415 - the provider's library, only where it is used

        began = time.monotonic()
        with purse.hold(prices.MODELS[ask.model].worst(ask)) as held:
            seconds = max(deadline.left, LEAST)
            outcome = _within(seconds, partial(sdk.send, self._sdk, ask, seconds))
            name = outcome.kind if isinstance(outcome, Failure) else "answered"
            held.settle(name, outcome.cost, outcome.tokens)
        _note(ask, outcome, time.monotonic() - began)
        return outcome


def _within(seconds: float, send: Callable[[], Answer | Failure]) -> Answer | Failure:
    """In a thread of its own, which is left alone when time is up: looking a name up, and headers that
    drip, heed no timeout."""
    came: list[Answer | Failure | Exception] = []

    def work() -> None:
        try:
            came.append(send())
        except Exception as error:  # raised where somebody waits for it, not printed by the thread
            came.append(error)

    thread = threading.Thread(target=work, name="llm", daemon=True)
    thread.start()
    thread.join(seconds + GRACE)
    outcome = came[0] if came else failures.Late(cost=None)
    if isinstance(outcome, Exception) and not isinstance(outcome, Failure):
        raise outcome
    return outcome


def _note(ask: Ask, outcome: Answer | Failure, seconds: float) -> None:
    """One line for each try, without a word of what was asked or answered."""
    took, tokens = 1000 * seconds, outcome.tokens
    if isinstance(outcome, Failure):
        LOG.warning("%s: %s after %.0f ms", ask.model, outcome, took)
    else:
        counts = (tokens.prompt, tokens.output, outcome.request_id)
        LOG.info("%s: answered in %.0f ms, %s tokens in, %s out (%s)", ask.model, took, *counts)


def unhurried() -> Deadline:
    """For a question that nobody waits for."""
    return Deadline.within(settings.LLM_SECONDS)


def connected() -> Client:
    """The client of this instance's key. Raises NoKey where none is set.

    The first call in a process takes seconds: a worker makes it when it starts.
    """
    if not settings.ANTHROPIC_API_KEY:
        raise failures.NoKey
    return _connected(settings.ANTHROPIC_API_KEY, settings.ANTHROPIC_BASE_URL, os.getpid())


@lru_cache(maxsize=4)
def _connected(key: str, base_url: str, _process: int) -> Client:
    """Kept, with its connections, for as long as the process: a forked one makes its own."""
    from annotator.llm import sdk  # noqa: PLC0415 - as above

    return Client(sdk.connect(key, base_url))
