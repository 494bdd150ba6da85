"""The clients. What they share is in `Base`; they differ in how they wait."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import uuid4

from genba import _process, _records, _settings
from genba._asking import Asker, is_fresh
from genba._call import Call
from genba._guard import guarded
from genba._http import Http
from genba._outbox import Counts, Outbox
from genba._records import INTERACTIONS, SIGNALS, Fields, HasId, Kind, Moment
from genba._report import Reporter
from genba._settings import MEGABYTE
from genba._suggestion import FAILED, Suggestion

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

SUGGESTION_TIMEOUT = 1.0  # seconds: Genba's own budget is 0.8, and of a late one the page needs the token


def _none() -> Suggestion:
    return Suggestion(task="", id="", reason=FAILED)


class Base:
    """`log`, `signal` and `interaction` return at once, whatever becomes of Genba.

    url, key: where Genba is, and an API key of the project with the scopes `ingest` (to log) and
        `suggest` (to ask). Left out: GENBA_URL and GENBA_API_KEY.
    timeout: seconds that each step of sending a batch may take, in the background.
    batch_records, flush_interval: a batch is sent when it holds so many records, or is so many
        seconds old.
    max_bytes: memory that unsent records may take; above it the oldest go, counted and told.
    spool: a folder, of one project only, in which unsent records survive a crash and an outage.
    spool_bytes: what it may hold; above it the oldest go.
    exit_timeout: seconds that the end of the process may wait for what is unsent.

    TypeError or ValueError here, and nowhere later, if one of them cannot be used.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        batch_records: int = 500,
        flush_interval: float = 1.0,
        max_bytes: int = 64 * MEGABYTE,
        spool: str | os.PathLike[str] | None = None,
        spool_bytes: int = 1024 * MEGABYTE,
        exit_timeout: float = 3.0,
    ) -> None:
        self._settings = _settings.checked(
            url,
            key,
            timeout=timeout,
            batch_records=batch_records,
            flush_interval=flush_interval,
            max_bytes=max_bytes,
            spool=spool,
            spool_bytes=spool_bytes,
            exit_timeout=exit_timeout,
        )
        self._report = Reporter()
        self._http = Http(self._settings)
        self._outbox = Outbox(self._settings, self._http, self._report)
        self._asker = Asker(self._http, self._report)
        _process.began(self, self._settings.exit_timeout, self._close, self._after_fork)

    @guarded(str)
    def log(self, input: object, output: object = None, **fields: Unpack[Fields]) -> str:
        """Queue an interaction, and return its id. Payloads are text, lists of messages, or objects.

        The record is taken as it is now: what the host changes afterwards changes nothing.
        Without an `output` say `error`. An unknown field is kept in the metadata.
        """
        name, line = _records.interaction(input, output, fields)
        self._outbox.put(INTERACTIONS, line)
        return name

    @guarded(lambda: Call(lambda *_, **__: "", None, {}))
    def interaction(self, input: object = None, **fields: Unpack[Fields]) -> Call:
        """`with client.interaction(question, feature="chat") as call: call.output = …`: timed and logged."""
        return Call(self.log, input, fields)

    @guarded(str)
    def signal(
        self,
        interaction: str | HasId,
        kind: Kind,
        /,
        *,
        event_id: str | None = None,
        occurred_at: Moment | None = None,
        **value: object,
    ) -> str:
        """Queue what an end user did about an interaction; return the event's id.

        `interaction`: an id, a suggestion or a call. `signal(id, "rating", score=4, of=5)`.
        """
        name, line = _records.signal(_records.id_of(interaction), kind, event_id, occurred_at, value)
        self._outbox.put(SIGNALS, line)
        return name

    @property
    def counts(self) -> Counts:
        """How many records wait, were taken, were rejected, were lost."""
        return self._outbox.counts()

    def __repr__(self) -> str:
        return f"<genba.{type(self).__name__} {self._settings.url}>"

    def _known_token(self, interaction: str | HasId) -> str | None:
        if isinstance(interaction, Suggestion) and interaction.token and is_fresh(interaction.expires_at):
            return interaction.token
        return self._asker.known_token(_records.id_of(interaction))

    def _ask(
        self,
        task: str,
        input: object,
        candidates: Sequence[str] | None,
        timeout: float,
        more: Mapping[str, object],
    ) -> tuple[str, concurrent.futures.Future[Suggestion]]:
        name = str(more.get("id") or uuid4())  # Genba wants a UUID here
        body = _records.request(task, name, input, candidates, {**more, "id": name})
        return name, self._asker.begun(lambda: self._asker.suggestion(body, task, name, timeout))

    def _ask_token(
        self, interaction: str | HasId, occurred_at: Moment | None, timeout: float
    ) -> concurrent.futures.Future[str | None]:
        name = _records.id_of(interaction)
        body = _records.token_request(name, occurred_at)
        return self._asker.begun(lambda: self._asker.token(name, body, timeout))

    def _close(self, timeout: float) -> None:
        self._outbox.close(timeout)
        self._http.close()
        _process.ended(self)

    def _after_fork(self) -> None:
        self._http.after_fork()
        self._asker.after_fork()
        self._outbox.after_fork()


