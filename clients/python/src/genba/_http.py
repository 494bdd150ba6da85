"""The one way to Genba: a pool of connections that outlives no fork."""

from __future__ import annotations

import httpx

from genba._answers import Answer
from genba._settings import Settings
from genba._version import __version__

LINES = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
JSON = {"Content-Type": "application/json"}


class Http:
    def __init__(self, settings: Settings) -> None:
        self._url, self._key = settings.url, settings.key
        self._client: httpx.Client | None = self._connected()

    def post(self, path: str, body: bytes, headers: dict[str, str], timeout: float) -> Answer:
        """Raises nothing. `timeout` is of each step: the caller bounds the whole."""
        try:
            client = self._client
            if client is None:
                client = self._client = self._connected()
            got = client.post(path, content=body, headers=headers, timeout=timeout)
            return Answer(got.status_code, got.content, got.headers.get("Retry-After", ""))
        except httpx.TimeoutException as error:
            return Answer(0, fault=type(error).__name__, late=True)
        except Exception as error:
            return Answer(0, fault=type(error).__name__)

    def after_fork(self) -> None:
        """The connections are the parent's."""
        self._client = None

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _connected(self) -> httpx.Client:
        return httpx.Client(
            base_url=self._url,
            headers={"Authorization": f"Bearer {self._key}", "User-Agent": f"genba-python/{__version__}"},
            limits=httpx.Limits(max_keepalive_connections=20, keepalive_expiry=30.0),
        )