class Client(Base):
    __doc__ = Base.__doc__

    @guarded(_none)
    def suggest(
        self,
        task: str,
        input: object,
        *,
        candidates: Sequence[str] | None = None,
        timeout: float = SUGGESTION_TIMEOUT,
        id: str | None = None,
        user: str | None = None,
        session: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Suggestion:
        """A suggestion, within `timeout` seconds; one without a value if there is none by then."""
        more = {"id": id, "user": user, "session": session, "metadata": metadata}
        name, asked = self._ask(task, input, candidates, timeout, more)
        try:
            return asked.result(timeout)
        except concurrent.futures.TimeoutError:
            return self._asker.none(task, name, self._asker.late(timeout))

    @guarded(lambda: None)
    def feedback_token(
        self,
        interaction: str | HasId,
        *,
        occurred_at: Moment | None = None,
        timeout: float = SUGGESTION_TIMEOUT,
    ) -> str | None:
        """What lets a browser add signals to this one interaction; None: leave the widget out.

        Asked once, then remembered until shortly before it ends.
        """
        known = self._known_token(interaction)
        if known is not None:
            return known
        try:
            return self._ask_token(interaction, occurred_at, timeout).result(timeout)
        except concurrent.futures.TimeoutError:
            self._asker.late(timeout)
            return None

    @guarded(bool)
    def flush(self, timeout: float = 10.0) -> bool:
        """Send now. Whether all that was queued before has been answered within `timeout` seconds."""
        return self._outbox.flush(timeout)

    @guarded(lambda: None)
    def close(self, timeout: float | None = None) -> None:
        """Flush and end, within `timeout` seconds (left out: `exit_timeout`). Needed by nobody: the
        end of the process does the same."""
        self._close(self._settings.exit_timeout if timeout is None else timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(Base):
    __doc__ = Base.__doc__

    @guarded(_none)
    async def suggest(
        self,
        task: str,
        input: object,
        *,
        candidates: Sequence[str] | None = None,
        timeout: float = SUGGESTION_TIMEOUT,
        id: str | None = None,
        user: str | None = None,
        session: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Suggestion:
        """As `Client.suggest`; other coroutines go on meanwhile."""
        more = {"id": id, "user": user, "session": session, "metadata": metadata}
        name, asked = self._ask(task, input, candidates, timeout, more)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asked), timeout)
        except asyncio.TimeoutError:
            return self._asker.none(task, name, self._asker.late(timeout))

    @guarded(lambda: None)
    async def feedback_token(
        self,
        interaction: str | HasId,
        *,
        occurred_at: Moment | None = None,
        timeout: float = SUGGESTION_TIMEOUT,
    ) -> str | None:
        """As `Client.feedback_token`."""
        known = self._known_token(interaction)
        if known is not None:
            return known
        asked = self._ask_token(interaction, occurred_at, timeout)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asked), timeout)
        except asyncio.TimeoutError:
            self._asker.late(timeout)
            return None

    @guarded(bool)
    async def flush(self, timeout: float = 10.0) -> bool:
        """As `Client.flush`."""
        return await asyncio.wrap_future(self._asker.begun(lambda: self._outbox.flush(timeout)))

    @guarded(lambda: None)
    async def close(self, timeout: float | None = None) -> None:
        """As `Client.close`."""
        bound = self._settings.exit_timeout if timeout is None else timeout
        await asyncio.wrap_future(self._asker.begun(lambda: self._close(bound)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.close()
